import type { HouseNumbers, WrittenAddress } from './written-address.ts'

/** How two written addresses lie to each other. `next` counts house numbers on one side of the street, `across` on both. */
export type AddressLevel =
  | 'sameAddress'
  | 'sameCrossing'
  | 'sameHouse'
  | 'sameStreetOnly'
  | `${'next' | 'across'}${2 | 4 | 8 | 16 | 32 | 64 | 'Far'}`
  | 'onCrossing'
  | 'streetOfCrossing'
  | 'crossingsMeet'
  | 'noNumber'
  | 'otherStreet'
  | 'unknown'

const steps = [2, 4, 8, 16, 32, 64] as const

/** Compares two written addresses; the same for both orders. */
export function addressLevel(a: WrittenAddress | undefined, b: WrittenAddress | undefined): AddressLevel {
  if (a === undefined || b === undefined) return 'unknown'
  if (a.whole === b.whole) return a.house ? 'sameAddress' : a.crossing ? 'sameCrossing' : 'sameStreetOnly'
  const shared = a.streets.filter((street) => b.streets.includes(street)).length
  if (shared === 0) return 'otherStreet'
  if (a.crossing && b.crossing) return shared > 1 ? 'sameCrossing' : 'crossingsMeet'
  if (a.crossing || b.crossing) return a.house || b.house ? 'onCrossing' : 'streetOfCrossing'
  return a.house && b.house ? houseLevel(a.house, b.house) : 'noNumber'
}

/** Whether a level says one address. */
export function isSamePlace(level: AddressLevel): boolean {
  return level === 'sameAddress' || level === 'sameCrossing' || level === 'sameHouse'
}

/** What a level is about, for weights that hold for more than one: the place itself, the street's houses, its crossings. */
export function addressKind(level: AddressLevel): 'same' | 'row' | 'crossing' | 'other' | 'weak' {
  if (isSamePlace(level)) return 'same'
  if (level === 'onCrossing' || level === 'streetOfCrossing' || level === 'crossingsMeet') return 'crossing'
  if (level === 'otherStreet') return 'other'
  return level.startsWith('next') || level.startsWith('across') ? 'row' : 'weak'
}

function houseLevel(a: HouseNumbers, b: HouseNumbers): AddressLevel {
  const across = sideOf(a) !== undefined && sideOf(b) !== undefined && sideOf(a) !== sideOf(b)
  if (!across && a.from <= b.to && b.from <= a.to) return 'sameHouse'
  const gap = Math.max(a.from - b.to, b.from - a.to, 0)
  return `${across ? 'across' : 'next'}${steps.find((limit) => gap <= limit) ?? 'Far'}`
}

/** Even or odd; a range of both says nothing. */
function sideOf({ from, to }: HouseNumbers): number | undefined {
  return from % 2 === to % 2 ? from % 2 : undefined
}
