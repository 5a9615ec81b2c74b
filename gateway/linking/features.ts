import { joinedPlaces, placesOf } from './places.ts'
import { factsIn, yearsIn, type Facts } from './reading/facts.ts'
import { withDigits } from './reading/numerals.ts'
import { normalise, vectorOf } from './text.ts'
import { shippedTerms } from './told/shipped-terms.ts'
import { tellingGramsOf, type TellingGrams } from './told/telling-grams.ts'
import type { Terms } from './told/terms.ts'
import { wordsOf } from './told/words.ts'
import type { Features, LinkableReport, Places, Vector } from './types.ts'

const openingCharacters = 120
const lookedUpCharacters = 600
const shortestOpening = 12
const longestOpening = 40

/**
 * Everything that comparing needs of a report. Costs about 0.2 ms; compute it once per report. What few comparisons ask for is
 * made when it is asked for.
 */
export function featuresOf(report: LinkableReport, terms: Terms = shippedTerms()): Features {
  const title = withDigits(normalise(report.title ?? ''))
  const text = withDigits(normalise(report.text))
  const address = withDigits(normalise(report.location?.address ?? ''))
  const named = placesOf(`${title} ${address}`).all
  const told = placesOf(text, openingCharacters)
  const places = joinedPlaces(named, told.all)
  const said = wordsOf(
    {
      title: `${title === '' ? firstClauses(text) : title} ${address}`,
      text,
      names: [...places.sites, ...places.roads, ...places.streets],
    },
    terms,
  )
  return new ReadFeatures(report, {
    title,
    text,
    words: `${title} ${address} ${text.slice(0, lookedUpCharacters)}`.replaceAll(' ', ''),
    focus: focusOf(named, told.opening),
    places,
    said,
  })
}

interface Read extends Pick<Features, 'words' | 'focus' | 'places' | 'said'> {
  /** Normalised. */
  readonly title: string
  readonly text: string
}

class ReadFeatures implements Features {
  readonly report: LinkableReport
  readonly words: string
  readonly focus: Places
  readonly places: Places
  readonly said: Features['said']
  readonly references: Features['references']
  readonly submittedAtMs: number
  readonly #written: { readonly title: string; readonly text: string }
  #title: Vector | undefined
  #text: Vector | undefined
  #facts: Facts | undefined
  #titleYears: readonly string[] | undefined
  #tellingGrams: TellingGrams | undefined

  constructor(report: LinkableReport, { title, text, words, focus, places, said }: Read) {
    this.report = report
    this.words = words
    this.focus = focus
    this.places = places
    this.said = said
    this.references = referencesOf(report)
    this.submittedAtMs = report.submittedAt.getTime()
    this.#written = { title, text }
  }

  get title(): Vector {
    return (this.#title ??= vectorOf(withoutNames(this.#written.title, this.places)))
  }

  get text(): Vector {
    const { title, text } = this.#written
    return (this.#text ??= vectorOf(withoutNames(`${title} ${text}`, this.places)))
  }

  get facts(): Facts {
    return (this.#facts ??= factsIn(`${this.report.title ?? ''} ${this.report.text}`))
  }

  get titleYears(): readonly string[] {
    return (this.#titleYears ??= yearsIn(this.report.title ?? ''))
  }

  get tellingGrams(): TellingGrams {
    return (this.#tellingGrams ??= tellingGramsOf(this.said))
  }
}

/** Where there is no title: the first clauses. */
function firstClauses(text: string): string {
  const end = text.indexOf(' ', shortestOpening)
  return text.slice(0, end < 0 ? longestOpening : Math.min(end, longestOpening))
}

/** The words that say what happened: where is compared apart, and the same words about another place must not look alike. */
function withoutNames(normalised: string, { cities, districts, streets, roads, sites }: Places): string {
  const names = [...sites, ...roads, ...streets, ...districts, ...cities]
  return names.reduce((words, name) => words.replaceAll(name, ' '), normalised)
}

function focusOf(named: Places, opening: Places): Places {
  const isNamed = named.sites.length + named.roads.length > 0
  return {
    cities: or(named.cities, opening.cities),
    districts: or(named.districts, opening.districts),
    streets: or(named.streets, opening.streets),
    roads: isNamed ? named.roads : opening.roads,
    sites: isNamed ? named.sites : opening.sites,
    numbers: or(named.numbers, opening.numbers),
  }
}

function or(first: readonly string[], second: readonly string[]): readonly string[] {
  return first.length > 0 ? first : second
}

function referencesOf(report: LinkableReport): Features['references'] {
  return report.references
    .map(({ issuer, number, role }) => ({
      issuer: plain(issuer),
      number: plain(number),
      related: role === 'related',
    }))
    .filter(({ issuer, number }) => issuer !== '' && number !== '')
    .map(({ issuer, number, related }) => ({ key: `${issuer}|${number}`, related }))
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .trim()
}
