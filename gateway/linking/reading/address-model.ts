import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GramRarity } from './address-grams.ts'

/** One additive question: log-odds in bits before anything is known, and what each field's level adds. */
export interface AddressWeights {
  readonly prior: number
  readonly weights: { readonly [field: string]: { readonly [level: string]: number } }
}

/** Parameters of comparing addresses; `tests/eval/train-addresses.ts` makes them. */
export interface AddressModel {
  readonly version: string
  readonly rarity: GramRarity
  /** At least partly one place, against two places. */
  readonly related: AddressWeights
  /** Of those, exactly one. */
  readonly exact: AddressWeights
  /** From which score on, in bits. */
  readonly thresholds: { readonly related: number; readonly exact: number }
}

/** Characters and pairs by their rarity in bits, each list as one text: `{"3.5": "路街"}`. */
export interface PackedRarity {
  readonly unseen: number
  readonly one: { readonly [bits: string]: string }
  readonly two: { readonly [bits: string]: string }
}

export type AddressModelFile = Omit<AddressModel, 'rarity'> & {
  readonly trained: { readonly [figure: string]: number | string }
  readonly rarity: PackedRarity
}

export const addressModelFile = join(import.meta.dirname, '../model/address.json')

let shipped: AddressModel | undefined

/** The parameters that come with the gateway; read once. */
export function shippedAddressModel(): AddressModel {
  shipped ??= addressModelOf(JSON.parse(readFileSync(addressModelFile, 'utf8')) as AddressModelFile)
  return shipped
}

export function addressModelOf({
  version,
  rarity,
  related,
  exact,
  thresholds,
}: AddressModelFile): AddressModel {
  return {
    version,
    related,
    exact,
    thresholds,
    rarity: { unseen: rarity.unseen, one: unpacked(rarity.one, 1), two: unpacked(rarity.two, 2) },
  }
}

function unpacked(lists: { readonly [bits: string]: string }, length: number): Map<string, number> {
  const map = new Map<string, number>()
  for (const [bits, text] of Object.entries(lists))
    for (let index = 0; index < text.length; index += length)
      map.set(text.slice(index, index + length), Number(bits))
  return map
}
