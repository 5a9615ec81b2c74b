import { expect, test } from 'vitest'
import { groupsOfRelated, pairOf, relatednessFromNeighbours, relatednessFromPairs } from './relatedness.ts'

const dayMs = 86_400_000

/** Reports of two categories at one spot on one day. */
function sideBySide(one: string, other: string, spot: number) {
  const at = { latitude: 22.6 + spot * 0.01, longitude: 114.3, atMs: spot * 30 * dayMs }
  return [
    { category: one, ...at },
    { category: other, ...at, longitude: at.longitude + 0.0003 },
  ]
}

test('categories whose pairs are one matter more often than others are related', () => {
  const judged = [
    ...Array.from({ length: 30 }, (_, n) => ({ a: 'lamp', b: 'power', same: n < 15 })),
    ...Array.from({ length: 300 }, (_, n) => ({ a: 'lamp', b: 'waste', same: n < 3 })),
  ]

  const bits = relatednessFromPairs(judged)

  expect(bits[pairOf('power', 'lamp')]).toBeGreaterThan(2)
  expect(bits[pairOf('lamp', 'waste')]).toBeLessThan(-1)
})

test('one judged pair says next to nothing about its categories', () => {
  const judged = [
    { a: 'lamp', b: 'tree', same: true },
    ...Array.from({ length: 200 }, (_, n) => ({ a: 'lamp', b: 'waste', same: n < 20 })),
  ]

  const bits = relatednessFromPairs(judged)

  expect(bits[pairOf('lamp', 'tree')]).toBeLessThan(1.5)
})

test('pairs that are all judged alike teach nothing', () => {
  const bits = relatednessFromPairs([{ a: 'lamp', b: 'power', same: true }])

  expect(bits).toEqual({})
})

test('categories that are reported side by side are related without any judgement', () => {
  const reports = Array.from({ length: 60 }, (_, spot) =>
    spot % 2 === 0
      ? sideBySide('lamp', 'power', spot)
      : sideBySide('waste', ['lamp', 'power', 'tree'][spot % 3] as string, spot),
  ).flat()

  const bits = relatednessFromNeighbours(reports)

  expect(bits[pairOf('lamp', 'power')]).toBeGreaterThan(0.5)
  expect(bits[pairOf('power', 'tree')]).toBeLessThan(0)
})

test('reports of one place months apart are no neighbours', () => {
  const reports = Array.from({ length: 40 }, (_, n) => ({
    category: n % 2 === 0 ? 'lamp' : 'power',
    latitude: 22.6,
    longitude: 114.3,
    atMs: n * 60 * dayMs,
  }))

  const bits = relatednessFromNeighbours(reports)

  expect(bits).toEqual({})
})

test('reach does not end at the edge of a cell', () => {
  const reports = Array.from({ length: 50 }, (_, n) => {
    const at = { latitude: 22.6 + n * 0.0171, longitude: 114.3 + n * 0.00037, atMs: n }
    return [
      { category: 'lamp', ...at },
      { category: 'power', ...at, latitude: at.latitude + 0.0008 },
    ]
  }).flat()

  const bits = relatednessFromNeighbours(reports, { strength: 1 })

  expect(Object.keys(bits)).toEqual([pairOf('lamp', 'power')])
})

test('categories that hang together make one group, over others too', () => {
  const groups = groupsOfRelated({ 'lamp|power': 3, 'mast|power': 2.5, 'tree|waste': 4, 'lamp|waste': 1 })

  expect(groups).toEqual({ lamp: 'lamp', power: 'lamp', mast: 'lamp', tree: 'tree', waste: 'tree' })
})
