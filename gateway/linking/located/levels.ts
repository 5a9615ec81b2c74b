/** The level that each field of two located reports reaches. Pure, and the same for both orders of a pair. */
import type { Gate } from '../compare-places.ts'
import { addressKind, addressLevel, isSamePlace, type AddressLevel } from './address-levels.ts'
import type { LocatedReport } from './located-report.ts'
import { groupOf, type LocatedModel, type Setting } from './model.ts'
import { pairOf } from './relatedness.ts'
import { metresBetween } from '../reading/distance.ts'

/** What is known around a new report: how many reports lie near that are not at its address, and how many at it. */
export interface Surroundings {
  readonly near: number
  readonly atAddress: number
  /** Reports of its category among those that may be met. */
  readonly alike: readonly Apart[]
  /** Whether one of these is of the last two weeks and at its address. */
  readonly repeated: boolean
  /** How many are of the person who reports it. */
  readonly ofPerson: number
}

/** How far two reports lie from each other in place and time. */
export interface Apart {
  readonly distanceM: number | undefined
  readonly hours: number
}

export const locatedFields = [
  'component',
  'person',
  'distance',
  'address',
  'addressTime',
  'time',
  'category',
  'categories',
  'groups',
  'categoryPlace',
  'categoryTime',
  'relation',
  'channels',
  'channelTime',
  'nearby',
  'atAddress',
  'nearer',
  'repeated',
] as const
export type LocatedField = (typeof locatedFields)[number]

/** How two reports lie to each other. */
export interface Relation extends Apart {
  readonly gate: Gate
  readonly address: AddressLevel
  /** How the categories lie to each other. */
  readonly related: 'same' | 'group' | 'different' | 'unknown'
  readonly component: 'same' | 'different' | 'unknown'
  readonly samePerson: boolean
}

export type LocatedLevels = { readonly [field in LocatedField]: string }

const closeM = 25
const nearM = 160
const streetM = 800
const longestHours = 62 * 24
const twoWeeks = 336
const mostNearer = 3
/** Who reports more round about, such as a grid worker, reports many matters. */
const fewOfPerson = 3

const distanceBands = [2, 20, 40, 70, 120, 250, 500, 1000] as const
const minute = 1 / 60
const timeBands = [
  ['withinMinute', minute],
  ['within6min', 0.1],
  ['within30min', 0.5],
  ['within2h', 2],
  ['within8h', 8],
  ['withinDay', 24],
  ['within3d', 72],
  ['withinWeek', 168],
  ['within2w', 336],
  ['withinMonth', 720],
  ['within2m', 1440],
] as const
const periods = [
  ['6min', 0.1],
  ['hour', 1],
  ['day', 24],
  ['week', 168],
  ['month', 720],
] as const

/** How two located reports lie to each other, and whether they can be one matter at all. */
export function relationOf(a: LocatedReport, b: LocatedReport, model: LocatedModel): Relation {
  const found = {
    distanceM: distanceBetween(a, b),
    hours: hoursBetween(a, b),
    address: addressLevel(a.address, b.address),
    related: categoriesOf(a, b, model),
    component: componentLevel(a, b),
    samePerson: isSamePerson(a, b),
  }
  return { ...found, gate: gateOf(found) }
}

/** The level of each field. */
export function locatedLevels(
  [a, b]: readonly [LocatedReport, LocatedReport],
  found: Relation,
  { model, around }: { model: LocatedModel; around: Surroundings },
): LocatedLevels {
  const { distanceM, hours, address, related, component } = found
  const setting = settingOf(found)
  const samePlace = isSamePlace(address)
  const reach = samePlace ? 'samePlace' : reachOf(distanceM)
  const period = bandOf(periods, hours)
  const [one, other] = [a.category ?? '', b.category ?? ''].toSorted()
  const category = related === 'same' ? (one ?? '') : undefined
  const subject = category ?? `~${related === 'group' ? groupOf(model, one) : related}`
  const entry = a.channelId === b.channelId ? entryOf(model, a.channelId) : 'other'
  return {
    component,
    person: !found.samePerson ? 'other' : around.ofPerson > fewOfPerson ? 'sameOfMany' : 'same',
    distance: distanceM === undefined ? 'unknown' : metresBand(distanceM),
    address,
    addressTime: `${addressKind(address)}/${period}`,
    time: bandOf(timeBands, hours),
    category: category ?? 'other',
    categories: related === 'same' ? 'same' : pairOf(one ?? '', other ?? ''),
    groups: [a, b]
      .map((report) => groupOf(model, report.category) ?? '')
      .toSorted()
      .join('|'),
    categoryPlace: `${subject}/${reach}`,
    categoryTime: `${subject}/${period}`,
    relation: `${related}/${reach}`,
    channels: [entryOf(model, a.channelId), entryOf(model, b.channelId)].toSorted().join('|'),
    channelTime: `${entry}/${period}`,
    nearby: countBand(around.near),
    atAddress: samePlace ? countBand(around.atAddress) : 'elsewhere',
    nearer: `${setting}/${nearerThan(found, around.alike)}`,
    repeated: `${setting}/${around.repeated ? 'yes' : 'no'}`,
  }
}

