/** How related categories are: the table's bits for pairs of categories, learned again from what clerks answered and from what was linked here. */
import { probabilityAt, scoreOf, type Levels, type ScoringTable } from '../model/scoring-table.ts'

/** One name for both orders. */
export function pairOf(a: string, b: string): string {
  return a <= b ? `${a}|${b}` : `${b}|${a}`
}

export interface RelatedPair {
  readonly levels: Levels
  readonly same: boolean
}

export interface Lessons {
  readonly answers: readonly RelatedPair[]
  /** Pairs that met under keys, and whether they stand in one case. */
  readonly linked: readonly RelatedPair[]
}

/** How sure the table's bits for a pair of categories are thought to be: of a pair it does not know, nothing is thought but this. */
const deviationBits = 1.5
/** What the machine linked itself says little: a clerk's answer counts as ten of them. */
const massOfLinked = 0.1
const mostSteps = 50
const settledBits = 0.001
const longestStepBits = 1

interface Evidence {
  /** Bits of all that is known beside the categories. */
  readonly rest: number
  readonly same: boolean
  readonly mass: number
}

/**
 * Bits by pair of categories, of those that answers or links show; the others stay. What was linked is held against how much this table links here at all, so
 * that only pairs of categories move that are linked more often, or less, than the rest of their reports foretells. Deterministic.
 */
export function learnRelatedness(
  table: Pick<ScoringTable, 'prior' | 'weights'>,
  { answers, linked }: Lessons,
): { readonly [pair: string]: number } {
  const restOf = ({ levels }: RelatedPair) =>
    scoreOf(table, { ...levels, categories: 'unknown' }) + table.prior
  const bitsFor = (pair: string) => table.weights['categories']?.[pair] ?? 0
  const linkedRows = linked.map((pair) => ({
    pair: pair.levels['categories'] ?? '',
    rest: restOf(pair),
    same: pair.same,
    mass: massOfLinked,
  }))
  const habit = settle(
    linkedRows.map((row) => ({ ...row, rest: row.rest + bitsFor(row.pair) })),
    { around: 0 },
  )
  const rows = [
    ...answers.map((pair) => ({
      pair: pair.levels['categories'] ?? '',
      rest: restOf(pair),
      same: pair.same,
      mass: 1,
    })),
    ...linkedRows.map((row) => ({ ...row, rest: row.rest + habit })),
  ].filter(({ pair }) => pair.includes('|'))
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ pair }) => pair)]
      .map(([pair, evidence]): [string, number] => [pair, settle(evidence, { around: bitsFor(pair) })])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** The bits that explain the evidence best, drawn to `around`. */
function settle(evidence: readonly Evidence[], { around }: { around: number }): number {
  let bits = around
  for (let step = 0; step < mostSteps; step++) {
    let slope = (around - bits) / deviationBits ** 2
    let bend = 1 / deviationBits ** 2
    for (const { rest, same, mass } of evidence) {
      const probability = probabilityAt(rest + bits)
      slope += mass * Math.LN2 * ((same ? 1 : 0) - probability)
      bend += mass * Math.LN2 ** 2 * probability * (1 - probability)
    }
    const change = Math.max(-longestStepBits, Math.min(longestStepBits, slope / bend))
    bits += change
    if (Math.abs(change) < settledBits) break
  }
  return bits
}
