import { expect, test } from 'vitest'
import { loadReferenceCodes } from './reference.ts'
import { leavesTime, presses } from './time-limits.ts'

const codes = await loadReferenceCodes('mappings/codes')
const now = new Date('2026-11-23T01:00:00Z')
const dueIn = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString()

test.each([
  ['two working days by its category', { category: '020301' }, true, false],
  ['twelve hours by its category', { category: '020102' }, false, true],
  ['one working day by its category', { category: '010101' }, false, true],
  ['its source’s own limit of three days', { dueAt: dueIn(72) }, true, false],
  ['its source’s own limit of a day', { dueAt: dueIn(24) }, false, true],
  ['the stricter of both', { category: '020301', dueAt: dueIn(5) }, false, true],
  ['no known limit', {}, false, false],
  ['a group of categories, which has none', { category: '0203' }, false, false],
  ['two days, and it is 重大敏感', { category: '020301', sensitive: true }, false, true],
  ['three days, but its category is urgent', { category: '020202', dueAt: dueIn(72) }, false, true],
])('a report with %s', (_, fields, leaves, urgent) => {
  const report = { urgency: 'normal' as const, ...fields }

  expect([leavesTime(report, codes, now), presses(report, codes, now)]).toEqual([leaves, urgent])
})

test.each(['urgent', 'critical'] as const)('one that is %s leaves no time, whatever its limit', (urgency) => {
  const report = { urgency, category: '020301' }

  expect([leavesTime(report, codes, now), presses(report, codes, now)]).toEqual([false, true])
})