/** How sure a machine must be depends on it: the same category at one address, the same near by, or another category. */
export function settingOf({ address, related }: Relation): Setting {
  if (related !== 'same') return 'otherCategory'
  return isSamePlace(address) ? 'samePlace' : 'near'
}

/** What lies around a new report, of the reports that may be met: within 120 m and two weeks, at its address, and of its category. */
export function surroundingsOf(report: LocatedReport, others: readonly LocatedReport[]): Surroundings {
  let near = 0
  let atAddress = 0
  let repeated = false
  let ofPerson = 0
  const alike: Apart[] = []
  for (const other of others) {
    const hours = hoursBetween(report, other)
    if (isSamePerson(report, other)) ofPerson++
    const isAlike = report.category === other.category
    const distanceM = isAlike ? distanceBetween(report, other) : undefined
    if (isAlike) alike.push({ distanceM, hours })
    if (hours > twoWeeks) continue
    if (isSamePlace(addressLevel(report.address, other.address))) {
      atAddress++
      repeated ||= isAlike
    } else if (distanceM !== undefined && distanceM <= 120) near++
  }
  return { near, atAddress, alike, repeated, ofPerson }
}

/** How many reports of the new one's category lie as near as this one in place and in time, itself left out: the more, the less it stands out. */
function nearerThan({ distanceM, hours, related }: Relation, alike: readonly Apart[]): string {
  const reachM = distanceM ?? Number.POSITIVE_INFINITY
  const as = alike.filter(
    (other) => (other.distanceM ?? Number.POSITIVE_INFINITY) <= reachM && other.hours <= hours,
  )
  const count = Math.max(0, as.length - (related === 'same' ? 1 : 0))
  return count < mostNearer ? String(count) : `from${mostNearer}`
}

const isSamePerson = (a: LocatedReport, b: LocatedReport) =>
  a.personKeys.some((key) => b.personKeys.includes(key))

/** Whether the two can be one matter at all: further apart and in other streets they are two places. */
function gateOf({
  distanceM,
  hours,
  address,
  related,
  component,
}: Omit<Relation, 'gate' | 'samePerson'>): Gate {
  if (component === 'same') return 'open'
  if (hours > longestHours) return 'closed'
  const gate = component === 'different' ? 'clerk' : 'open'
  if (isSamePlace(address)) return gate
  const onStreet = address !== 'otherStreet' && address !== 'unknown'
  if (distanceM === undefined) return onStreet ? gate : 'closed'
  if (distanceM <= closeM) return gate
  const reachM = onStreet ? streetM : nearM
  return (related === 'same' || related === 'group') && distanceM <= reachM ? gate : 'closed'
}

function categoriesOf(a: LocatedReport, b: LocatedReport, model: LocatedModel): Relation['related'] {
  if (a.category === undefined || b.category === undefined) return 'unknown'
  if (a.category === b.category) return 'same'
  return groupOf(model, a.category) === groupOf(model, b.category) ? 'group' : 'different'
}

function componentLevel(a: LocatedReport, b: LocatedReport): 'same' | 'different' | 'unknown' {
  if (a.component === undefined || b.component === undefined || a.component.type !== b.component.type)
    return 'unknown'
  return a.component.code === b.component.code ? 'same' : 'different'
}

/** The known kind of entry that ends a channel's id: districts put their own name before it. */
function entryOf({ entries }: LocatedModel, channelId: string): string {
  return entries.find((entry) => channelId === entry || channelId.endsWith(`-${entry}`)) ?? 'another'
}

function hoursBetween(a: LocatedReport, b: LocatedReport): number {
  return Math.abs(a.atMs - b.atMs) / 3_600_000
}

function distanceBetween(a: LocatedReport, b: LocatedReport): number | undefined {
  return a.point && b.point ? metresBetween(a.point, b.point) : undefined
}

function reachOf(distanceM: number | undefined): string {
  if (distanceM === undefined) return 'unknown'
  if (distanceM <= closeM) return 'close'
  return distanceM <= 70 ? 'near' : distanceM <= 150 ? 'off' : 'far'
}

function metresBand(distanceM: number): string {
  const limit = distanceBands.find((metres) => distanceM <= metres)
  return limit === undefined ? 'apart' : `within${limit}m`
}

/** Levels of fields that measure, in their order: what one weighs, those beside it weigh nearly. */
export const measuredLevels: { readonly [field in 'distance' | 'time']: readonly string[] } = {
  distance: [...distanceBands.map((metres) => `within${metres}m`), 'apart'],
  time: [...timeBands.map(([level]) => level), 'later'],
}

function bandOf(bands: readonly (readonly [string, number])[], value: number): string {
  return bands.find(([, limit]) => value <= limit)?.[0] ?? 'later'
}

function countBand(count: number): string {
  if (count <= 1) return String(count)
  return count <= 2 ? '2' : count <= 4 ? 'upTo4' : count <= 8 ? 'upTo8' : 'many'
}
