/**
 * How well reports of one matter are found.
 *
 *   npm run eval -- --set text|311 --data DIR [--out FILE]
 *
 * text: DIR/complaints/messages.jsonl against DIR/duplicates; 311: DIR/boston311/requests.csv.gz against the pairs beside it. All go through the real
 * intake and linking, on a database of their own, oldest first. FILE gets one decision a line: `{"id", "case", "review"}`. The last line is one JSON object.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DataError, linkingSets, readJsonLines, type LinkingSet } from './linking/entries.ts'
import { linkEntries } from './linking/run.ts'
import {
  scoreClusters,
  scorePairs,
  type GoldCluster,
  type GoldPair,
  type LinkDecision,
  type Scores,
} from './linking/scores.ts'

/** Exit code: 0 when measured, 2 where the data cannot be read. */
export async function evalLinking(
  set: string,
  data: string,
  { out }: { out?: string | undefined },
): Promise<number> {
  const from = process.env['GUIYI_CWD'] ?? '.'
  const chosen = linkingSets[set] as LinkingSet
  try {
    const entries = chosen.entries(resolve(from, data))
    const gold = join(resolve(from, data), chosen.gold)
    const startedAt = performance.now()
    const decisions = await linkEntries(entries)
    const seconds = (performance.now() - startedAt) / 1000
    if (out !== undefined)
      writeFileSync(resolve(from, out), decisions.map((decision) => `${JSON.stringify(decision)}\n`).join(''))
    const scores = score(gold, decisions)
    for (const [figure, value] of Object.entries(scores))
      console.log(`${figure.padEnd(28)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    console.log(`${entries.length} reports through intake and linking in ${seconds.toFixed(0)} s`)
    console.log(JSON.stringify(scores))
    return 0
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    console.error(error.message)
    return 2
  }
}

function score(gold: string, decisions: readonly LinkDecision[]): Scores {
  const pairs = readJsonLines<GoldPair>(join(gold, 'pairs.jsonl'))
  const clusters = join(gold, 'clusters.jsonl')
  return existsSync(clusters)
    ? scoreClusters(decisions, { pairs, clusters: readJsonLines<GoldCluster>(clusters) })
    : scorePairs(decisions, pairs)
}
