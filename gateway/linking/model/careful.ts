/**
 * How far weights follow what was estimated without labels. Candidates of another matter are no random pairs: they met under a key, so they are about one
 * subject or one place. What the linker compares are candidates, so the weights are taken among them, and only a part of the way is gone.
 */
import type { EmInput } from './em-input.ts'
import type { EmResult } from './em.ts'
import { massesOf, weightsFrom } from './masses.ts'
import { expectedPairs, priorFor } from './prior.ts'
import type { ScoringTable, Weights } from './scoring-table.ts'

/** A level that weighs less in the base closes a gate; chance cannot teach otherwise. */
const gateBits = -6

/** Whether a level is a rule of the base. */
export function isGate(base: Pick<ScoringTable, 'weights'>, field: string, level: string): boolean {
  return (base.weights[field]?.[level] ?? 0) <= gateBits
}

/** The base, gone `step` of the way (0 to 1) to what the estimate says of candidates; it expects as many pairs of one matter as the base. */
export function carefully(input: EmInput, { posterior, damping }: EmResult, step: number): ScoringTable {
  if (step === 0) return input.base

  const { base, candidates, kept = [] } = input
  const matched = massesOf(candidates, (index) => posterior[index] ?? 0)
  const chance = massesOf(candidates, (index) => 1 - (posterior[index] ?? 0))
  const fields = new Set([...matched].flatMap(([field, { size }]) => (size > 1 ? [field] : [])))
  for (const field of kept) fields.delete(field)
  const estimated = weightsFrom(input, { fields, matched, chance, damping })
  const weights = mapWeights(estimated, (field, level, bits) => {
    const before = base.weights[field]?.[level]
    if (before === undefined) return bits * step
    return isGate(base, field, level) ? before : before + step * (bits - before)
  })
  const expected = expectedPairs(base, candidates)
  const prior = expected === 0 ? base.prior : priorFor(expected, { candidates, weights, around: base.prior })
  return { prior, thresholds: base.thresholds, weights }
}

/** Weights with each one replaced. */
export function mapWeights(
  weights: Weights,
  change: (field: string, level: string, bits: number) => number,
): Weights {
  return Object.fromEntries(
    Object.entries(weights).map(([field, levels]) => [
      field,
      Object.fromEntries(Object.entries(levels).map(([level, bits]) => [level, change(field, level, bits)])),
    ]),
  )
}
