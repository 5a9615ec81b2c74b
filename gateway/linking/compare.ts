import { comparePlaces, detailOfPlace, type Gate, type PlaceComparison } from './compare-places.ts'
import { cosine } from './text.ts'
import type { ScoringTable } from './model/scoring-table.ts'
import { daysBetween, daysInWords } from './time-apart.ts'
import { compareTold, isTold, toldFields } from './told/compare-told.ts'
import type { Features, MatchPart } from './types.ts'
import { cosineLevels, timeLevels, weights } from './weights.ts'

export interface Comparison {
  readonly parts: MatchPart[]
  /** Sum of the parts in bits. */
  score: number
  gate: Gate
  sameReference: boolean
  samePerson: boolean
  /** Same category within 100 m and a week: a clerk looks at it whatever the words say. */
  nearAndSoon: boolean
  /** Whether the words have anything in common: near by alone links nothing. */
  textEvidence: boolean
}

export interface CompareContext {
  /** How many stored reports of the new report's person are among its candidates. */
  repeats?: number
  /** The shipped weights where missing. */
  weights?: ScoringTable['weights']
}

/** Compares two reports field by field. Symmetrical; takes a few microseconds. */
export function compare(a: Features, b: Features, context: CompareContext = {}): Comparison {
  return isTold(a, b) ? compareByWords(a, b, context) : compareByTexts(a, b, context)
}

/** The level that each field of two reports reaches; what a model is estimated from. */
export function comparisonLevels(
  a: Features,
  b: Features,
  context: CompareContext = {},
): { [field: string]: string } {
  return Object.fromEntries(compare(a, b, context).parts.map(({ field, level }) => [field, level]))
}

/** Both tell enough: names, words and topic. Parts are made when asked for: most comparisons are forgotten. */
function compareByWords(a: Features, b: Features, context: CompareContext): Comparison {
  const places = comparePlaces(a, b)
  const reference = referenceLevel(a, b)
  const person = personLevel(a, b)
  const category = categoryLevel(a.report.category, b.report.category)
  const table: ScoringTable['weights'] = context.weights ?? weights
  const told = compareTold(a, b, {
    places,
    samePerson: person === 'same',
    knownPersons: person !== 'unknown',
    repeats: context.repeats ?? 0,
    weights: table,
  })
  let score = weightOf(table, 'reference', reference) + weightOf(table, 'category', category)
  if (places.component !== 'unknown') score += weightOf(table, 'component', places.component)
  if (places.distanceM !== undefined) score += weightOf(table, 'distance', places.distance)
  for (const field of toldFields) score += table[field]?.[told.levels[field]] ?? 0
  return new TellingComparison({
    makeParts: () => [
      part(table, 'reference', reference, detailOfReference[reference]),
      ...placeParts(table, places).filter(({ field }) => field !== 'place'),
      part(table, 'category', category, detailOfCategory[category]),
      ...told.parts(),
    ],
    score,
    gate: told.gate,
    sameReference: reference === 'same',
    samePerson: person === 'same',
    nearAndSoon: isNearAndSoon(category, places, daysBetween(a, b)),
    textEvidence: told.levels.words !== 'none' || told.levels.names !== 'none',
  })
}

/** A comparison whose parts are made when asked for. A class, since a getter in an object literal costs more than the comparison. */
class TellingComparison implements Comparison {
  readonly score: number
  readonly gate: Gate
  readonly sameReference: boolean
  readonly samePerson: boolean
  readonly nearAndSoon: boolean
  readonly textEvidence: boolean
  readonly #makeParts: () => MatchPart[]

  constructor(made: Omit<Comparison, 'parts'> & { makeParts: () => MatchPart[] }) {
    this.score = made.score
    this.gate = made.gate
    this.sameReference = made.sameReference
    this.samePerson = made.samePerson
    this.nearAndSoon = made.nearAndSoon
    this.textEvidence = made.textEvidence
    this.#makeParts = made.makeParts
  }

  get parts(): MatchPart[] {
    return this.#makeParts()
  }
}

function compareByTexts(a: Features, b: Features, { weights: table = weights }: CompareContext): Comparison {
  const places = comparePlaces(a, b)
  const reference = referenceLevel(a, b)
  const person = personLevel(a, b)
  const title = cosineLevel('title', a, b)
  const text = cosineLevel('text', a, b)
  const category = categoryLevel(a.report.category, b.report.category)
  const days = daysBetween(a, b)
  return {
    ...summed([
      part(table, 'reference', reference, detailOfReference[reference]),
      part(table, 'person', person, detailOfPerson[person]),
      ...placeParts(table, places),
      part(table, 'title', title.level, title.detail),
      part(table, 'text', text.level, text.detail),
      part(table, 'category', category, detailOfCategory[category]),
      part(table, 'time', timeLevel(days), daysInWords(days)),
    ]),
    gate: places.gate,
    sameReference: reference === 'same',
    samePerson: person === 'same',
    nearAndSoon: isNearAndSoon(category, places, days),
    textEvidence:
      !['none', 'unknown'].includes(text.level) || !['none', 'unknown', 'some'].includes(title.level),
  }
}

