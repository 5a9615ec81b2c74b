/**
 * Fits the weights of told reports to labelled clusters: rewrites the told fields of gateway/linking/model/told.json; everything else in it stays as it is.
 *
 *   node_modules/.bin/node tests/eval/train-told-weights.ts DATA_DIR [FILE]
 *
 * Says as well what such weights reach on matters that they were not fitted on. Reads complaints/messages.jsonl, duplicates/clusters.jsonl and duplicates/pairs.jsonl. Run after train-told-terms.ts, and `oxfmt` on the file after that.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fitTold, labelledPairs, type Cuts, type Gold } from './told/fit-told.ts'
import { heldOutScores } from './told/held-out.ts'
import { featuresOfMessage, findEarlier, type Message } from './told/stream.ts'

/** Chosen on the frontier of recall against false merges, cross-validated by cluster. */
const cuts: Cuts = { link: -0.63, review: -2.65 }

function linesOf<Line>(folder: string, file: string): Line[] {
  return readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
}

const [, , folder, target = join(import.meta.dirname, '../../gateway/linking/model/told.json')] = process.argv
if (folder === undefined) {
  process.stderr.write('usage: train-told-weights.ts DATA_DIR [FILE]\n')
  process.exitCode = 2
} else {
  const messages = linesOf<Message>(folder, 'complaints/messages.jsonl').toSorted((a, b) =>
    a.time < b.time ? -1 : a.time > b.time ? 1 : a.id - b.id,
  )
  const gold: Gold = {
    clusters: linesOf<Gold['clusters'][number]>(folder, 'duplicates/clusters.jsonl'),
    pairs: linesOf<Gold['pairs'][number]>(folder, 'duplicates/pairs.jsonl'),
  }
  const reports = messages.map((message) => featuresOfMessage(message))
  const pairs = labelledPairs(reports, findEarlier(reports), gold)
  writeFileSync(target, `${JSON.stringify(fitTold(pairs, cuts), null, 2)}\n`)
  process.stdout.write(`${target}: from ${pairs.length} pairs\n`)
  const heldOut = heldOutScores({ reports, pairs, gold, cuts })
  for (const [figure, value] of Object.entries(heldOut))
    process.stdout.write(`held out ${figure.padEnd(20)} ${value.toFixed(4)}\n`)
}
