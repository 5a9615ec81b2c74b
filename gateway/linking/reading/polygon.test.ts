import { describe, expect, test } from 'vitest'
import type { Ring } from '../../mapping/area-shapes.ts'
import { codesAt, isInPolygon, shapeIndexOf } from './polygon.ts'

const square = (west: number, south: number, size: number): Ring => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
]
const at = (longitude: number, latitude: number) => ({ longitude, latitude })

describe('a point in a polygon', () => {
  test.each([
    ['in the middle', at(5, 5), true],
    ['outside', at(11, 5), false],
    ['on an edge', at(10, 5), true],
    ['on a corner', at(0, 0), true],
    ['beside a corner, at its height', at(-1, 10), false],
    ['in the hole', at(3, 3), false],
    ['on the edge of the hole', at(2, 3), true],
  ])('%s', (_name, point, isIn) => {
    expect(isInPolygon(point, [square(0, 0, 10), square(2, 2, 2)])).toBe(isIn)
  })

  test('a ray through a corner is counted once', () => {
    const diamond: Ring = [
      [0, -1],
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ]

    expect(isInPolygon(at(-0.5, 0), [diamond])).toBe(true)
    expect(isInPolygon(at(-2, 0), [diamond])).toBe(false)
    expect(isInPolygon(at(-2, 1), [diamond])).toBe(false)
  })

  test('the direction in which a ring is written does not matter', () => {
    expect(isInPolygon(at(5, 5), [square(0, 0, 10).toReversed()])).toBe(true)
  })
})

describe('shapes', () => {
  const index = shapeIndexOf([
    { code: 'B', polygons: [[square(0, 0, 10)], [square(20, 20, 1)]] },
    { code: 'A', polygons: [[square(10, 0, 10)]] },
  ])

  test('every part of a multipolygon belongs to its area', () => {
    expect(codesAt(index, at(20.5, 20.5))).toEqual(['B'])
  })

  test('a point on a common edge lies in both, in the order of their codes', () => {
    expect(codesAt(index, at(10, 5))).toEqual(['A', 'B'])
  })

  test('a point between them lies in none', () => {
    expect(codesAt(index, at(15, 15))).toEqual([])
  })
})
