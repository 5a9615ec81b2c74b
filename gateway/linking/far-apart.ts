import type { Features, LinkableReport, Location } from './types.ts'

/** Far beyond what gates take for one place, so that this decides nothing that a comparison would decide otherwise. */
const farDegrees = 0.03
const sharedCharacters = 3

/**
 * Whether two reports are so surely about two places that comparing them is not worth reading the other: both points are known
 * and some three kilometres apart, the addresses share no three characters, and no person is the same.
 */
export function farApart(
  { report }: Features,
  other: Pick<LinkableReport, 'location' | 'personKeys'>,
): boolean {
  const [mine, theirs] = [report.location, other.location]
  if (mine?.point === undefined || theirs?.point === undefined) return false
  const north = Math.abs(mine.point.latitude - theirs.point.latitude)
  const east = Math.abs(mine.point.longitude - theirs.point.longitude)
  if (Math.max(north, Math.min(east, 360 - east) * 0.9) < farDegrees) return false
  return !sharesWriting(mine, theirs) && !report.personKeys.some((key) => other.personKeys.includes(key))
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
