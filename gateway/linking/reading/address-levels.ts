import { heldIn } from './address-grams.ts'
import type { PairMeasures, PairRelations } from './address-measures.ts'
import { relationOf } from './address-names.ts'
import type { NameRelation, NumberRelation, RoadRelation } from './address-names.ts'
import type { AddressSide } from './address-sides.ts'

/** What a comparison looks at. */
export type AddressField =
  | 'letters'
  | 'length'
  | 'names'
  | 'final'
  | 'province'
  | 'city'
  | 'district'
  | 'street'
  | 'community'
  | 'site'
  | 'road'
  | 'number'
  | 'lane'
  | 'crossing'
  | 'phase'
  | 'building'
  | 'unit'
  | 'floor'
  | 'room'
  | 'gate'

type Level =
  | NameRelation
  | `${RoadKind}, ${NumberRelation}`
  | RoadRelation
  | NumberRelation
  | SiteKind
  | Held
  | `${Held}, ${Held}`
  | Sides
  | `${number}`
  | `${number} of ${number}${'' | ', both crossings'}`

/** How far two addresses agree in each field, in words. Of two levels in one word the first is of the first address. */
export type AddressLevels = { readonly [field in AddressField]: Level }

/** Says in words what a pair's measures stand for. */
export function addressLevels(
  first: AddressSide,
  second: AddressSide,
  { relations, both, first: mine, second: theirs }: PairMeasures,
): AddressLevels {
  const [a, b] = [first.address, second.address]
  return {
    letters: `${Math.floor(10 * both.cosine) / 10}`,
    length: `${Math.abs(mine.length - theirs.length)}`,
    names: `${heldWord(mine.namesMean)}, ${heldWord(theirs.namesMean)}`,
    final: `${finalHeld(first, second)}, ${finalHeld(second, first)}`,
    province: relationOf(a.province, b.province),
    city: relationOf(a.city, b.city),
    district: relationOf(a.district, b.district),
    street: relationOf(a.street, b.street),
    community: relationOf(a.community, b.community),
    site: siteKind(first, second, relations),
    road: relations.road.relation,
    number: `${roadKind[relations.road.relation]}, ${relations.number}`,
    lane: relations.lane,
    crossing: crossingLevel(first, second),
    phase: relationOf(a.phase, b.phase),
    building: relationOf(a.building, b.building),
    unit: relationOf(a.unit, b.unit),
    floor: relationOf(a.floor, b.floor),
    room: relationOf(a.room, b.room),
    gate: sidesWith(mine.gate, theirs.gate),
  }
}

type RoadKind = 'same road' | 'road alike' | 'other road' | 'one road' | 'no road'

const roadKind: { readonly [relation in RoadRelation]: RoadKind } = {
  same: 'same road',
  part: 'road alike',
  mentioned: 'road alike',
  direction: 'other road',
  ending: 'road alike',
  ordinal: 'other road',
  typing: 'road alike',
  different: 'other road',
  one: 'one road',
  none: 'no road',
}

type SiteKind = 'same site' | 'site within' | 'site alike' | 'other site' | 'one site' | 'no site'

function siteKind({ sites }: AddressSide, second: AddressSide, { site }: PairRelations): SiteKind {
  if (site === undefined) return sites.length + second.sites.length > 0 ? 'one site' : 'no site'
  if (site.likeness >= 0.9) return 'same site'
  return site.likeness >= 0.6 ? 'site within' : site.likeness >= 0.35 ? 'site alike' : 'other site'
}

type Held = 'whole' | 'stem' | 'mostly' | 'partly' | 'hardly' | 'none'

function heldWord(held: number): Held {
  if (held < 0) return 'none'
  if (held === 1) return 'whole'
  return held >= 0.7 ? 'mostly' : held >= 0.3 ? 'partly' : 'hardly'
}

/** How much of what an address names last the other one says. */
function finalHeld({ address: { final }, rarity }: AddressSide, { grams }: AddressSide): Held {
  if (final === undefined) return 'none'
  if (grams.text.includes(final.name + final.ending)) return 'whole'
  const held = heldIn(final.name, grams, rarity)
  return held === 1 ? 'stem' : heldWord(held)
}

/** How many roads of a crossing the other address says too. */
function crossingLevel({ address: a, grams }: AddressSide, second: AddressSide): Level {
  const b = second.address
  if (a.crossing !== undefined)
    return `${roadsWithin(a.crossing, second.grams.text)} of ${a.crossing.length}${b.crossing === undefined ? '' : ', both crossings'}`
  return b.crossing === undefined ? 'none' : `${roadsWithin(b.crossing, grams.text)} of ${b.crossing.length}`
}

function roadsWithin(roads: readonly string[], text: string): number {
  return roads.filter((road) => text.includes(road)).length
}

type Sides = 'first' | 'second' | 'both' | 'none'

function sidesWith(first: number, second: number): Sides {
  return first > 0 ? (second > 0 ? 'both' : 'first') : second > 0 ? 'second' : 'none'
}
