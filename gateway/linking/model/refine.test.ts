import { expect, test } from 'vitest'
import { refine, type AnsweredPair } from './refine.ts'
import { probabilityAt, scoreOf, type ScoringTable } from './scoring-table.ts'

const before: ScoringTable = {
  prior: -2,
  thresholds: { link: 0.9, review: 0.35 },
  weights: {
    reference: { same: 40, none: 0 },
    place: { same: 4, unknown: 0, conflicting: -8 },
    text: { high: 3, none: -3 },
  },
}
const pull = { deviationBits: 0.5, kept: ['reference'] }
const answered = (same: boolean, times: number, levels = { place: 'same', text: 'none' }): AnsweredPair[] =>
  Array.from({ length: times }, () => ({ same, levels }))
const probabilityOf = (table: ScoringTable, levels: { [field: string]: string }) =>
  probabilityAt(scoreOf(table, levels) + table.prior)

test('without answers nothing moves', () => {
  expect(refine(before, [], pull)).toEqual(before)
})

test('many answers move the probability of such pairs to their share', () => {
  const answers = [...answered(true, 160), ...answered(false, 40)]

  const after = refine(before, answers, pull)

  expect(probabilityOf(before, { place: 'same', text: 'none' })).toBeLessThan(0.4)
  expect(probabilityOf(after, { place: 'same', text: 'none' })).toBeCloseTo(0.8, 1)
})

test('one answer moves little', () => {
  const after = refine(before, answered(true, 1), pull)

  const moved = probabilityOf(after, { place: 'same', text: 'none' })
  expect(moved).toBeGreaterThan(probabilityOf(before, { place: 'same', text: 'none' }))
  expect((after.weights['place']?.['same'] ?? 0) - 4).toBeLessThan(0.3)
})

test('levels that no answer shows keep their weights, and so do rules, gates and what is unknown', () => {
  const after = refine(
    before,
    [
      ...answered(true, 50, { place: 'conflicting', text: 'none' }),
      ...answered(false, 50, { place: 'unknown', text: 'none' }),
      { same: false, levels: { reference: 'same', text: 'none' } },
    ],
    pull,
  )

  expect(after.weights['reference']).toEqual(before.weights['reference'])
  expect(after.weights['place']).toEqual(before.weights['place'])
  expect(after.weights['text']?.['high']).toBe(3)
  expect(after.thresholds).toEqual(before.thresholds)
})

test('answers that agree for ever keep the weights finite', () => {
  const after = refine(before, answered(true, 5000), { deviationBits: 1 })

  const bits = Object.values(after.weights).flatMap((levels) => Object.values(levels))
  expect([after.prior, ...bits].every((value) => Number.isFinite(value) && Math.abs(value) <= 40)).toBe(true)
})

test('away from what was answered, what was said of candidates is held', () => {
  const answers = answered(true, 60, { place: 'same', text: 'none' })
  const patterns = [{ levels: { place: 'unknown', text: 'none' }, under: 'text', pairs: 500 }]
  const elsewhere = { place: 'unknown', text: 'none' }

  const free = refine(before, answers, pull)
  const anchored = refine(before, answers, { ...pull, anchors: { patterns, mass: 1000 } })

  const moved = (table: ScoringTable) => probabilityOf(table, elsewhere) - probabilityOf(before, elsewhere)
  expect(moved(anchored)).toBeLessThan(moved(free) / 2)
  expect(probabilityOf(anchored, { place: 'same', text: 'none' })).toBeGreaterThan(
    probabilityOf(before, { place: 'same', text: 'none' }),
  )
})
