/**
 * Counts grams in citizens' texts and learns what they are about: writes gateway/linking/model/told-terms.json.
 *
 *   node_modules/.bin/node tests/eval/told/train-terms.ts DATA_DIR
 *
 * Reads messages, labelled, replies and mails; a gram is kept from eight texts on. The directions are a truncated singular value decomposition of texts × grams.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gramsOf, type Grams } from '../../../gateway/linking/reading/grams.ts'
import { normalise } from '../../../gateway/linking/text.ts'
import type { StoredTerms } from '../../../gateway/linking/told/terms.ts'
import { singularDirections } from './singular-directions.ts'

const fewestTexts = 8
const step = 0.65
const topicDimensions = Number(process.env['DIMS'] ?? 40)
const topicTexts = { fewest: Number(process.env['FEWEST'] ?? 40), largestShare: 0.2 }

function readTexts(folder: string): string[] {
  const files = ['complaints/messages', 'complaints/labelled', 'complaints/replies', 'mailbox/mails']
  const texts = files.flatMap((file) =>
    readFileSync(join(folder, `${file}.jsonl`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { title?: string; text?: string })
      .map(({ title, text }) => normalise(`${title ?? ''} ${text ?? ''}`)),
  )
  return [...new Map(texts.map((text) => [text.slice(0, 60), text])).values()]
}

export function countTerms(texts: readonly Grams[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { codes } of texts)
    for (const code of new Set(codes.map((full) => full >>> 8))) counts.set(code, (counts.get(code) ?? 0) + 1)
  return new Map([...counts].filter(([, count]) => count >= fewestTexts).toSorted(([a], [b]) => a - b))
}

function packCodes(codes: readonly number[]): Buffer {
  const bytes: number[] = []
  codes.forEach((code, index) => {
    let difference = code - (codes[index - 1] ?? 0)
    while (difference >= 128) {
      bytes.push((difference & 127) | 128)
      difference = Math.floor(difference / 128)
    }
    bytes.push(difference)
  })
  return Buffer.from(bytes)
}

function packLevels(levels: readonly number[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(levels.length / 2))
  levels.forEach((level, index) => {
    bytes[index >> 1] = (bytes[index >> 1] ?? 0) | (level << ((index & 1) * 4))
  })
  return bytes
}

function topicsOf(texts: readonly Grams[], levelOf: ReadonlyMap<number, number>): StoredTerms['topics'] {
  const fromLevel = levelAt(texts.length, texts.length * topicTexts.largestShare)
  const toLevel = levelAt(texts.length, topicTexts.fewest)
  const columns = new Map(
    [...levelOf]
      .filter(([, level]) => level >= fromLevel && level <= toLevel)
      .map(([code], index) => [code, index]),
  )
  const rows = texts.map(({ codes, counts }) => {
    const row = [...codes].flatMap((code, index) => {
      const column = columns.get(code >>> 8)
      if (column === undefined) return []
      const rarity = ((levelOf.get(code >>> 8) ?? 0) + 0.5) * step
      return [{ column, value: (1 + Math.log(counts[index] ?? 1)) * rarity }]
    })
    const length = Math.hypot(...row.map(({ value }) => value)) || 1
    return row.map(({ column, value }) => ({ column, value: value / length }))
  })
  const directions = singularDirections(rows, { columns: columns.size, size: topicDimensions, rounds: 6 })
  const bytes = Buffer.alloc(columns.size * topicDimensions)
  let largest = 0
  for (const value of directions) largest = Math.max(largest, Math.abs(value))
  // Few grams lie far out: their directions are cut, so that the many keep more than a bit or two.
  const scale = 127 / (largest / 4)
  directions.forEach((value, index) =>
    bytes.writeInt8(Math.max(-127, Math.min(127, Math.round(value * scale))), index),
  )
  return { size: topicDimensions, fromLevel, toLevel, directions: bytes.toString('base64') }
}

function levelAt(documents: number, count: number): number {
  return Math.max(0, Math.min(15, Math.floor(Math.log2(documents / count) / step)))
}

function trainTerms(folder: string): StoredTerms {
  const texts = readTexts(folder).map(gramsOf)
  const counts = countTerms(texts)
  const levelOf = new Map([...counts].map(([code, count]) => [code, levelAt(texts.length, count)]))
  return {
    documents: texts.length,
    codes: packCodes([...levelOf.keys()]).toString('base64'),
    levels: packLevels([...levelOf.values()]).toString('base64'),
    step,
    unlisted: Math.round(10 * Math.log2(texts.length / 2)) / 10,
    topics: topicsOf(texts, levelOf),
  }
}

const [, , folder, target = join(import.meta.dirname, '../../../gateway/linking/model/told-terms.json')] =
  process.argv
if (folder === undefined) {
  process.stderr.write('usage: train-terms.ts DATA_DIR [FILE]\n')
  process.exitCode = 2
} else {
  const json = JSON.stringify(trainTerms(folder), null, 1)
  writeFileSync(target, `${json}\n`)
  process.stdout.write(`${target}: ${json.length} characters\n`)
}
