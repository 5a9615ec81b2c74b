import { expect, test } from 'vitest'
import { learnRelatedness, pairOf, type RelatedPair } from './relatedness.ts'

const table = {
  prior: -3,
  weights: {
    address: { same: 3 },
    categories: { 'lamp|power': 1, 'lamp|waste': -2 },
  },
}
const pairs = (categories: string, same: number, apart: number): RelatedPair[] =>
  [true, false].flatMap((isSame) =>
    Array.from({ length: isSame ? same : apart }, () => ({
      levels: { address: 'same', categories },
      same: isSame,
    })),
  )

test('both orders of two categories are one pair', () => {
  expect(pairOf('power', 'lamp')).toBe(pairOf('lamp', 'power'))
})

test('many answers teach what a pair of categories says, whatever the table said', () => {
  const learned = learnRelatedness(table, { answers: pairs('lamp|waste', 80, 20), linked: [] })

  expect(learned['lamp|waste']).toBeCloseTo(2, 0)
  expect(Object.keys(learned)).toEqual(['lamp|waste'])
})

test('few answers move little from what the table says, and a pair that it does not know from nothing', () => {
  const learned = learnRelatedness(table, {
    answers: [...pairs('lamp|waste', 1, 0), ...pairs('drain|road', 1, 0)],
    linked: [],
  })

  expect(learned['lamp|waste']).toBeGreaterThan(-2)
  expect(learned['lamp|waste']).toBeLessThan(0)
  expect(learned['drain|road']).toBeGreaterThan(0.3)
  expect(learned['drain|road']).toBeLessThan(1.5)
})

test('of what was linked only what stands out among the rest moves', () => {
  const alike = learnRelatedness(table, {
    answers: [],
    linked: [...pairs('drain|road', 50, 50), ...pairs('bench|tree', 50, 50)],
  })
  const apart = learnRelatedness(table, {
    answers: [],
    linked: [...pairs('drain|road', 90, 10), ...pairs('bench|tree', 10, 90)],
  })

  expect(Math.abs((alike['drain|road'] ?? 9) - (alike['bench|tree'] ?? 0))).toBeLessThan(0.05)
  expect(apart['drain|road']).toBeGreaterThan(0.5)
  expect(apart['bench|tree']).toBeLessThan(-0.5)
})

test('ten links count as one answer', () => {
  const answered = learnRelatedness(table, { answers: pairs('drain|road', 3, 0), linked: [] })
  const linked = learnRelatedness(table, {
    answers: [],
    linked: [...pairs('drain|road', 30, 0), ...pairs('bench|tree', 0, 30)],
  })

  expect(linked['drain|road']).toBeGreaterThan(0)
  expect(linked['drain|road']).toBeLessThan((answered['drain|road'] ?? 0) * 1.5)
})

test('pairs of one category teach nothing', () => {
  expect(learnRelatedness(table, { answers: pairs('same', 9, 1), linked: pairs('same', 9, 1) })).toEqual({})
})
