import { detailOfPlace, type PlaceComparison } from '../compare-places.ts'
import table from '../model/told.json' with { type: 'json' }
import { daysBetween, daysInWords } from '../time-apart.ts'
import type { Features, MatchPart, ToldField } from '../types.ts'
import type { ScoringTable } from '../model/scoring-table.ts'
import { detailOfMatterHere, matterHereLevel } from './matter-here.ts'
import { sharedWords, type SharedWords } from './shared-words.ts'
import { steps, type Step } from './steps.ts'

/** Shorter reports are compared by title and text as they stand: rarity and topic say little of a clause or two. */
const fewestCharacters = 55

/** Above this cosine two texts follow one template or are copies: another place is another matter. */
const templateCosine = 0.4
/** The same where each has names of its own that the other hardly says: another person's own contract. */
const copyCosine = 0.3
/** From how many stored reports on a person writes about many matters. */
const manyReports = 4

export type ToldLevels = { readonly [field in ToldField]: string }

export interface ToldComparison {
  levels: ToldLevels
  /** Made when asked for: most comparisons are forgotten. */
  parts: () => MatchPart[]
  /** `closed` two matters whatever the words say, `clerk` a machine must not link. */
  gate: 'open' | 'clerk' | 'closed'
}

/** Whether both tell enough to be compared by names, words and topic. */
export function isTold(a: Features, b: Features): boolean {
  return a.said.size >= fewestCharacters && b.said.size >= fewestCharacters
}

export interface ToldContext {
  /** Person keys in common. */
  samePerson: boolean
  /** Whether both sides have a person. */
  knownPersons: boolean
  /** How many stored reports of the person of the new one are among its candidates. */
  repeats: number
  places: PlaceComparison
}

/** What two texts have in common. */
export const wordFields: readonly ToldField[] = [
  'names',
  'texts',
  'covered',
  'own',
  'leastOwn',
  'titles',
  'words',
  'common',
  'topic',
  'across',
  'matterHere',
]
/** In the order in which they are told and added. */
export const toldFields: readonly ToldField[] = ['writer', 'site', 'area', 'gap', 'again', ...wordFields]

/** Compares two told reports: the level of each field, and what it weighs in `weights`. */
export function compareTold(
  a: Features,
  b: Features,
  context: ToldContext & Pick<ScoringTable, 'weights'>,
): ToldComparison {
  const { weights } = context
  const shared = sharedWords(a.said, b.said)
  const days = daysBetween(a, b)
  const topic = step('topic', shared.topic)
  const levels: ToldLevels = {
    writer: writerLevel(shared, context),
    site: context.places.place,
    area: differ(a.focus.districts, b.focus.districts) ? 'conflict' : 'open',
    gap: step('gap', days),
    again: context.samePerson && laterFollowsUp(a, b) ? 'samePerson' : 'no',
    names: step('names', shared.names),
    texts: step('texts', shared.texts),
    covered: step('covered', shared.covered),
    own: step('own', shared.own),
    leastOwn: step('leastOwn', shared.leastOwn),
    titles: step('titles', shared.titles),
    words: step('words', shared.words),
    common: step('common', shared.common),
    topic,
    across: step('across', shared.across),
    matterHere: matterHereLevel(context.places.place, topic),
  }
  const parts = () =>
    toldFields.map((field) => ({
      field,
      level: levels[field],
      weight: weights[field]?.[levels[field]] ?? 0,
      detail: detailOf(field, levels[field], { shared, days }),
    }))
  return { levels, parts, gate: gateOf(a, b, { shared, levels, context }) }
}

function laterFollowsUp(a: Features, b: Features): boolean {
  if (a.submittedAtMs === b.submittedAtMs) return a.facts.followsUp || b.facts.followsUp
  return (a.submittedAtMs > b.submittedAtMs ? a : b).facts.followsUp
}

function step(field: keyof typeof table.bounds, value: number): Step {
  const bounds: readonly number[] = table.bounds[field]
  let index = 0
  while (index < bounds.length && value >= (bounds[index] as number)) index++
  return steps[index] ?? 'same'
}

function writerLevel(shared: SharedWords, { samePerson, knownPersons, repeats }: ToldContext): string {
  if (!samePerson) return knownPersons ? 'another' : 'unknown'
  if (repeats >= manyReports) return isRepeated(shared) ? 'manyAlike' : 'manyOther'
  return shared.titleCosine >= 0.2 || shared.words >= 0.35 || shared.titles >= 0.3 ? 'alike' : 'other'
}

/** Who writes of many matters writes of one again in its own words. */
function isRepeated(shared: SharedWords): boolean {
  return shared.titleCosine >= 0.3 || shared.words >= 0.5
}

function gateOf(
  a: Features,
  b: Features,
  { shared, levels, context }: { shared: SharedWords; levels: ToldLevels; context: ToldContext },
): ToldComparison['gate'] {
  const { places, samePerson } = context
  if (places.component === 'same') return 'open'
  if (places.distance === 'apart' || differ(a.focus.numbers, b.focus.numbers)) return 'closed'
  if (differ(a.titleYears, b.titleYears)) return 'closed'
  if (shared.leastOwn >= 0 && shared.own <= 0.02) return 'closed'
  const hasOwnNames = shared.leastOwn >= 0 && shared.own < 0.5
  if (hasOwnNames && shared.words >= copyCosine && !samePerson) return 'closed'
  const sharesNames = shared.leastOwn >= 0.5
  const isTemplate = places.place === 'conflicting' && shared.words >= templateCosine && !sharesNames
  if (isTemplate && !samePerson) return 'closed'
  return isTemplate || levels.writer === 'manyOther' || places.component === 'different' ? 'clerk' : 'open'
}

function differ(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && b.length > 0 && !a.some((name) => b.includes(name))
}

const percent = (share: number) => `${Math.round(Math.max(0, share) * 100)} %`

function detailOf(
  field: ToldField,
  level: string,
  { shared, days }: { shared: SharedWords; days: number },
): string {
  switch (field) {
    case 'names':
      return `rare words in common: ${Math.round(shared.names)} bits`
    case 'texts':
      return `rare words in common beside titles: ${Math.round(shared.texts)} bits`
    case 'covered':
      return `${percent(shared.covered)} of a title's rare words said by the other`
    case 'own':
      return shared.own < 0
        ? 'no name of its own'
        : `${percent(shared.own)} of one's own names said by the other`
    case 'leastOwn':
      return shared.leastOwn < 0
        ? 'no name of its own'
        : `${percent(shared.leastOwn)} of the other's names said by one`
    case 'titles':
      return `titles ${percent(shared.titles)} alike in what happened`
    case 'words':
      return `text ${percent(shared.words)} alike`
    case 'common':
      return `common words ${percent(shared.common)} alike`
    case 'topic':
      return `matter ${percent(shared.topic)} alike`
    case 'across':
      return `title and the other's text ${percent(shared.across)} alike in matter`
    case 'gap':
      return daysInWords(days)
    default:
      return detailOfLevel[field]?.[level] ?? ''
  }
}

const detailOfLevel: { readonly [field: string]: { readonly [level: string]: string } } = {
  writer: {
    alike: 'same person, similar words',
    other: 'same person, other words',
    manyAlike: 'same person of many reports, similar words',
    manyOther: 'same person of many reports, other words',
    another: 'different person',
    unknown: 'person not known on both sides',
  },
  site: detailOfPlace,
  area: { conflict: 'different districts', open: '' },
  again: { samePerson: 'says that it was reported before', no: '' },
  matterHere: detailOfMatterHere,
}
