import { shareName } from './places.ts'
import type { Features, Location } from './types.ts'
import { distanceLevels, type weights } from './weights.ts'
import { metresBetween } from './reading/distance.ts'

/**
 * What places say about linking: `open` nothing against it, `clerk` a machine must not, `closed` two places.
 */
export type Gate = 'open' | 'clerk' | 'closed'

export interface PlaceComparison {
  place: keyof typeof weights.place
  component: keyof typeof weights.component
  distance: keyof typeof weights.distance
  distanceM?: number
  gate: Gate
}

const nearM = 300

export function comparePlaces(a: Features, b: Features): PlaceComparison {
  const component = componentLevel(a.report.location, b.report.location)
  const distanceM = distanceBetween(a.report.location, b.report.location)
  const distance: PlaceComparison['distance'] =
    distanceM === undefined
      ? 'unknown'
      : (distanceLevels.find(([, limit]) => distanceM <= limit)?.[0] ?? 'apart')
  const place = placeLevel(a, b)
  const levels = { place, component, distance, ...(distanceM !== undefined && { distanceM }) }
  if (component === 'same') return { ...levels, gate: 'open' }
  if (distance === 'apart' || differ(a.focus.numbers, b.focus.numbers))
    return { ...levels, place: 'conflicting', gate: 'closed' }
  if (place === 'conflicting')
    return { ...levels, gate: distanceM !== undefined && distanceM <= nearM ? 'clerk' : 'closed' }
  return { ...levels, gate: component === 'different' ? 'clerk' : 'open' }
}

export function componentLevel(
  a: Location | undefined,
  b: Location | undefined,
): PlaceComparison['component'] {
  if (!a?.component?.code || !b?.component?.code || a.component.type !== b.component.type) return 'unknown'
  return a.component.code === b.component.code ? 'same' : 'different'
}

function placeLevel(a: Features, b: Features): PlaceComparison['place'] {
  if (conflictingAreas(a, b)) return 'conflicting'
  const mine = a.focus
  const theirs = b.focus
  if (shareName(mine.sites, theirs.sites)) return 'sameSite'
  if (mentions(a, theirs.sites) || mentions(b, mine.sites)) return 'mentionedSite'
  if (mine.sites.length > 0 && theirs.sites.length > 0) return 'conflicting'
  if (shareName(mine.roads, theirs.roads)) return 'sameRoad'
  if (mentions(a, theirs.roads) || mentions(b, mine.roads)) return 'mentionedRoad'
  if (mine.sites.length + theirs.sites.length === 0 && differ(mine.roads, theirs.roads)) return 'conflicting'
  return areaLevel(a, b)
}

function areaLevel(a: Features, b: Features): PlaceComparison['place'] {
  const mine = a.report.location
  const theirs = b.report.location
  if (mine?.community !== undefined && mine.community === theirs?.community) return 'sameCommunity'
  if (mine?.street !== undefined && mine.street === theirs?.street) return 'sameStreet'
  if (shareName(a.focus.streets, b.focus.streets)) return 'sameStreet'
  if (shareName(a.focus.districts, b.focus.districts)) return 'sameDistrict'
  return 'unknown'
}

function conflictingAreas(a: Features, b: Features): boolean {
  const mine = a.report.location?.district
  const theirs = b.report.location?.district
  if (mine !== undefined && theirs !== undefined && mine !== theirs) return true
  return differ(a.focus.districts, b.focus.districts) || eachHasItsOwn(a.focus.cities, b.focus.cities)
}

function differ(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && b.length > 0 && !a.some((name) => b.includes(name))
}

function eachHasItsOwn(a: readonly string[], b: readonly string[]): boolean {
  return a.some((name) => !b.includes(name)) && b.some((name) => !a.includes(name))
}

function mentions(features: Features, names: readonly string[]): boolean {
  return names.some((name) => name.length >= 3 && features.words.includes(name))
}

function distanceBetween(a: Location | undefined, b: Location | undefined): number | undefined {
  return a?.point && b?.point ? metresBetween(a.point, b.point) : undefined
}

/** What each level of a place says to a clerk. */
export const detailOfPlace = {
  sameSite: 'same named place',
  mentionedSite: 'one mentions the place of the other',
  sameRoad: 'same road',
  mentionedRoad: 'one mentions the road of the other',
  sameCommunity: 'same community',
  sameStreet: 'same street',
  sameDistrict: 'same district',
  unknown: 'no place known on both sides',
  conflicting: 'different places',
} as const
