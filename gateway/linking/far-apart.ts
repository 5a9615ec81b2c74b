import { componentLevel } from './compare-places.ts'
import { isLocated } from './located/located-report.ts'
import { metresBetween } from './reading/distance.ts'
import type { Features, LinkableReport, Location } from './types.ts'
import { farthestM } from './weights.ts'

/** Far beyond what is taken for one place among located reports, so that this decides nothing that a comparison would decide otherwise. */
const locatedFarM = 3300
const sharedCharacters = 3

/**
 * Whether two reports are so surely about two places that comparing them is not worth reading the other: both points are known
 * and far apart, and no person is the same. Of reports that are compared by words, that is what closes their gate. Located ones
 * lie further apart, and their addresses share no three characters: one of the points may be wrong.
 */
export function farApart({ report }: Pick<Features, 'report'>, other: LinkableReport): boolean {
  const [mine, theirs] = [report.location, other.location]
  if (mine?.point === undefined || theirs?.point === undefined) return false
  const metres = metresBetween(mine.point, theirs.point)
  if (metres <= farthestM || report.personKeys.some((key) => other.personKeys.includes(key))) return false
  return isLocated({ report }) && isLocated({ report: other })
    ? metres > locatedFarM && !sharesWriting(mine, theirs)
    : componentLevel(mine, theirs) !== 'same'
}

/** Whether all of a case's reports are, and none names a number that this one names. */
export function farFromAll(own: Features, reports: readonly Features[]): boolean {
  return reports.every((other) => farApart(own, other.report) && !sharesReference(own, other))
}

function sharesReference(one: Features, other: Features): boolean {
  return one.references.some(({ key }) => other.references.some((theirs) => theirs.key === key))
}

function sharesWriting({ address: mine = '' }: Location, { address: theirs = '' }: Location): boolean {
  for (let start = 0; start + sharedCharacters <= mine.length; start++)
    if (theirs.includes(mine.slice(start, start + sharedCharacters))) return true
  return false
}
