import { placesIn } from './places.ts'
import { factsIn } from './reading/facts.ts'
import { withDigits } from './reading/numerals.ts'
import { normalise, vectorOf } from './text.ts'
import { shippedTerms } from './told/shipped-terms.ts'
import type { Terms } from './told/terms.ts'
import { wordsOf } from './told/words.ts'
import type { Features, LinkableReport, Places } from './types.ts'

const openingCharacters = 120
const lookedUpCharacters = 600
const shortestOpening = 12
const longestOpening = 40

/** Everything that comparing needs of a report. Costs about 0.4 ms; compute it once per report. */
export function featuresOf(report: LinkableReport, terms: Terms = shippedTerms()): Features {
  const title = withDigits(normalise(report.title ?? ''))
  const text = withDigits(normalise(report.text))
  const address = withDigits(normalise(report.location?.address ?? ''))
  const named = placesIn(`${title} ${address}`)
  const places = placesIn(`${title} ${address} ${text}`)
  return {
    report,
    words: `${title} ${address} ${text.slice(0, lookedUpCharacters)}`.replaceAll(' ', ''),
    title: vectorOf(withoutNames(title, places)),
    text: vectorOf(withoutNames(`${title} ${text}`, places)),
    focus: focusOf(named, placesIn(text.slice(0, openingCharacters))),
    places,
    said: wordsOf(
      {
        title: `${title === '' ? firstClauses(text) : title} ${address}`,
        text,
        names: [...places.sites, ...places.roads, ...places.streets],
      },
      terms,
    ),
    facts: factsIn(`${report.title ?? ''} ${report.text}`),
    titleYears: factsIn(report.title ?? '').years,
    references: referencesOf(report),
    submittedAtMs: report.submittedAt.getTime(),
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
