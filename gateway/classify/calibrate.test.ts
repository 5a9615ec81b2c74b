import { expect, test } from 'vitest'
import { calibrate, type ScoredText } from './calibrate.ts'
import { probabilitiesOf } from './model.ts'

/** Texts of two categories with the same scores, of which `right` of ten belong to the first. */
const texts = (right: number): ScoredText[] =>
  Array.from({ length: 1000 }, (_, index) => ({
    label: index % 10 < right ? 0 : 1,
    scores: Float64Array.of(0.4, -0.4),
  }))

test.each([6, 8, 9])('where %i proposals in ten hold, that is the confidence', (right) => {
  const sharpness = calibrate(texts(right))

  const [first] = probabilitiesOf(Float64Array.of(0.4, -0.4), sharpness)
  expect(first).toBeCloseTo(right / 10, 2)
})

test('where every proposal held, the confidence still stays below 1', () => {
  const [first] = probabilitiesOf(Float64Array.of(0.4, -0.4), calibrate(texts(10).slice(0, 20)))

  expect(first).toBeGreaterThan(0.9)
  expect(first).toBeLessThan(0.99)
})

test('texts that were not scored count for nothing', () => {
  const unscored = Array.from({ length: 50 }, () => ({ label: 1, scores: undefined }))

  expect(calibrate([...texts(8), ...unscored])).toBeCloseTo(calibrate(texts(8)), 1)
})

test('scores far from nought give no overflow', () => {
  expect([...probabilitiesOf(Float64Array.of(1e4, -1e4), 50)]).toEqual([1, 0])
})
