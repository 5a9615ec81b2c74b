import { expect, test } from 'vitest'
import type { Prediction } from './predictions.ts'
import { fitThresholds } from './thresholds.ts'

const before = { link: 0.9, review: 0.35 }
const predicted = (probability: number, same: boolean, times: number): Prediction[] =>
  Array.from({ length: times }, () => ({ probability, same, gate: 'open', decision: 'review' }))

test('few answers, or answers of one kind, change no threshold', () => {
  expect(fitThresholds(before, predicted(0.6, true, 20))).toEqual(before)
  expect(fitThresholds(before, predicted(0.6, true, 500))).toEqual(before)
})

test('where clerks call nearly all the same, less is needed to link, one small step at a time', () => {
  const predictions = [
    ...predicted(0.82, true, 149),
    ...predicted(0.82, false, 1),
    ...predicted(0.4, false, 60),
  ]

  expect(fitThresholds(before, predictions).link).toBe(0.85)
})

test('a few answers of one kind prove nothing: what is linked is not widened', () => {
  const predictions = [
    ...predicted(0.86, true, 30),
    ...predicted(0.4, true, 30),
    ...predicted(0.4, false, 60),
  ]

  expect(fitThresholds(before, predictions).link).toBe(0.9)
})

test('where clerks tell apart what would be linked, more is needed', () => {
  const predictions = [
    ...predicted(0.94, true, 60),
    ...predicted(0.94, false, 60),
    ...predicted(0.99, true, 60),
  ]

  expect(fitThresholds(before, predictions).link).toBe(0.95)
})

test('what is asked about is narrowed where nothing is found at its edge, and never widened', () => {
  const narrower = [...predicted(0.7, true, 100), ...predicted(0.37, false, 100)]
  const wider = [...predicted(0.2, true, 50), ...predicted(0.7, true, 50), ...predicted(0.37, false, 100)]

  expect(fitThresholds(before, narrower).review).toBe(0.45)
  expect(fitThresholds(before, wider).review).toBe(0.35)
})
