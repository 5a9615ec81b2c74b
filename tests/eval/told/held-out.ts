/** What weights of told reports reach on matters that they were not fitted on: whole streams in memory, through the gateway's keys, limits and decisions. */
import { leastWorth, lookUps, mostCases } from '../../../gateway/linking/candidates.ts'
import { decide } from '../../../gateway/linking/decide.ts'
import { keysOf, lookupKeysOf } from '../../../gateway/linking/keys.ts'
import { mostReportsOfCase } from '../../../gateway/linking/load-cases.ts'
import type { ScoringTable } from '../../../gateway/linking/model/scoring-table.ts'
import type { Candidate, Features } from '../../../gateway/linking/types.ts'
import { scoreClusters, type LinkDecision } from '../linking/scores.ts'
import { fitTold, type Cuts, type Gold, type LabelledPair } from './fit-told.ts'

const folds = 5
/** How often the folds are drawn: one drawing moves the figures by a hundredth. */
const drawings = 3

/** Of each report, the case it would end in and those put before a clerk; a case is named by its first report. */
export function linkInMemory(reports: readonly Features[], table: ScoringTable): LinkDecision[] {
  const underKey = new Map<string, string[]>()
  const members = new Map<string, Features[]>()
  return reports.map((features) => {
    const candidates = casesFor(features, underKey).map((id): Candidate => ({
      caseId: id,
      open: true,
      reports: (members.get(id) ?? []).slice(-mostReportsOfCase),
    }))
    const { decision, caseId, matches } = decide(features, candidates, table)
    const id = decision === 'link' && caseId !== undefined ? caseId : features.report.id
    members.set(id, [...(members.get(id) ?? []), features])
    for (const { kind, key } of keysOf(features)) {
      const name = `${kind}|${key}`
      underKey.set(name, [...(underKey.get(name) ?? []).slice(1 - lookUps[kind].newest), id])
    }
    const asked = matches.filter((match) => match.decision !== 'new' && match.caseId !== id)
    const review = asked.toSorted((a, b) => b.probability - a.probability).map((match) => match.caseId)
    return { id: features.report.id, case: id, review }
  })
}

function casesFor(features: Features, underKey: ReadonlyMap<string, readonly string[]>): string[] {
  const worths = new Map<string, number>()
  for (const { kind, key } of lookupKeysOf(features)) {
    const found = underKey.get(`${kind}|${key}`) ?? []
    const worth = lookUps[kind].worth / Math.sqrt(found.length)
    for (const id of found) worths.set(id, (worths.get(id) ?? 0) + worth)
  }
  return [...worths]
    .filter(([, worth]) => worth >= leastWorth)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, mostCases)
    .map(([id]) => id)
}

interface Learning {
  readonly reports: readonly Features[]
  readonly pairs: readonly LabelledPair[]
  readonly gold: Gold
  readonly cuts: Cuts
}

/** The mean over the drawings. Matters and labelled negatives are held out alike. */
export function heldOutScores(learning: Learning): { [figure: string]: number } {
  const drawn = Array.from({ length: drawings }, (_, drawing) => scoresOf(learning, drawing))
  return Object.fromEntries(
    Object.keys(drawn[0] ?? {}).map((figure) => [
      figure,
      drawn.reduce((sum, scores) => sum + (scores[figure] ?? 0), 0) / drawings,
    ]),
  )
}

function scoresOf({ reports, pairs, gold, cuts }: Learning, drawing: number): { [figure: string]: number } {
  const clusterOf = new Map(
    gold.clusters.flatMap(({ cluster, ids }) => ids.map((id) => [id, cluster] as const)),
  )
  const foldOf = (id: number) => foldAt(clusterOf.get(id) ?? -id, drawing)
  const runs = Array.from({ length: folds }, (_, fold) => {
    const others = pairs.filter(({ ids }) => ids.every((id) => foldOf(id) !== fold))
    return linkInMemory(reports, fitTold(others, cuts))
  })
  const scores = scoreClusters(
    reports.map(({ report }, index) => runs[foldOf(Number(report.id))]?.[index] as LinkDecision),
    { clusters: gold.clusters, pairs: [] },
  )
  const cases = runs.map((run) => new Map(run.map((decision) => [Number(decision.id), decision.case])))
  const negatives = gold.pairs.filter(({ dup }) => dup === 0)
  const merged = negatives.filter(({ a, b }) => {
    const run = cases[foldOf(a)]
    return run?.get(a) === run?.get(b)
  })
  const { macro_recall, macro_recall_multi, recall_with_review, review_per_100 } = scores
  return {
    macro_recall: Number(macro_recall),
    macro_recall_multi: Number(macro_recall_multi),
    recall_with_review: Number(recall_with_review),
    false_merge_rate: merged.length / negatives.length,
    review_per_100: Number(review_per_100),
  }
}

/** A fold that looks drawn by chance and is always the same. */
function foldAt(unit: number, drawing: number): number {
  let mixed = Math.imul(unit * 31 + drawing * 7919, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) % folds
}
