import { expect, it } from 'vitest'
import { instantOf } from './instant.ts'

it.each([
  ['Sun, 22 Nov 2026 10:00:00 GMT', '2026-11-22T10:00:00.000Z'],
  ['Sun, 22 Nov 2026 10:00:00 +0800', '2026-11-22T02:00:00.000Z'],
  ['Sun, 22 Nov 2026 10:00:00 -0500', '2026-11-22T15:00:00.000Z'],
  ['Sun, 22 Nov 2026 10:00:00 EST', '2026-11-22T15:00:00.000Z'],
  ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00.25+08:00', '2026-11-22T02:00:00.250Z'],
])('%s keeps its offset', (written, instant) => {
  expect(instantOf(written)).toBe(instant)
})

it.each([
  '2026-11-22T10:00:00',
  '2026-11-22 10:00:00',
  '2026-11-22 10:00',
  '2026/11/22 10:00',
  'Sun, 22 Nov 2026 10:00:00',
  'Sun, 22 Nov 2026 10:00:00 CST',
  'Sun Nov 22 10:00:00 CST 2026',
])('%s is China time', (written) => {
  expect(instantOf(written)).toBe('2026-11-22T02:00:00.000Z')
})

it('a day alone begins at midnight in China', () => {
  expect([instantOf('2026-11-22'), instantOf('22 Nov 2026')]).toEqual([
    '2026-11-21T16:00:00.000Z',
    '2026-11-21T16:00:00.000Z',
  ])
})

it.each([null, '', ' ', 'yesterday', '2026-13-45', '刚刚', 'x'.repeat(1000)])('%j is no time', (written) => {
  expect(instantOf(written)).toBeNull()
})
