/**
 * Counts grams in citizens' texts and learns what they are about: writes gateway/linking/model/told-terms.json.
 *
 *   node_modules/.bin/node tests/eval/train-told-terms.ts DATA_DIR [FILE]
 *
 * Reads messages, labelled, replies and mails, no label among them; a gram is kept from eight texts on.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gramsOf, pairsOf } from '../../gateway/linking/reading/grams.ts'
import { withDigits } from '../../gateway/linking/reading/numerals.ts'
import { normalise } from '../../gateway/linking/text.ts'
import { withoutAreas } from '../../gateway/linking/told/words.ts'
import type { StoredTerms } from '../../gateway/linking/told/terms.ts'
import { learnDirections, randomFrom, type Row, type View } from './told/topic-directions.ts'

const fewestTexts = 8
const step = 0.65
const topics = {
  size: 40,
  fewestTexts: 32,
  largestShare: 0.15,
  epochs: 3,
}

interface Text {
  title: string
  body: string
  reply: string
}

function readTexts(folder: string): Text[] {
  const files = ['complaints/messages', 'complaints/labelled', 'complaints/replies', 'mailbox/mails']
  const plain = (words: string | undefined) => withoutAreas(withDigits(normalise(words ?? '')))
  const texts = files.flatMap((file) =>
    readFileSync(join(folder, `${file}.jsonl`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { title?: string; text?: string; reply?: string })
      .map(({ title, text, reply }) => ({ title: plain(title), body: plain(text), reply: plain(reply) })),
  )
  return [...new Map(texts.map((text) => [`${text.title}${text.body}`.slice(0, 60), text])).values()]
}

function countCodes(texts: readonly Iterable<number>[], fewest: number): Map<number, number> {
  const counts = new Map<number, number>()
  for (const codes of texts) for (const code of new Set(codes)) counts.set(code, (counts.get(code) ?? 0) + 1)
  return new Map([...counts].filter(([, count]) => count >= fewest).toSorted(([a], [b]) => a - b))
}

function packCodes(codes: readonly number[]): string {
  const bytes: number[] = []
  codes.forEach((code, index) => {
    let difference = code - (codes[index - 1] ?? 0)
    while (difference >= 128) {
      bytes.push((difference & 127) | 128)
      difference = Math.floor(difference / 128)
    }
    bytes.push(difference)
  })
  return Buffer.from(bytes).toString('base64')
}

function packLevels(levels: readonly number[]): string {
  const bytes = Buffer.alloc(Math.ceil(levels.length / 2))
  levels.forEach((level, index) => {
    bytes[index >> 1] = (bytes[index >> 1] ?? 0) | (level << ((index & 1) * 4))
  })
  return bytes.toString('base64')
}

/** Two views of each text: title and body, every second clause and the rest, message and reply. */
function viewsOf({ title, body, reply }: Text): [string, string][] {
  const clauses = body.split(' ')
  const half = (odd: number) => clauses.filter((_, index) => index % 2 === odd).join(' ')
  const views: [string, string][] = []
  if (title.length >= 6 && body.length >= 20) views.push([title, body])
  if (body.length >= 80 && half(0).length > 25 && half(1).length > 25) views.push([half(0), half(1)])
  if (reply.length > 80 && body.length >= 20) views.push([body, reply])
  return views
}

function topicsOf(texts: readonly Text[]): StoredTerms['topics'] {
  const pairs = texts.map(({ title, body }) => pairsOf(`${title} ${body}`).codes.map((code) => code >>> 8))
  const counts = countCodes(pairs, topics.fewestTexts)
  const kept = [...counts].filter(([, count]) => count <= texts.length * topics.largestShare)
  const columns = new Map(kept.map(([code], index) => [code, index]))
  const rarity = kept.map(([, count]) => Math.log2(texts.length / count))
  const rowOf = (words: string): Row => {
    const { codes, counts: times } = pairsOf(words)
    const found = [...codes].flatMap((code, index) => {
      const column = columns.get(code >>> 8)
      return column === undefined
        ? []
        : [{ column, value: (1 + Math.log(times[index] ?? 1)) * (rarity[column] ?? 0) }]
    })
    const length = Math.hypot(...found.map(({ value }) => value)) || 1
    return {
      columns: Uint32Array.from(found, ({ column }) => column),
      values: Float64Array.from(found, ({ value }) => value / length),
    }
  }
  const views = texts.flatMap(viewsOf).map(([one, other]): View => ({ one: rowOf(one), other: rowOf(other) }))
  const random = randomFrom(1)
  const directions = Float64Array.from({ length: kept.length * topics.size }, () => (random() - 0.5) * 0.6)
  learnDirections(views, directions, topics)
  return { size: topics.size, codes: packCodes([...columns.keys()]), directions: packSigned(directions) }
}

/** Signed bytes; the few that lie far out are cut, so that the many keep more than a bit or two. */
function packSigned(values: Float64Array): string {
  const spread = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
  const scale = 127 / (4 * spread)
  const bytes = Buffer.alloc(values.length)
  values.forEach((value, index) =>
    bytes.writeInt8(Math.max(-127, Math.min(127, Math.round(value * scale))), index),
  )
  return bytes.toString('base64')
}

function trainTerms(folder: string): StoredTerms {
  const texts = readTexts(folder)
  const grams = texts.map(({ title, body }) => gramsOf(`${title} ${body}`).codes.map((code) => code >>> 8))
  const counts = countCodes(grams, fewestTexts)
  const levels = [...counts.values()].map((count) =>
    Math.max(0, Math.min(15, Math.floor(Math.log2(texts.length / count) / step))),
  )
  return {
    documents: texts.length,
    codes: packCodes([...counts.keys()]),
    levels: packLevels(levels),
    step,
    unlisted: Math.round(10 * Math.log2(texts.length / 2)) / 10,
    topics: topicsOf(texts),
  }
}

const [, , folder, target = join(import.meta.dirname, '../../gateway/linking/model/told-terms.json')] =
  process.argv
if (folder === undefined) {
  process.stderr.write('usage: train-told-terms.ts DATA_DIR [FILE]\n')
  process.exitCode = 2
} else {
  const json = JSON.stringify(trainTerms(folder), null, 1)
  writeFileSync(target, `${json}\n`)
  process.stdout.write(`${target}: ${json.length} characters\n`)
}
