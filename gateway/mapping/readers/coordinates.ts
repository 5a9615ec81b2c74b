import gcoordModule from 'gcoord'
import proj4 from 'proj4'
import type { CoordinateSystem, Point } from '../../../schemas/report.ts'
import { isAbsent } from '../value.ts'
import { absent, read, unreadable, type Reading } from './reading.ts'
import { readNumber } from './text.ts'

/** The package is CommonJS: Node gives its exports as the default, while its types describe an ES module. */
const gcoord = gcoordModule as unknown as (typeof gcoordModule)['default']

/** Systems that a mapping can state. CGCS2000 and WGS-84 agree to some centimetres: taken as equal. */
export const READABLE_SYSTEMS = [
  'CGCS2000',
  'WGS-84',
  'GCJ-02',
  'BD-09',
  'CGCS2000-zone',
] as const satisfies readonly CoordinateSystem[]
export type ReadableSystem = (typeof READABLE_SYSTEMS)[number]

export const isReadableSystem = (name: string): name is ReadableSystem =>
  (READABLE_SYSTEMS as readonly string[]).includes(name)

/** Two numbers of a source: x to the east, y to the north. */
interface Pair {
  readonly x: number
  readonly y: number
}

/** Reads two numbers; (0, 0) is how many systems say "none". */
function readPair(x: unknown, y: unknown): Pair | Reading {
  if (isAbsent(x) && isAbsent(y)) return absent
  const [readX, readY] = [readNumber(x), readNumber(y)]
  if (readX.kind !== 'read' || readY.kind !== 'read') return unreadable('two numbers')
  const pair = { x: Number(readX.value), y: Number(readY.value) }
  return pair.x === 0 && pair.y === 0 ? absent : pair
}

/** Two numbers in degrees of a stated system as a point in CGCS2000. */
export function readPoint(x: unknown, y: unknown, system: Exclude<ReadableSystem, 'CGCS2000-zone'>): Reading {
  const pair = readPair(x, y)
  if ('kind' in pair) return pair
  if (Math.abs(pair.y) > 90 || Math.abs(pair.x) > 180) {
    return unreadable(
      'longitude within ±180 and latitude within ±90: x is the longitude, perhaps the two are exchanged',
    )
  }
  const [longitude, latitude] = toCgcs2000([pair.x, pair.y], system)
  return read(point(longitude, latitude, { system, ...pair }))
}

const point = (longitude: number, latitude: number, source: Point['source']): Point => ({
  longitude: rounded(longitude),
  latitude: rounded(latitude),
  source,
})

/** 1e-7° is a centimetre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7

function toCgcs2000(position: [number, number], system: ReadableSystem): [number, number] {
  if (system === 'GCJ-02') return gcoord.transform(position, gcoord.GCJ02, gcoord.WGS84)
  return system === 'BD-09' ? gcoord.transform(position, gcoord.BD09, gcoord.WGS84) : position
}

/** A Gauss–Krüger zone of CGCS2000, as far as the mapping states it. */
export interface ZoneOptions {
  readonly zone?: number | undefined
  readonly centralMeridian?: number | undefined
  readonly falseEasting?: number | undefined
}

/** Central meridian of a zone: 13–23 are 6° wide (EPSG:4491–4501), 25–45 are 3° wide (EPSG:4513–4533). Undefined: no zone. */
export const centralMeridianOf = (zone: number): number | undefined =>
  zone >= 13 && zone <= 23 ? zone * 6 - 3 : zone >= 25 && zone <= 45 ? zone * 3 : undefined

const FALSE_EASTING_M = 500_000
/** No zone reaches so far from its meridian; further is another zone, or other axes. */
const MAX_OFFSET_M = 400_000
/** China lies between 3° and 54° of north. */
const [SOUTHMOST_M, NORTHMOST_M] = [300_000, 6_000_000]
const EXCHANGED =
  'an easting and a northing: the two seem to be exchanged. On Chinese survey sheets X is the northing; exchange the paths, or state axes: north-east'

/** Easting and northing in metres as a point in CGCS2000. An easting of eight digits carries its zone, and that zone must be the stated one. */
export function readZonePoint(x: unknown, y: unknown, options: ZoneOptions): Reading {
  const pair = readPair(x, y)
  if ('kind' in pair) return pair
  const origin = originOf(pair.x, options)
  const northing = pair.y >= SOUTHMOST_M && pair.y <= NORTHMOST_M
  if (origin.kind === 'unreadable' || !northing || Math.abs(pair.x - origin.falseEasting) > MAX_OFFSET_M) {
    const other = originOf(pair.y, options)
    const exchanged =
      pair.x >= SOUTHMOST_M &&
      pair.x <= NORTHMOST_M &&
      other.kind === 'origin' &&
      Math.abs(pair.y - other.falseEasting) <= MAX_OFFSET_M
    if (exchanged) return unreadable(EXCHANGED)
    if (origin.kind === 'unreadable') return origin
    return unreadable(
      `metres: a northing of ${SOUTHMOST_M} to ${NORTHMOST_M}, an easting within ${MAX_OFFSET_M} of ${origin.falseEasting}`,
    )
  }
  const { centralMeridian, falseEasting } = origin
  const [longitude = 0, latitude = 0] = inverseOf(centralMeridian)([pair.x - falseEasting, pair.y])
  return read(point(longitude, latitude, { system: 'CGCS2000-zone', ...pair, centralMeridian, falseEasting }))
}

type Origin =
  | { readonly kind: 'origin'; readonly centralMeridian: number; readonly falseEasting: number }
  | { readonly kind: 'unreadable'; readonly wanted: string }

/** Where the easting is counted from. */
function originOf(easting: number, { zone, centralMeridian, falseEasting }: ZoneOptions): Origin {
  const stated = centralMeridian ?? (zone === undefined ? undefined : centralMeridianOf(zone))
  if (stated !== undefined && falseEasting !== undefined)
    return { kind: 'origin', centralMeridian: stated, falseEasting }
  const carried = easting >= 1_000_000 ? Math.floor(easting / 1_000_000) : undefined
  if (carried === undefined) {
    return stated === undefined
      ? { kind: 'unreadable', wanted: 'an easting that carries its zone, since the mapping states none' }
      : { kind: 'origin', centralMeridian: stated, falseEasting: FALSE_EASTING_M }
  }
  const meridian = centralMeridianOf(carried)
  if (
    meridian === undefined ||
    (stated !== undefined && meridian !== stated) ||
    (zone ?? carried) !== carried
  )
    return { kind: 'unreadable', wanted: `an easting of the zone that the mapping states` }
  return {
    kind: 'origin',
    centralMeridian: meridian,
    falseEasting: carried * 1_000_000 + FALSE_EASTING_M,
  }
}

type Inverse = (position: readonly [number, number]) => readonly number[]
const inverses = new Map<number, Inverse>()

/** From metres east of a meridian to degrees. CGCS2000 has the ellipsoid of GRS 80. */
function inverseOf(centralMeridian: number): Inverse {
  const known = inverses.get(centralMeridian)
  if (known !== undefined) return known
  const projected = `+proj=tmerc +lat_0=0 +lon_0=${centralMeridian} +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs`
  const converter = proj4(projected, '+proj=longlat +ellps=GRS80 +no_defs')
  const made: Inverse = ([east, north]) => converter.forward([east, north])
  if (inverses.size < 100) inverses.set(centralMeridian, made)
  return made
}
