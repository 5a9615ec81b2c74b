import type { Address } from './address.ts'
import { measuredAt } from './address-fields.ts'
import { addressLevels, type AddressField } from './address-levels.ts'
import { pairMeasures } from './address-measures.ts'
import { shippedAddressModel, type AddressModel } from './address-model.ts'
import { sideOf, type AddressSide } from './address-sides.ts'
import { treesScore } from './address-trees.ts'

/** One reason: the level a field reached, and what it adds in bits. */
export interface AddressPart {
  field: AddressField
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
  const [first, second] = inOrder(a, b, model)
  const measures = pairMeasures(first, second)
  const values = measuredAt(measures, model.measures)
  const shares = new Float64Array(values.length)
  const score = treesScore(model.related, values, shares)
  const isRelated = score >= model.thresholds.related
  const isExact = isRelated && treesScore(model.exact, values) >= model.thresholds.exact
  const bits = bitsByField(shares, model)
  const levels = addressLevels(first, second, measures)
  return {
    match: isExact ? 'exact' : isRelated ? 'partial' : 'none',
    score,
    probability: 1 / (1 + 2 ** -score),
    parts: [...bits]
      .map(([field, weight]) => ({ field, level: levels[field], weight }))
      .toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight)),
  }
}

function bitsByField(shares: Float64Array, { measures }: AddressModel): Map<AddressField, number> {
  const bits = new Map<AddressField, number>()
  for (const [index, { field }] of measures.entries()) {
    const share = shares[index] ?? 0
    if (share !== 0) bits.set(field, (bits.get(field) ?? 0) + share)
  }
  return bits
}

const writings = new WeakMap<AddressSide, number>()

/** The one that is written more as people write comes first, the one written more as a map's entry second: so both orders say the same. */
export function inOrder(a: Address, b: Address, model: AddressModel): [AddressSide, AddressSide] {
  const [one, other] = a.text <= b.text ? [a, b] : [b, a]
  const [first, second] = [sideOf(one, model.rarity), sideOf(other, model.rarity)]
  return writing(first, model) >= writing(second, model) ? [first, second] : [second, first]
}

function writing(side: AddressSide, model: AddressModel): number {
  const found = writings.get(side)
  if (found !== undefined) return found
  const score = treesScore(model.order, measuredAt(pairMeasures(side, side), model.measures))
  writings.set(side, score)
  return score
}
