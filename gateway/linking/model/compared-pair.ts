/** How training and its figures see a pair: the table that scores it, and the level of each field. */
import { compare } from '../compare.ts'
import type { Gate } from '../compare-places.ts'
import { compareLocated } from '../located/compare-located.ts'
import { isLocated } from '../located/located-report.ts'
import { shippedLocatedModel } from '../located/model.ts'
import { wordFields } from '../told/compare-told.ts'
import type { Features } from '../types.ts'
import type { TableName } from './link-model.ts'
import type { Levels } from './scoring-table.ts'

export interface ComparedPair {
  readonly table: TableName
  readonly levels: Levels
  readonly gate: Gate
  /** Whether more than being near speaks for one matter: without it no machine links. */
  readonly evidence: boolean
}

/** Compares two reports; the weights that a comparison gave do not matter here. */
export type ComparePair = (a: Features, b: Features) => ComparedPair

/** As the linker compares. What else lies around is not known of a pair alone. */
export const comparePair: ComparePair = (a, b) =>
  isLocated(a) && isLocated(b) ? comparedByPlace(a, b) : comparedByWords(a, b)

function comparedByPlace(a: Features, b: Features): ComparedPair {
  const { gate, parts, categories } = compareLocated(a, b, { model: shippedLocatedModel() })
  return {
    table: 'located',
    levels: {
      ...Object.fromEntries(parts.map(({ field, level }) => [field, level])),
      // A district's own categories are not in the shipped table: how related they are is learned.
      ...(categories !== undefined && { categories }),
    },
    gate,
    evidence: gate === 'open',
  }
}

function comparedByWords(a: Features, b: Features): ComparedPair {
  const { parts, gate, textEvidence } = compare(a, b)
  return {
    table: 'told',
    levels: Object.fromEntries(parts.map(({ field, level }) => [field, level])),
    gate,
    evidence: textEvidence,
  }
}

/** What says where, for told and for located reports. */
const placeFields = [
  'place',
  'site',
  'area',
  'distance',
  'address',
  'addressTime',
  'atAddress',
  'setting',
  'relation',
  'categoryPlace',
  'nearby',
  'nearer',
  'repeated',
]

/** What two short texts have in common. */
const shortFields = ['title', 'text']

/** Fields that a kind of key decides: pairs that were found by it teach nothing about them. */
export const decidedByKeys: { readonly [kind: string]: readonly string[] } = {
  reference: ['reference'],
  person: ['person', 'writer', 'again'],
  component: ['component', ...placeFields],
  place: [...placeFields, 'category', 'categories', 'groups'],
  text: [...wordFields, ...shortFields],
}

/** Rules, and what a pair of reports does not show. */
export const keptFields = ['reference', 'case', 'others']

/** Fields that say partly the same: of reports that tell enough, of short ones, of located ones. */
export const dependentFields: readonly (readonly string[])[] = [
  wordFields,
  ['site', 'area'],
  ['writer', 'again'],
  shortFields,
  ['place', 'distance'],
  ['address', 'setting', 'relation', 'categoryPlace'],
  ['addressTime', 'channelTime', 'categoryTime'],
  ['category', 'categories', 'groups'],
]
