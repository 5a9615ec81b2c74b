/** Runs a set again and again: with other thresholds, and without each comparison in turn. */
import type { LinkModel, TableName } from '../../../gateway/linking/model/link-model.ts'
import type { Weights } from '../../../gateway/linking/model/scoring-table.ts'
import type { Entry } from './entries.ts'
import type { FrontierPoint, Worth } from './draw.ts'
import { linkEntries } from './run.ts'
import type { LinkDecision, Scores } from './scores.ts'

const linkFrom = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98]

export interface Measured {
  readonly entries: readonly Entry[]
  readonly model: LinkModel
  readonly table: TableName
  /** The figure that counts as recall. */
  readonly recall: string
  readonly score: (decisions: readonly LinkDecision[]) => Scores
}

const figure = (scores: Scores, name: string): number => Number(scores[name] ?? 0)

/** One run for each threshold. The shipped one is among them. */
export async function frontierOf(set: Measured): Promise<(FrontierPoint & { readonly scores: Scores })[]> {
  const table = set.model[set.table]
  const shipped = table.thresholds.link
  const points: (FrontierPoint & { readonly scores: Scores })[] = []
  for (const link of [...new Set([...linkFrom, shipped])].toSorted((a, b) => a - b)) {
    const review = Math.min(table.thresholds.review, link)
    const scores = set.score(
      await linkEntries(set.entries, { tables: { [set.table]: { ...table, thresholds: { link, review } } } }),
    )
    console.error(`from a probability of ${link}: ${JSON.stringify(scores)}`)
    points.push({
      label: `from ${link}`,
      recall: figure(scores, set.recall),
      falseMerges: figure(scores, 'false_merge_rate'),
      shipped: link === shipped,
      scores,
    })
  }
  return points
}

/** What is lost without each comparison: its levels weigh nothing, the gates stay. Most first. */
export async function worthsOf(set: Measured, whole: number): Promise<Worth[]> {
  const table = set.model[set.table]
  const worths: Worth[] = []
  for (const field of Object.keys(table.weights)) {
    const scores = set.score(
      await linkEntries(set.entries, {
        tables: {
          [set.table]: { ...table, weights: { ...table.weights, [field]: weightless(table.weights, field) } },
        },
      }),
    )
    worths.push({ field, lost: whole - figure(scores, set.recall) })
    console.error(
      `without ${field}: ${set.recall} ${figure(scores, set.recall)}, false merges ${figure(scores, 'false_merge_rate')}`,
    )
  }
  return worths.toSorted((a, b) => b.lost - a.lost)
}

const weightless = (weights: Weights, field: string): Weights[string] =>
  Object.fromEntries(Object.keys(weights[field] ?? {}).map((level) => [level, 0]))
