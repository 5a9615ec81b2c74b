import type { Address } from './address.ts'
import { gramsOf, nameRarity, overlapOf, type AddressGrams, type GramRarity } from './address-grams.ts'
import { bestSites, doorsOf, sortOfEnding, relationOf, roadsOf } from './address-names.ts'
import type { NumberRelation, RoadRelation, SiteMatch } from './address-names.ts'

/** Fields of a comparison and the level each reached; the level `''` says nothing and has no weight. */
export type AddressLevels = Readonly<Record<string, string>>

interface Known {
  readonly grams: AddressGrams
  readonly rarity: GramRarity
}

const known = new WeakMap<Address, Known>()

function gramsFor(address: Address, rarity: GramRarity): AddressGrams {
  const found = known.get(address)
  if (found?.rarity === rarity) return found.grams
  const grams = gramsOf(address, rarity)
  known.set(address, { grams, rarity })
  return grams
}

const cuts = {
  cosine: [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8],
  contained: [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99],
  characters: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  common: [5, 10, 13, 16, 20, 25, 30],
  longest: [5, 10, 15, 20, 25, 30, 40, 50, 60],
  leastRest: [0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
  mostRest: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  length: [8, 12, 16, 20, 26, 34],
  name: [5, 10, 15, 20, 25, 30, 40],
  final: [8, 15, 25, 35, 50],
} as const

/** The shorter first, so that levels of one side mean the same whatever the order. */
function inOrder(a: Address, b: Address): [Address, Address] {
  const isFirst = a.text.length === b.text.length ? a.text <= b.text : a.text.length < b.text.length
  return isFirst ? [a, b] : [b, a]
}

const labels = new Map<readonly number[], readonly string[]>()

/** Levels are named by their lower bound, so that a table of weights reads as one. */
function band(value: number, bounds: readonly number[]): string {
  let names = labels.get(bounds)
  if (names === undefined) labels.set(bounds, (names = ['0', ...bounds.map(String)]))
  let level = 0
  while (level < bounds.length && value >= (bounds[level] ?? Infinity)) level++
  return names[level] ?? '0'
}

const joined = new Map<string, Map<string, string>>()

/** Two levels as one. Few ever occur together, and the same text each time is looked up faster in a table of weights. */
function joint(one: string, other: string): string {
  let others = joined.get(one)
  if (others === undefined) joined.set(one, (others = new Map()))
  let both = others.get(other)
  if (both === undefined) others.set(other, (both = `${one}, ${other}`))
  return both
}

/** Compares two addresses field by field. The order of the two does not matter. */
export function addressLevels(a: Address, b: Address, rarity: GramRarity): AddressLevels {
  return Object.assign({}, ...levelGroups(a, b, rarity)) as AddressLevels
}

/** The levels in groups of fields: put together they cost as much again as all the comparing. */
export function levelGroups(one: Address, other: Address, rarity: GramRarity): AddressLevels[] {
  const [a, b] = inOrder(one, other)
  const grams: readonly [AddressGrams, AddressGrams] = [gramsFor(a, rarity), gramsFor(b, rarity)]
  const roads = roadsOf(a, b)
  const { number, lane } = doorsOf(a, b)
  const site = bestSites(a, b, rarity)
  const road = roadKind[roads.relation]
  return [
    letterLevels(grams),
    areaLevels(a, b),
    innerLevels(a, b),
    roadLevels(roads.relation, { number, lane, rarity: nameRarity(roads.road ?? '', rarity) }),
    siteLevels(a, b, site),
    jointLevels(a, b, { road, site: siteKind(a, b, site), number }),
    writtenLevels(a, b),
    heldLevels(a, b, { grams, rarity, road }),
  ]
}

/** How much of a name another address's text holds. */
function heldIn(name: string, { text, pairs, characters }: AddressGrams, rarity: GramRarity): number {
  if (text.includes(name)) return 1
  let all = 0
  let held = 0
  for (let index = 0; index < name.length; index++) {
    const one = rarity.one.get(name[index] ?? '') ?? rarity.unseen
    all += 0.4 * one
    if (characters.has(name.charCodeAt(index))) held += 0.4 * one
    if (index === 0) continue
    const two = rarity.two.get(name.slice(index - 1, index + 1)) ?? rarity.unseen
    all += 0.6 * two
    if (pairs.has(name.charCodeAt(index - 1) * 0x1_0000 + name.charCodeAt(index))) held += 0.6 * two
  }
  return (0.99 * held) / (all || 1)
}

type Held = 'whole' | 'stem' | 'mostly' | 'partly' | 'hardly' | 'none'

/** How much of what an address names last the other one says. */
function finalHeld(address: Address, other: AddressGrams, rarity: GramRarity): Held {
  const { final } = address
  if (final === undefined) return 'none'
  const whole = final.name + final.ending
  if (other.text.includes(whole)) return 'whole'
  if (final.name.length > 1 && other.text.includes(final.name)) return 'stem'
  const held = heldIn(final.name, other, rarity)
  return held >= 0.7 ? 'mostly' : held >= 0.3 ? 'partly' : 'hardly'
}

/** What kind of thing an address ends with. */
function finalKind(address: Address): string {
  const { final, crossing } = address
  if (crossing !== undefined && final?.level === 'road') return 'crossing'
  if (final === undefined) return 'nothing'
  const kind = final.level === 'site' ? sortOfEnding(final.ending) : final.level
  const numbered = address.numbers.length > 0 && final.level === 'road' ? ' with number' : ''
  return kind + numbered + (address.building === undefined ? '' : ' with building')
}

const roadsHeld = ['0 of 2', '1 of 2', '2 of 2'] as const

/** How many roads of a crossing the other address says too, and whether it is a crossing itself. */
function crossingHeld({ crossing }: Address, other: Address, { text }: AddressGrams): string {
  if (crossing === undefined) return ''
  const held = roadsHeld[Number(text.includes(crossing[0])) + Number(text.includes(crossing[1]))] ?? '0 of 2'
  return other.crossing === undefined ? held : joint(held, 'both crossings')
}

function heldLevels(
  a: Address,
  b: Address,
  { grams, rarity, road }: { grams: readonly [AddressGrams, AddressGrams]; rarity: GramRarity; road: string },
): AddressLevels {
  const mine = finalHeld(a, grams[1], rarity)
  const theirs = finalHeld(b, grams[0], rarity)
  const rare = (address: Address) => band(nameRarity(address.final?.name ?? '', rarity), cuts.final)
  return {
    shortFinal: joint(finalKind(a), mine),
    longFinal: joint(finalKind(b), theirs),
    finals: joint(mine, theirs),
    shortFinalAndRoad: joint(mine, road),
    longFinalAndRoad: joint(theirs, road),
    shortFinalRarity: joint(mine, rare(a)),
    longFinalRarity: joint(theirs, rare(b)),
    shortCrossing: crossingHeld(a, b, grams[1]),
    longCrossing: crossingHeld(b, a, grams[0]),
  }
}

function letterLevels([a, b]: readonly [AddressGrams, AddressGrams]): AddressLevels {
  const overlap = overlapOf(a, b)
  return {
    letters: band(overlap.cosine, cuts.cosine),
    contained: band(overlap.contained, cuts.contained),
    characters: band(overlap.containedCharacters, cuts.characters),
    common: band(overlap.common, cuts.common),
    longest: band(overlap.longest, cuts.longest),
    leastRest: band(Math.min(...overlap.rests), cuts.leastRest),
    mostRest: band(Math.max(...overlap.rests), cuts.mostRest),
    shortRest: band(overlap.rests[0], cuts.leastRest),
    longRest: band(overlap.rests[1], cuts.leastRest),
    shorter: band(a.text.length, cuts.length),
    longer: band(b.text.length, cuts.length),
  }
}

function areaLevels(a: Address, b: Address): AddressLevels {
  return {
    province: relationOf(a.province, b.province),
    city: relationOf(a.city, b.city),
    district: relationOf(a.district, b.district),
    street: relationOf(a.street, b.street),
    community: relationOf(a.community, b.community),
  }
}

function innerLevels(a: Address, b: Address): AddressLevels {
  return {
    phase: relationOf(a.phase, b.phase),
    building: relationOf(a.building, b.building),
    unit: relationOf(a.unit, b.unit),
    floor: relationOf(a.floor, b.floor),
    room: relationOf(a.room, b.room),
    group: relationOf(a.group, b.group),
  }
}

function roadLevels(
  relation: RoadRelation,
  { number, lane, rarity }: { number: NumberRelation; lane: NumberRelation; rarity: number },
): AddressLevels {
  return {
    road: relation,
    number: joint(roadKind[relation], number),
    roadRarity: relation === 'same' ? band(rarity, cuts.name) : '',
    lane: lane === 'none' ? '' : lane,
  }
}

/** What a road's relation is worth together with others. */
const roadKind = {
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
} as const satisfies { readonly [relation in RoadRelation]: string }

type SiteKind = 'same site' | 'site within' | 'site alike' | 'other site' | 'one site' | 'no site'

function siteKind(a: Address, b: Address, site: SiteMatch | undefined): SiteKind {
  if (site === undefined) return a.sites.length + b.sites.length > 0 ? 'one site' : 'no site'
  if (site.likeness >= 0.9) return 'same site'
  return site.likeness >= 0.6 ? 'site within' : site.likeness >= 0.35 ? 'site alike' : 'other site'
}

const likenesses = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

function siteLevels(a: Address, b: Address, site: SiteMatch | undefined): AddressLevels {
  return {
    site: site === undefined ? siteKind(a, b, site) : band(site.likeness, likenesses),
    siteRarity:
      site === undefined || site.likeness < 0.6
        ? ''
        : joint(siteKind(a, b, site), band(site.rarity, cuts.name)),
  }
}

interface Kinds {
  road: (typeof roadKind)[RoadRelation]
  site: SiteKind
  number: NumberRelation
}

function jointLevels(a: Address, b: Address, { road, site, number }: Kinds): AddressLevels {
  const doors =
    number === 'same' || number === 'range'
      ? 'same number'
      : number === 'none' || number === 'one'
        ? 'no number'
        : 'other number'
  return {
    siteAndRoad: joint(site, road),
    siteAndDoor: joint(joint(site, road), doors),
    siteAndDistrict: joint(site, relationOf(a.district, b.district)),
    roadAndDistrict: joint(road, relationOf(a.district, b.district)),
    siteAndBuilding: joint(site, relationOf(a.building, b.building)),
    siteAndCommunity: joint(site, relationOf(a.community, b.community)),
  }
}

/** Which of the two has it. */
function sides(a: Address, b: Address, has: (address: Address) => boolean): string {
  return has(a) ? (has(b) ? 'both' : 'shorter') : has(b) ? 'longer' : ''
}

function writtenLevels(a: Address, b: Address): AddressLevels {
  return {
    gate: sides(a, b, ({ relative }) => relative.some((word) => word.endsWith('门'))),
    nearby: sides(a, b, ({ relative }) => relative.some((word) => /附近|旁|对面|\d/.test(word))),
    crossing: sides(a, b, ({ crossing }) => crossing !== undefined),
    shorterSites: String(Math.min(3, a.sites.length)),
    longerSites: String(Math.min(4, b.sites.length)),
    shorterRoads: String(Math.min(2, a.roads.length)),
    longerRoads: String(Math.min(3, b.roads.length)),
    numbered: sides(a, b, ({ numbers }) => numbers.length > 0),
    built: sides(a, b, ({ building }) => building !== undefined),
  }
}
