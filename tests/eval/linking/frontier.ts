/** Runs a set again and again: bolder and shyer, and without each comparison in turn. */
import type { LinkModel, TableName } from '../../../gateway/linking/model/link-model.ts'
import type { Weights } from '../../../gateway/linking/model/scoring-table.ts'
import type { Entry } from './entries.ts'
import type { FrontierPoint, Worth } from './draw.ts'
import { linkEntries } from './run.ts'
import type { LinkDecision, Scores } from './scores.ts'

/** Bits added to the prior; 0 is as shipped. Links and questions to clerks move together. */
const shifts = [-2, -1, -0.5, 0, 0.5, 1, 2]

export interface Measured {
  readonly entries: readonly Entry[]
  readonly model: LinkModel
  readonly table: TableName
  /** The figure that counts as recall. */
  readonly recall: string
  readonly score: (decisions: readonly LinkDecision[]) => Scores
}

const figure = (scores: Scores, name: string): number => Number(scores[name] ?? 0)

/** One run for each shift. */
export async function frontierOf(set: Measured): Promise<(FrontierPoint & { readonly scores: Scores })[]> {
  const table = set.model[set.table]
  const points: (FrontierPoint & { readonly scores: Scores })[] = []
  for (const bits of shifts) {
    const tables = { [set.table]: { ...table, prior: table.prior + bits } }
    const scores = set.score(await linkEntries(set.entries, { tables }))
    console.error(`${bits} bits: ${JSON.stringify(scores)}`)
    points.push({
      label: `${bits} bits`,
      recall: figure(scores, set.recall),
      falseMerges: figure(scores, 'false_merge_rate'),
      shipped: bits === 0,
      scores,
    })
  }
  return points
}

/** What is lost without each comparison: its levels all weigh their mean, the gates stay. Most first. */
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

/** All levels weigh the same, so that the field tells nothing apart and the prior stays. */
function weightless(weights: Weights, field: string): NonNullable<Weights[string]> {
  const levels = Object.entries(weights[field] ?? {})
  const mean = levels.reduce((sum, [, bits]) => sum + bits, 0) / Math.max(1, levels.length)
  return Object.fromEntries(levels.map(([level]) => [level, mean]))
}
