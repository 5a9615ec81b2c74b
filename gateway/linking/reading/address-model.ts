import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { placeOfMeasure, type MeasurePlace } from './address-fields.ts'
import type { GramRarity } from './address-grams.ts'
import { unpackedTrees, type PackedTrees, type Trees } from './address-trees.ts'

/** Parameters of comparing addresses; `tests/eval/train-addresses.ts` makes them. */
export interface AddressModel {
  readonly version: string
  readonly rarity: GramRarity
  /** What the trees ask for, by their numbers. */
  readonly measures: readonly MeasurePlace[]
  /** Written as people write, against as a map's entry is written; of one address with itself. */
  readonly order: Trees
  /** At least partly one place, against two places. */
  readonly related: Trees
  /** Of those, exactly one. */
  readonly exact: Trees
  /** From which score on, in bits. */
  readonly thresholds: { readonly related: number; readonly exact: number }
}

/** Characters and pairs by their rarity in bits, each list as one text: `{"3.5": "路街"}`. */
export interface PackedRarity {
  readonly unseen: number
  readonly one: { readonly [bits: string]: string }
  readonly two: { readonly [bits: string]: string }
}

export interface AddressModelFile {
  readonly version: string
  readonly trained: { readonly [figure: string]: number | string }
  readonly thresholds: AddressModel['thresholds']
  readonly rarity: PackedRarity
  readonly measures: readonly string[]
  readonly order: PackedTrees
  readonly related: PackedTrees
  readonly exact: PackedTrees
}

export const addressModelFile = join(import.meta.dirname, '../model/address.json')

let shipped: AddressModel | undefined

/** The parameters that come with the gateway; read once. */
export function shippedAddressModel(): AddressModel {
  shipped ??= addressModelOf(JSON.parse(readFileSync(addressModelFile, 'utf8')) as AddressModelFile)
  return shipped
}

export function addressModelOf(file: AddressModelFile): AddressModel {
  return {
    version: file.version,
    rarity: rarityOf(file.rarity),
    measures: file.measures.map(placeOfMeasure),
    order: unpackedTrees(file.order),
    related: unpackedTrees(file.related),
    exact: unpackedTrees(file.exact),
    thresholds: file.thresholds,
  }
}

function rarityOf({ unseen, one, two }: PackedRarity): GramRarity {
  return { unseen, one: unpacked(one, 1), two: unpacked(two, 2) }
}

function unpacked(lists: { readonly [bits: string]: string }, length: number): Map<string, number> {
  const map = new Map<string, number>()
  for (const [bits, text] of Object.entries(lists))
    for (let index = 0; index < text.length; index += length)
      map.set(text.slice(index, index + length), Number(bits))
  return map
}
