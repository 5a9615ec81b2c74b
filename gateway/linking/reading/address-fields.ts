import { readAddress } from './address.ts'
import type { GramRarity } from './address-grams.ts'
import type { AddressField } from './address-levels.ts'
import { pairMeasures } from './address-measures.ts'
import type { BothMeasures, PairMeasures, SideMeasures } from './address-measures.ts'
import { sideOf } from './address-sides.ts'

/** A measure of a pair by name: `first.depth`, `both.site`. */
export type MeasureName = `${'first' | 'second'}.${keyof SideMeasures}` | `both.${keyof BothMeasures}`

/** The field that a measure says something about. */
const fieldOfMeasure: { readonly [measure in keyof SideMeasures | keyof BothMeasures]: AddressField } = {
  cosine: 'letters',
  contained: 'letters',
  characters: 'letters',
  common: 'letters',
  longest: 'letters',
  leastLeft: 'letters',
  mostLeft: 'letters',
  leftLetters: 'letters',
  leftPieces: 'letters',
  leftLongest: 'letters',
  leftHead: 'letters',
  leftTail: 'letters',
  length: 'length',
  mass: 'length',
  namesMean: 'names',
  namesHeld: 'names',
  namesMissed: 'names',
  finalKind: 'final',
  finalName: 'final',
  finalWhole: 'final',
  finalRarity: 'final',
  finalSound: 'final',
  siteSound: 'site',
  soundsOnly: 'letters',
  depth: 'district',
  province: 'province',
  city: 'city',
  district: 'district',
  street: 'street',
  community: 'community',
  site: 'site',
  siteRarity: 'site',
  siteBits: 'site',
  siteFirst: 'site',
  siteLast: 'site',
  siteMost: 'site',
  siteLeast: 'site',
  siteMean: 'site',
  siteBest: 'site',
  siteMissing: 'site',
  road: 'road',
  roadRarity: 'road',
  roadFirst: 'road',
  roadLast: 'road',
  roadMost: 'road',
  roadLeast: 'road',
  number: 'number',
  numberOnRoad: 'number',
  numbers: 'number',
  digits: 'number',
  digitsHeld: 'number',
  leftDigits: 'number',
  lane: 'lane',
  crossing: 'crossing',
  phase: 'phase',
  building: 'building',
  unit: 'unit',
  floor: 'floor',
  room: 'room',
  gate: 'gate',
  distance: 'crossing',
}

/** A measure that a model asks for: where it stands among all, and its field. */
export interface MeasurePlace {
  readonly at: number
  readonly field: AddressField
}

function namesOf({ first, second, both }: PairMeasures): MeasureName[] {
  return Object.entries({ both, first, second }).flatMap(([group, measures]) =>
    Object.keys(measures).map((key) => `${group}.${key}` as MeasureName),
  )
}

const empty: GramRarity = { unseen: 0, one: new Map(), two: new Map() }
let names: readonly MeasureName[] | undefined

/** Names of all measures, in the order in which they are measured. */
export function measureNames(): readonly MeasureName[] {
  const nowhere = sideOf(readAddress(''), empty)
  return (names ??= namesOf(pairMeasures(nowhere, nowhere)))
}

/** Throws an Error for a name that no measure has. */
export function placeOfMeasure(name: string): MeasurePlace {
  const at = (measureNames() as readonly string[]).indexOf(name)
  if (at < 0) throw new Error(`The address model asks for ${name}, which is no measure.`)
  const key = name.slice(name.indexOf('.') + 1) as keyof typeof fieldOfMeasure
  return { at, field: fieldOfMeasure[key] }
}

/** The measures that a model asks for, in its order. */
export function measuredAt(
  { first, second, both }: PairMeasures,
  places: readonly MeasurePlace[],
): Float32Array {
  const all = [...Object.values(both), ...Object.values(first), ...Object.values(second)]
  const values = new Float32Array(places.length)
  for (const [index, { at }] of places.entries()) values[index] = all[at] ?? -1
  return values
}
