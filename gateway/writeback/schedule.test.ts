import { expect, test } from 'vitest'
import { nextDelayMs } from './schedule.ts'

const delaysMs = [0, 5_000, 30_000]
const middle = { delaysMs, random: () => 0.5 }

test('the n-th try waits for the n-th delay, and there is none after the last', () => {
  expect([0, 1, 2, 3].map((tries) => nextDelayMs(middle, tries))).toEqual([0, 5_000, 30_000, null])
})

test('delays are spread by a fifth to both sides', () => {
  expect(nextDelayMs({ delaysMs, random: () => 0 }, 2)).toBe(24_000)
  expect(nextDelayMs({ delaysMs, random: () => 1 - Number.EPSILON }, 2)).toBe(36_000)
})

test('the wish of the partner is honoured where it is longer, up to a day', () => {
  expect(nextDelayMs(middle, 1, 1_000)).toBe(5_000)
  expect(nextDelayMs(middle, 1, 60_000)).toBe(60_000)
  expect(nextDelayMs(middle, 1, 1e12)).toBe(86_400_000)
})
