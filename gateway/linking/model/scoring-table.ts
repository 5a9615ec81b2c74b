/** The additive form of the model: each field of a pair reaches a level, each level weighs so many bits, the sum is the score. */

/** Levels by field; a field that says nothing about a pair is absent or `unknown`. */
export interface Levels {
  readonly [field: string]: string
}

/** Bits by field and level. */
export interface Weights {
  readonly [field: string]: { readonly [level: string]: number }
}

export interface ScoringTable {
  /** Log2 odds that a compared pair is one matter, before anything is known of it. */
  readonly prior: number
  /** Probability from which a report is linked by machine, and from which a clerk is asked. */
  readonly thresholds: { readonly link: number; readonly review: number }
  readonly weights: Weights
}

/** What a level weighs in a table, in bits; 0 where the table does not know it. */
export function bitsOf({ weights }: Pick<ScoringTable, 'weights'>, field: string, level: string): number {
  return weights[field]?.[level] ?? 0
}

const entries = new WeakMap<Levels, readonly (readonly [string, string])[]>()

/** Fields and levels, taken apart once: training looks at the same levels again and again. */
export function entriesOf(levels: Levels): readonly (readonly [string, string])[] {
  const known = entries.get(levels)
  if (known !== undefined) return known
  const apart = Object.entries(levels)
  entries.set(levels, apart)
  return apart
}

/** Sum of a pair's levels in bits, before the prior. */
export function scoreOf(table: Pick<ScoringTable, 'weights'>, levels: Levels): number {
  let score = 0
  for (const [field, level] of entriesOf(levels)) score += bitsOf(table, field, level)
  return score
}

/** Probability of one matter at so many bits, the prior included. */
export function probabilityAt(bits: number): number {
  return 1 / (1 + 2 ** -bits)
}

/** A table with what changed between two others: levels that neither of them knew stay, those that it does not know itself are taken over. */
export function movedOn(
  table: ScoringTable,
  { from, to }: { readonly from: ScoringTable; readonly to: ScoringTable },
): ScoringTable {
  const weights: { [field: string]: { [level: string]: number } } = {}
  for (const [field, levels] of Object.entries(table.weights)) weights[field] = { ...levels }
  for (const [field, levels] of Object.entries(to.weights))
    for (const [level, bits] of Object.entries(levels)) {
      const known = table.weights[field]?.[level]
      const moved = bits - bitsOf(from, field, level)
      ;(weights[field] ??= {})[level] = known === undefined ? bits : known + moved
    }
  const threshold = (name: 'link' | 'review') =>
    to.thresholds[name] === from.thresholds[name] ? table.thresholds[name] : to.thresholds[name]
  return {
    ...table,
    prior: table.prior + to.prior - from.prior,
    thresholds: { link: threshold('link'), review: threshold('review') },
    weights,
  }
}
