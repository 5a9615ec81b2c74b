/** Pairs counted by field and level, and the weights that follow from two such counts. */
import { neverRising } from './isotonic.ts'
import { entriesOf, type ScoringTable, type Weights } from './scoring-table.ts'
import type { Pattern } from './tally.ts'

/** Pairs by field and level. */
export type Masses = Map<string, Map<string, number>>

/** Pairs to which a level is given before any is counted, so that none has a share of nought. */
const smoothing = 0.5
/** Standard deviation, in bits, with which the base is thought to be right. */
const baseDeviationBits = 1.5
const mostBits = 14

/** Pairs by field and level, each counted as often as `weigh` says. `unknown` says nothing and is not counted. */
export function massesOf(
  patterns: readonly Pattern[],
  weigh: (index: number) => number,
  counts: (field: string, under: string) => boolean = () => true,
): Masses {
  const masses: Masses = new Map()
  for (const [index, { levels, under, pairs }] of patterns.entries()) {
    const mass = pairs * weigh(index)
    for (const [field, level] of entriesOf(levels)) {
      if (level === 'unknown' || !counts(field, under)) continue
      const ofField = masses.get(field) ?? new Map<string, number>()
      masses.set(field, ofField.set(level, (ofField.get(level) ?? 0) + mass))
    }
  }
  return masses
}

/** The share of each level in its field. */
export function sharesByLevel(masses: Masses): Weights {
  const sharesOf = (levels: ReadonlyMap<string, number>) => {
    const all = sumOf(levels)
    return Object.fromEntries([...levels].map(([level, mass]) => [level, all > 0 ? mass / all : 0]))
  }
  return Object.fromEntries([...masses].map(([field, levels]) => [field, sharesOf(levels)]))
}

/** What is known of how often pairs of one matter reach each level, and others. */
export interface Counted {
  readonly fields: ReadonlySet<string>
  readonly matched: Masses
  readonly chance: Masses
  readonly damping: { readonly [field: string]: number }
}

/** The base's weights, moved towards log2(m/u) as far as the pairs of each level allow; in order where an order is given. */
export function weightsFrom(
  { base, ordered }: { base: ScoringTable; ordered?: { readonly [field: string]: readonly string[] } },
  counted: Counted,
): Weights {
  const moved = [...counted.fields].map((field) => {
    const before = base.weights[field] ?? {}
    const levels = levelWeights(before, counted, field)
    const order = ordered?.[field]?.filter((level) => levels.has(level)) ?? []
    const values = neverRising(order.map((level) => levels.get(level) ?? { value: 0, mass: 0 }))
    const weights = Object.fromEntries([...levels].map(([level, { value }]) => [level, value]))
    const sorted = Object.fromEntries(order.map((level, index) => [level, values[index] ?? 0]))
    return [field, { ...before, ...weights, ...sorted }] as const
  })
  return { ...base.weights, ...Object.fromEntries(moved) }
}

function levelWeights(
  before: { readonly [level: string]: number },
  { matched, chance, damping }: Counted,
  field: string,
): Map<string, { value: number; mass: number }> {
  const own = matched.get(field) ?? new Map<string, number>()
  const others = chance.get(field) ?? new Map<string, number>()
  const names = new Set([...Object.keys(before), ...own.keys(), ...others.keys()])
  names.delete('unknown')
  const [ownSum, otherSum] = [sumOf(own), sumOf(others)]
  if (ownSum < 1 || otherSum < 1)
    return new Map(Object.entries(before).map(([level, value]) => [level, { value, mass: 1 }]))
  const weigh = (level: string) => {
    const m = (own.get(level) ?? 0) + smoothing
    const u = (others.get(level) ?? 0) + smoothing
    const spread = smoothing * names.size
    const raw = Math.log2(m / (ownSum + spread) / (u / (otherSum + spread))) * (damping[field] ?? 1)
    return shrunk({ raw, base: before[level] ?? 0, m, u })
  }
  return new Map([...names].toSorted().map((level) => [level, weigh(level)]))
}

/** A mean of the base and what was counted, each as sure as it is (delta method for the logarithm of two shares). */
function shrunk({ raw, base, m, u }: { raw: number; base: number; m: number; u: number }): {
  value: number
  mass: number
} {
  const variance = (1 / m + 1 / u) / Math.LN2 ** 2
  const trust = baseDeviationBits ** 2 / (baseDeviationBits ** 2 + variance)
  const value = base + trust * (raw - base)
  return { value: Math.max(-mostBits, Math.min(mostBits, value)), mass: 1 / variance }
}

function sumOf(levels: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const mass of levels.values()) sum += mass
  return sum
}
