import type { Address } from './address.ts'
import { levelGroups, type AddressLevels } from './address-levels.ts'
import { shippedAddressModel, type AddressModel, type AddressWeights } from './address-model.ts'

/** One reason: the level a field reached, and what it adds in bits. */
export interface AddressPart {
  field: string
  level: string
  weight: number
}

export interface AddressComparison {
  /** The same place exactly, in part (one lies in the other, or both in one street or compound), or not. */
  match: 'exact' | 'partial' | 'none'
  /** Log-odds, in bits, that the two are at least in part one place. */
  score: number
  probability: number
  /** What the score is made of but for the prior; the weightiest first. */
  parts: AddressPart[]
}

/** Compares two written addresses, in either order. Parts of an address that were read are kept with it, so that the next comparison is cheaper. */
export function compareAddresses(
  a: Address,
  b: Address,
  model: AddressModel = shippedAddressModel(),
): AddressComparison {
  const groups = levelGroups(a, b, model.rarity)
  const { score, parts } = explained(groups, model.related)
  const isRelated = score >= model.thresholds.related
  const isExact = isRelated && scoreOf(groups, model.exact) >= model.thresholds.exact
  return {
    match: isExact ? 'exact' : isRelated ? 'partial' : 'none',
    score,
    probability: 1 / (1 + 2 ** -score),
    parts,
  }
}

function explained(
  groups: readonly AddressLevels[],
  { prior, weights }: AddressWeights,
): { score: number; parts: AddressPart[] } {
  const parts: AddressPart[] = []
  let score = prior
  for (const levels of groups)
    for (const field in levels) {
      const level = levels[field] ?? ''
      const weight = weights[field]?.[level] ?? 0
      if (weight === 0) continue
      score += weight
      parts.push({ field, level, weight })
    }
  parts.sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight))
  return { score, parts }
}

function scoreOf(groups: readonly AddressLevels[], { prior, weights }: AddressWeights): number {
  let score = prior
  for (const levels of groups) for (const field in levels) score += weights[field]?.[levels[field] ?? ''] ?? 0
  return score
}
