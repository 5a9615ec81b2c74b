import { heldIn, nameRarity, overlapOf, type GramOverlap, type LeftOver } from './address-grams.ts'
import { bestSites, doorsOf, relationOf, roadsOf, siteLikeness, sortOfEnding } from './address-names.ts'
import type { NameRelation, NumberRelation, RoadRelation, SiteMatch } from './address-names.ts'
import type { AddressSide, RareName } from './address-sides.ts'
import { soundsOf } from './address-sounds.ts'

/** What is measured of a pair. `-1` stands for what an address does not name, unless a measure's table says otherwise. */
export interface PairMeasures {
  readonly first: SideMeasures
  readonly second: SideMeasures
  readonly both: BothMeasures
  readonly relations: PairRelations
}

/** How roads, numbers and sites of a pair stand to each other. */
export interface PairRelations {
  readonly road: { relation: RoadRelation; road?: string }
  readonly number: NumberRelation
  readonly lane: NumberRelation
  readonly site: SiteMatch | undefined
}

export type SideMeasures = ReturnType<typeof sideMeasures>
export type BothMeasures = ReturnType<typeof bothMeasures>

/** Measures two addresses against each other, in the order given. */
export function pairMeasures(first: AddressSide, second: AddressSide): PairMeasures {
  const overlap = overlapOf(first.grams, second.grams)
  const [a, b] = [first.address, second.address]
  const relations = { road: roadsOf(a, b), ...doorsOf(a, b), site: bestSites(a, b, first.rarity) }
  return {
    first: sideMeasures(first, second, overlap.rests[0]),
    second: sideMeasures(second, first, overlap.rests[1]),
    both: bothMeasures(first, second, { overlap, relations }),
    relations,
  }
}

const sorts = ['name', 'home', 'house', 'works', 'other']
const placeOfLevel = { site: 0, city: 5, district: 6, street: 7, community: 8, road: 9 } as const

function finalKind({ address: { final } }: AddressSide): number {
  if (final === undefined) return -1
  return final.level === 'site' ? sorts.indexOf(sortOfEnding(final.ending)) : placeOfLevel[final.level]
}

interface HeldNames {
  /** How much of the names the other address holds (its `shares`): of the first and the last one, of the one held best and worst; and weighted by rarity. */
  first: number
  last: number
  most: number
  least: number
  mean: number
  /** Bits of all that is held, of the best held name and of the worst missing one, and of all that is missing. */
  held: number
  best: number
  missing: number
  missed: number
}

function heldNames(names: readonly RareName[], shares: readonly number[]): HeldNames {
  const all: HeldNames = {
    first: -1,
    last: -1,
    most: -1,
    least: 2,
    mean: -1,
    held: 0,
    best: 0,
    missing: 0,
    missed: 0,
  }
  let mass = 0
  for (const [index, { rarity }] of names.entries()) {
    const held = shares[index] ?? 0
    if (all.first < 0) all.first = held
    all.last = held
    all.most = Math.max(all.most, held)
    all.least = Math.min(all.least, held)
    all.held += held * rarity
    all.best = Math.max(all.best, held * rarity)
    all.missing = Math.max(all.missing, (1 - held) * rarity)
    all.missed += (1 - held) * rarity
    mass += rarity
  }
  if (mass > 0) all.mean = all.held / mass
  return all
}

const isSet = (value: string | undefined) => Number(value !== undefined)