function summed(parts: MatchPart[]): { parts: MatchPart[]; score: number } {
  return { parts, score: parts.reduce((sum, { weight }) => sum + weight, 0) }
}

const soonDays = 7

function isNearAndSoon(category: string, { distance }: PlaceComparison, days: number): boolean {
  return category === 'same' && (distance === 'within30m' || distance === 'within100m') && days <= soonDays
}

function weightOf<Field extends keyof typeof weights>(
  table: ScoringTable['weights'],
  field: Field,
  level: keyof (typeof weights)[Field] & string,
): number {
  return table[field]?.[level] ?? 0
}

/** One part with the weight that its level has in a table; a level that the table does not know weighs nothing. */
export function part<Field extends keyof typeof weights>(
  table: ScoringTable['weights'],
  field: Field,
  level: keyof (typeof weights)[Field] & string,
  detail: string,
): MatchPart {
  return { field, level, weight: weightOf(table, field, level), detail }
}

const detailOfReference = {
  same: 'same number of the same issuer',
  related: 'one names the other as related',
  none: 'no number in common',
}
const detailOfPerson = {
  same: 'same person',
  different: 'different person',
  unknown: 'person not known on both sides',
}
const detailOfComponent = {
  same: 'same component',
  different: 'different component of the same type',
  unknown: '',
}

function placeParts(
  table: ScoringTable['weights'],
  { place, component, distance, distanceM }: PlaceComparison,
): MatchPart[] {
  return [
    ...(component === 'unknown' ? [] : [part(table, 'component', component, detailOfComponent[component])]),
    ...(distanceM === undefined ? [] : [part(table, 'distance', distance, `${metres(distanceM)} apart`)]),
    part(table, 'place', place, detailOfPlace[place]),
  ]
}

function metres(distanceM: number): string {
  return distanceM < 1000 ? `${Math.round(distanceM)} m` : `${(distanceM / 1000).toFixed(1)} km`
}

function referenceLevel(a: Features, b: Features): keyof typeof weights.reference {
  let level: keyof typeof weights.reference = 'none'
  for (const mine of a.references) {
    for (const theirs of b.references) {
      if (mine.key !== theirs.key) continue
      if (!mine.related && !theirs.related) return 'same'
      level = 'related'
    }
  }
  return level
}

function personLevel(a: Features, b: Features): keyof typeof weights.person {
  const mine = a.report.personKeys
  const theirs = b.report.personKeys
  if (mine.some((key) => theirs.includes(key))) return 'same'
  return mine.some((key) => theirs.some((other) => kindOfKey(other) === kindOfKey(key)))
    ? 'different'
    : 'unknown'
}

function kindOfKey(key: string): string {
  return key.slice(0, key.indexOf(':') + 1)
}

// Shorter ones are alike by chance: two that say 停电 are not yet about one power cut.
const fewestGrams = { title: 3, text: 5 } as const

function cosineLevel(
  field: 'title' | 'text',
  a: Features,
  b: Features,
): { level: keyof typeof weights.text; detail: string } {
  if (Math.min(a[field].grams.length, b[field].grams.length) < fewestGrams[field])
    return { level: 'unknown', detail: `no ${field} on both sides, or too short` }
  const value = cosine(a[field], b[field])
  const level = cosineLevels[field].find(([, least]) => value >= least)?.[0] ?? 'none'
  return { level, detail: `${field} ${Math.round(value * 100)} % alike` }
}

function categoryLevel(a: string | undefined, b: string | undefined): keyof typeof weights.category {
  if (a === undefined || b === undefined) return 'unknown'
  if (a === b) return 'same'
  return categoryGroup(a) === categoryGroup(b) ? 'sameGroup' : 'different'
}

const detailOfCategory = {
  same: 'same category',
  sameGroup: 'same group of categories',
  different: 'different categories',
  unknown: 'category not known on both sides',
}

/** First level of a category code: up to the first separator, or the first two digits of a plain number. */
export function categoryGroup(category: string): string {
  return /^\d{2}(?=\d+$)|^[^./>_:-]+/.exec(category)?.[0] ?? category
}

function timeLevel(days: number): keyof typeof weights.time {
  return timeLevels.find(([, limit]) => days <= limit)?.[0] ?? 'later'
}
