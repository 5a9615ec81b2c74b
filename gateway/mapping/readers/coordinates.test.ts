import * as fc from 'fast-check'
import proj4 from 'proj4'
import { describe, expect, test } from 'vitest'
import type { Point } from '../../../schemas/report.ts'
import { centralMeridianOf, readPoint, readZonePoint } from './coordinates.ts'
import type { Reading } from './reading.ts'

const pointOf = (reading: Reading): Point => {
  if (reading.kind !== 'read') throw new Error(`a point was expected: ${JSON.stringify(reading)}`)
  return reading.value as Point
}
const wantedOf = (reading: Reading): string => (reading.kind === 'unreadable' ? reading.wanted : reading.kind)

/** Ellipsoid of CGCS2000. */
const a = 6_378_137
const f = 1 / 298.257_222_101
const n = f / (2 - f)
const degrees = Math.PI / 180

/** Gauss–Krüger forward by Krüger's series in n to the fourth order: written out here, so that proj4 is judged by another hand. */
function gaussKrueger(
  longitude: number,
  latitude: number,
  meridian: number,
): { east: number; north: number } {
  const A = (a / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64)
  const alpha = [
    n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3 + (41 / 180) * n ** 4,
    (13 / 48) * n ** 2 - (3 / 5) * n ** 3 + (557 / 1440) * n ** 4,
    (61 / 240) * n ** 3 - (103 / 140) * n ** 4,
    (49_561 / 161_280) * n ** 4,
  ]
  const phi = latitude * degrees
  const lambda = (longitude - meridian) * degrees
  const e = (2 * Math.sqrt(n)) / (1 + n)
  const t = Math.sinh(Math.atanh(Math.sin(phi)) - e * Math.atanh(e * Math.sin(phi)))
  const xi = Math.atan2(t, Math.cos(lambda))
  const eta = Math.atanh(Math.sin(lambda) / Math.hypot(1, t))
  let [north, east] = [xi, eta]
  for (const [index, factor] of alpha.entries()) {
    const j = 2 * (index + 1)
    north += factor * Math.sin(j * xi) * Math.cosh(j * eta)
    east += factor * Math.cos(j * xi) * Math.sinh(j * eta)
  }
  return { north: A * north, east: A * east }
}

describe('a point in a zone of CGCS2000', () => {
  test('on the central meridian lies where the length of the meridian says', () => {
    // Simpson's rule over the radius of curvature: metres from the equator to 22.5°.
    const e2 = f * (2 - f)
    const steps = 2000
    const h = (22.5 * degrees) / steps
    let length = 0
    for (let i = 0; i <= steps; i++) {
      const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2
      length += (weight * a * (1 - e2)) / (1 - e2 * Math.sin(i * h) ** 2) ** 1.5
    }
    const northing = (length * h) / 3

    const point = pointOf(readZonePoint(500_000, northing, { centralMeridian: 114 }))

    expect(point.longitude).toBe(114)
    expect(point.latitude).toBe(22.5)
  })

  test('is within a centimetre of what Krüger’s series says, in every zone', () => {
    const zones = fc.oneof(fc.integer({ min: 13, max: 23 }), fc.integer({ min: 25, max: 45 }))
    const offset = fc.double({ min: -1.6, max: 1.6, noNaN: true })
    const latitude = fc.double({ min: 3.5, max: 53.5, noNaN: true })

    fc.assert(
      fc.property(zones, offset, latitude, (zone, off, lat) => {
        const meridian = centralMeridianOf(zone) ?? 0
        const { east, north } = gaussKrueger(meridian + off, lat, meridian)
        const point = pointOf(readZonePoint(zone * 1e6 + 500_000 + east, north, { zone }))

        expect(Math.abs(point.longitude - meridian - off)).toBeLessThan(1.1e-7)
        expect(Math.abs(point.latitude - lat)).toBeLessThan(1.1e-7)
      }),
    )
  })

  test('agrees with the definition of EPSG:4547 as EPSG words it', () => {
    const epsg4547 =
      'PROJCS["CGCS2000 / 3-degree Gauss-Kruger CM 114E",GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",114],PARAMETER["scale_factor",1],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]'
    const [east = 0, north = 0] = proj4(epsg4547).forward([114.057_868, 22.543_099])

    const point = pointOf(readZonePoint(east, north, { zone: 38 }))

    expect(point).toMatchObject({ longitude: 114.057_868, latitude: 22.543_099 })
  })

  test('keeps the numbers of the source, and what they are counted from', () => {
    expect(pointOf(readZonePoint('38500000', '2500000', { zone: 38 })).source).toEqual({
      system: 'CGCS2000-zone',
      x: 38_500_000,
      y: 2_500_000,
      centralMeridian: 114,
      falseEasting: 38_500_000,
    })
  })

  test.each([
    ['with its zone in the easting', 38_550_000, { zone: 38 }],
    ['without it', 550_000, { zone: 38 }],
    ['with the meridian alone', 550_000, { centralMeridian: 114 }],
    ['with the meridian, and the zone in the easting', 38_550_000, { centralMeridian: 114 }],
    ['by its easting alone', 38_550_000, {}],
    ['with a false easting of its own', 50_000, { centralMeridian: 114, falseEasting: 0 }],
  ])('is the same %s', (_name, east, options) => {
    const point = pointOf(readZonePoint(east, 2_500_000, options))

    const back = gaussKrueger(point.longitude, point.latitude, 114)
    expect(Math.abs(back.east - 50_000)).toBeLessThan(0.02)
    expect(Math.abs(back.north - 2_500_000)).toBeLessThan(0.02)
  })

  test('of 6° and of 3° has its own meridian', () => {
    expect([13, 19, 20, 23, 24, 25, 38, 39, 45, 46].map(centralMeridianOf)).toEqual([
      75,
      111,
      117,
      135,
      undefined,
      75,
      114,
      117,
      135,
      undefined,
    ])
  })

  test.each<[string, unknown, unknown, object, RegExp]>([
    [
      'another zone than the stated one',
      39_500_000,
      2_500_000,
      { zone: 38 },
      /of the zone that the mapping states/,
    ],
    ['no zone at all', 500_000, 2_500_000, {}, /carries its zone/],
    ['axes as on a survey sheet', 2_500_000, 38_500_000, { zone: 38 }, /exchanged.*X is the northing/],
    ['axes as on a survey sheet, without zone', 2_500_000, 500_000, { centralMeridian: 114 }, /exchanged/],
    ['degrees', 113.9, 22.5, { zone: 38 }, /metres/],
    ['a northing outside of China', 500_000, 9_500_000, { zone: 38 }, /northing of/],
    ['words', 'x', 'y', { zone: 38 }, /two numbers/],
    ['a zone that is none', 24_500_000, 2_500_000, {}, /zone/],
  ])('is refused for %s', (_name, x, y, options, words) => {
    expect(wantedOf(readZonePoint(x, y, options))).toMatch(words)
  })

  test('of zeros or of nothing is absent', () => {
    expect(readZonePoint(0, '0', { zone: 38 }).kind).toBe('absent')
    expect(readZonePoint('', null, { zone: 38 }).kind).toBe('absent')
  })
})

describe('a shifted system', () => {
  test('GCJ-02 goes back within half a metre of where it came from', () => {
    // 深圳 civic centre: published GCJ-02 of a WGS-84 position.
    const point = pointOf(readPoint(114.064_53, 22.548_457, 'GCJ-02'))

    expect(point.longitude).toBeCloseTo(114.0595, 3)
    expect(point.latitude).toBeCloseTo(22.5511, 3)
  })
})