/** What of one address the other says too. */
function sideMeasures(side: AddressSide, other: AddressSide, left: LeftOver) {
  const { address, grams, digits } = side
  const { final, crossing } = address
  const held = (name: string | undefined) =>
    name === undefined ? -1 : heldIn(name, other.grams, other.rarity)
  const shares = side.names.map(({ name }) => heldIn(name, other.grams, other.rarity))
  const sites = heldNames(side.sites, shares)
  const roads = heldNames(side.roads, shares.slice(side.sites.length))
  const names = heldNames(side.names, shares)
  const met = digits.filter((number) => other.digits.includes(number)).length
  return {
    length: grams.text.length,
    mass: Math.sqrt(grams.pairMass),
    leftLetters: left.letters,
    leftDigits: left.digits,
    leftPieces: left.pieces,
    leftLongest: left.longest,
    leftHead: left.head,
    leftTail: left.tail,
    namesMean: names.mean,
    namesHeld: names.held,
    namesMissed: names.missed,
    depth: isSet(address.province) + isSet(address.city) + isSet(address.district) + isSet(address.street),
    province: held(address.province),
    city: held(address.city),
    district: held(address.district),
    street: held(address.street),
    community: held(address.community),
    finalKind: finalKind(side),
    finalName: held(final?.name),
    finalWhole: held(final && final.name + final.ending),
    finalRarity: final === undefined ? -1 : nameRarity(final.name, side.rarity),
    finalSound: final === undefined ? -1 : Number(other.sounds.includes(soundsOf(final.name))),
    siteSound: side.sites.reduce(
      (most, { sounds, rarity }) => (other.sounds.includes(sounds) ? Math.max(most, rarity) : most),
      0,
    ),
    soundsOnly: soundsOnly(side, other),
    siteFirst: sites.first,
    siteLast: sites.last,
    siteMost: sites.most,
    siteLeast: sites.least,
    siteMean: sites.mean,
    siteBest: sites.best,
    siteMissing: sites.missing,
    roadFirst: roads.first,
    roadLast: roads.last,
    roadMost: roads.most,
    roadLeast: roads.least,
    digits: digits.length,
    digitsHeld: digits.length === 0 ? -1 : met / digits.length,
    numbers: address.numbers.length,
    phase: isSet(address.phase),
    building: isSet(address.building),
    unit: isSet(address.unit),
    floor: isSet(address.floor),
    room: isSet(address.room),
    distance: Number(address.relative.some((word) => /\d/.test(word))),
    gate: Number(address.relative.some((word) => word.endsWith('门'))),
    crossing: crossing === undefined ? -1 : crossing.filter((road) => other.grams.text.includes(road)).length,
  }
}

/** How many pairs of characters the other address has by their sound and not by their writing: typed, not copied. */
function soundsOnly({ grams, sounds }: AddressSide, other: AddressSide): number {
  let count = 0
  for (let index = 1; index < sounds.length; index++) {
    const isWritten = other.grams.pairs.has(
      (grams.codes[index - 1] ?? 0) * 0x1_0000 + (grams.codes[index] ?? 0),
    )
    if (!isWritten && other.soundPairs.has(sounds.slice(index - 1, index + 1))) count++
  }
  return count
}

const roadRank: { readonly [relation in RoadRelation]: number } = {
  same: 9,
  part: 8,
  ending: 7,
  typing: 6,
  mentioned: 5,
  direction: 4,
  ordinal: 3,
  one: 1,
  none: 0,
  different: -1,
}
const numberRank: { readonly [relation in NumberRelation]: number } = {
  same: 6,
  range: 5,
  sub: 4,
  close: 3,
  near: 2,
  mid: 1,
  far: 0,
  one: -1,
  none: -2,
}
const nameRank: { readonly [relation in NameRelation]: number } = {
  same: 3,
  contained: 2,
  one: 1,
  none: 0,
  different: -1,
}
const otherRoad = -5
const unknownRoad = -4

/** A number says something on one road; on another it does not. */
function numberOnRoad(road: RoadRelation, number: NumberRelation): number {
  if (road === 'same') return numberRank[number]
  return road === 'different' || road === 'direction' || road === 'ordinal' ? otherRoad : unknownRoad
}

function bothMeasures(
  { address: a, rarity }: AddressSide,
  { address: b }: AddressSide,
  { overlap, relations }: { overlap: GramOverlap; relations: PairRelations },
) {
  const { road, number, lane, site } = relations
  const [lastOfA, lastOfB] = [a.sites.at(-1), b.sites.at(-1)]
  const [one, other] = overlap.rests
  return {
    cosine: overlap.cosine,
    contained: overlap.contained,
    characters: overlap.characters,
    common: overlap.common,
    longest: overlap.longest,
    leastLeft: Math.min(one.share, other.share),
    mostLeft: Math.max(one.share, other.share),
    province: nameRank[relationOf(a.province, b.province)],
    city: nameRank[relationOf(a.city, b.city)],
    district: nameRank[relationOf(a.district, b.district)],
    community: nameRank[relationOf(a.community, b.community)],
    phase: nameRank[relationOf(a.phase, b.phase)],
    building: nameRank[relationOf(a.building, b.building)],
    unit: nameRank[relationOf(a.unit, b.unit)],
    road: roadRank[road.relation],
    roadRarity: nameRarity(road.road ?? '', rarity),
    number: numberRank[number],
    numberOnRoad: numberOnRoad(road.relation, number),
    lane: numberRank[lane],
    site: site?.likeness ?? -1,
    siteRarity: site?.rarity ?? -1,
    siteBits: site === undefined ? -1 : site.likeness * site.rarity,
    siteLast: lastOfA === undefined || lastOfB === undefined ? -1 : siteLikeness(lastOfA, lastOfB, rarity),
  }
}
