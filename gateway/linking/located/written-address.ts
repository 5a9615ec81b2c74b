import { readAddress, type Address } from '../reading/address.ts'

export interface HouseNumbers {
  from: number
  to: number
}

/** What comparing located reports needs of a written address. */
export interface WrittenAddress {
  /** All of it in one spelling: equal for two writers of the same address. */
  whole: string
  /** Streets it names, in alphabetical order; two or more for a crossing. */
  streets: readonly string[]
  crossing: boolean
  /** 182-184, or one number twice. Absent for 0, which stands for an unknown number. */
  house?: HouseNumbers
}

/** Reads a located report's address, in English or in Chinese; undefined where nothing is written. */
export function writtenAddress(text: string | undefined): WrittenAddress | undefined {
  const address = readAddress(text ?? '')
  const whole = address.text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
  if (whole === '') return undefined
  const streets = (address.crossing ?? address.roads.slice(0, 1)).toSorted()
  const house = houseOf(address)
  return { whole, streets, crossing: streets.length > 1, ...(house !== undefined && { house }) }
}

/** With a unit, 18-2号, what follows the sign is a part of the house and no other house. */
function houseOf({ house }: Address): HouseNumbers | undefined {
  if (house === undefined) return undefined
  const from = numeralOf(house.value)
  const to = house.unit === '' && house.to !== undefined ? numeralOf(house.to) : from
  return Math.min(from, to) > 0 ? { from: Math.min(from, to), to: Math.max(from, to) } : undefined
}

function numeralOf(value: string): number {
  return Number(/^\d+/.exec(value)?.[0] ?? 0)
}
