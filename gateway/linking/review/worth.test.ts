import { expect, test } from 'vitest'
import { worthOf, type Stake } from './worth.ts'

const usual: Stake = {
  probability: 0.5,
  reports: 2,
  open: true,
  urgency: 'normal',
  sensitive: false,
  dueInH: undefined,
}
const worth = (other: Partial<Stake>) => worthOf({ ...usual, ...other })

test('an answer is worth most where the machine knows least, and something everywhere', () => {
  expect(worth({})).toBe(1)
  expect(worth({ probability: 0.8 })).toBeCloseTo(0.64)
  expect(worth({ probability: 0.2 })).toBeCloseTo(0.64)
  expect(worth({ probability: 1 })).toBeCloseTo(0.05)
})

test.each([
  ['more reports', { reports: 8 }, 3],
  ['a hundred reports are as many as a thousand', { reports: 1000 }, Math.log2(100)],
  ['a closed case', { open: false }, 0.5],
  ['紧急', { urgency: 'urgent' }, 1.5],
  ['特急', { urgency: 'critical' }, 2],
  ['重大敏感', { sensitive: true }, 1.5],
  ['a time limit that ends today', { dueInH: 5 }, 1.5],
  ['one that is over', { dueInH: -5 }, 1.5],
  ['one within three days', { dueInH: 48 }, 1.25],
  ['one far away', { dueInH: 200 }, 1],
] as const)('%s', (_, other, expected) => {
  expect(worth(other)).toBeCloseTo(expected)
})
