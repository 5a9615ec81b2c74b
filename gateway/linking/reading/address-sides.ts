import type { Address } from './address.ts'
import { gramsOf, nameRarity, type AddressGrams, type GramRarity } from './address-grams.ts'
import { soundsOf } from './address-sounds.ts'

/** What comparing needs of one address, read once for all its comparisons. */
export interface AddressSide {
  readonly address: Address
  readonly grams: AddressGrams
  readonly sites: readonly RareName[]
  readonly roads: readonly RareName[]
  /** All names: the sites, then the roads, then the community. */
  readonly names: readonly RareName[]
  /** Every run of digits, in order. */
  readonly digits: readonly string[]
  /** The letters of `grams` by their sounds. */
  readonly sounds: string
  readonly soundPairs: ReadonlySet<string>
  readonly rarity: GramRarity
}

export interface RareName {
  readonly name: string
  /** In bits. */
  readonly rarity: number
  readonly sounds: string
}

const known = new WeakMap<Address, AddressSide>()
const roadEnding = /(?<=.)(?:大道|大街|马路|公路|路|街|巷|道)$/

export function sideOf(address: Address, rarity: GramRarity): AddressSide {
  const found = known.get(address)
  if (found?.rarity === rarity) return found
  const rare = (name: string): RareName => ({
    name,
    rarity: nameRarity(name, rarity),
    sounds: soundsOf(name),
  })
  const grams = gramsOf(address, rarity)
  const sounds = soundsOf(grams.text)
  const sites = address.sites.map(({ name }) => rare(name))
  const roads = address.roads.map((road) => rare(road.replace(roadEnding, '')))
  const side: AddressSide = {
    address,
    grams,
    sounds,
    soundPairs: new Set(Array.from(sounds.slice(1), (_, index) => sounds.slice(index, index + 2))),
    sites,
    roads,
    names: [...sites, ...roads, ...(address.community === undefined ? [] : [rare(address.community)])],
    digits: address.text.match(/\d+/g) ?? [],
    rarity,
  }
  known.set(address, side)
  return side
}
