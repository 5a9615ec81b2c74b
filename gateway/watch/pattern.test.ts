import { describe, expect, test } from 'vitest'
import { createCalendar } from './calendar.ts'
import { judgeSilence, learnPattern, type Pattern, type Traffic } from './pattern.ts'
import { seeded, simulate, styles } from './simulation-for-test.ts'

const calendar = createCalendar()
const hourOf = (text: string) => Date.parse(`${text}+08:00`) / 3_600_000
const never = () => false
const hourOfDay = (hour: number) => (hour + 8) % 24

/** Traffic from one time to another, both included. */
function traffic(
  from: string,
  to: string,
  drawn: (hour: number) => number,
  more: Partial<Traffic> = {},
): Traffic {
  const [first, last] = [hourOf(from), hourOf(to)]
  const records = Array.from({ length: last - first + 1 }, (_, n) => drawn(first + n))
  return { fromHour: first, records, isDark: never, incidents: [], ...more }
}

function learnt(seen: Traffic): Pattern {
  const pattern = learnPattern(seen, calendar)
  if (typeof pattern === 'string') throw new Error(pattern)
  return pattern
}

const judge = (pattern: Pattern, from: string, to: string, isDark: (hour: number) => boolean = never) =>
  judgeSilence(pattern, { fromHour: hourOf(from), toHour: hourOf(to), isDark }, calendar)

/** Some records in every office hour of a working day. */
const office = (hour: number) =>
  calendar.isWorkingHourOfDay(hour) && hourOfDay(hour) >= 9 && hourOfDay(hour) < 18 ? 4 : 0

describe('a channel that speaks in office hours only', () => {
  // Eight weeks to the eve of 国庆; 2026-09-20 is a working Sunday, 10-01 to 10-07 are holidays, 10-10 a working Saturday.
  const pattern = learnt(traffic('2026-08-05T09:00', '2026-09-30T17:00', office))

  test('is not silent over the week of 国庆', () => {
    const silence = judge(pattern, '2026-09-30T18:00', '2026-10-08T09:00')

    expect(silence.isUnusual).toBe(false)
    expect(silence.expectedRecords).toBeLessThan(8)
  })

  test('is silent after some hours of the first working day', () => {
    const silence = judge(pattern, '2026-09-30T18:00', '2026-10-08T14:00')

    expect(silence.isUnusual).toBe(true)
  })

  test('is silent on a working Saturday 调休, and not on a plain one', () => {
    const working = judge(pattern, '2026-10-09T18:00', '2026-10-10T16:00')
    const plain = judge(pattern, '2026-10-16T18:00', '2026-10-17T16:00')

    expect([working.isUnusual, plain.isUnusual]).toEqual([true, false])
  })

  test('is not silent while no gateway ran', () => {
    const silence = judge(
      pattern,
      '2026-09-30T18:00',
      '2026-10-09T09:00',
      (hour) => hour < hourOf('2026-10-09T08:00'),
    )

    expect(silence.isUnusual).toBe(false)
  })
})

test('a batch once a day raises no alert before the next one or when that is late, and one when it stays away', () => {
  const pattern = learnt(
    traffic('2026-09-01T02:00', '2026-11-10T02:00', (hour) => (hourOfDay(hour) === 2 ? 60 : 0)),
  )

  const nextDay = judge(pattern, '2026-11-10T03:00', '2026-11-11T02:00')
  const anHourLate = judge(pattern, '2026-11-10T03:00', '2026-11-11T03:00')
  const thirdDay = judge(pattern, '2026-11-10T03:00', '2026-11-13T03:00')

  expect([nextDay, anHourLate, thirdDay].map(({ isUnusual }) => isUnusual)).toEqual([false, false, true])
  expect(thirdDay.expectedRecords).toBeGreaterThan(160)
  expect(thirdDay.expectedRecords).toBeLessThanOrEqual(181)
})

test('a channel that was heard over less than two weeks is not judged', () => {
  expect(learnPattern(traffic('2026-11-01T09:00', '2026-11-13T17:00', office), calendar)).toBe('too-new')
})

test('a channel that spoke a few times only is not judged', () => {
  const monthly = (hour: number) => ((hour - hourOf('2026-09-01T09:00')) % 240 === 0 ? 5 : 0)

  expect(learnPattern(traffic('2026-09-01T09:00', '2026-10-21T09:00', monthly), calendar)).toBe('too-few')
})

test('one silence before is an incident and forgotten, two are a habit', () => {
  const gone = (from: string, to: string) => (hour: number) => hour > hourOf(from) && hour < hourOf(to)
  const first = gone('2026-09-21T17:00', '2026-09-24T09:00')
  const second = gone('2026-10-12T17:00', '2026-10-15T09:00')
  const seen = (silent: (hour: number) => boolean, incidents: number[]) =>
    learnt(
      traffic('2026-09-01T09:00', '2026-10-26T17:00', (hour) => (silent(hour) ? 0 : office(hour)), {
        incidents,
      }),
    )

  const usual = seen(never, [])
  const afterOne = seen(first, [hourOf('2026-09-21T17:00')])
  const afterTwo = seen(
    (hour) => first(hour) || second(hour),
    [hourOf('2026-09-21T17:00'), hourOf('2026-10-12T17:00')],
  )

  expect(afterOne.threshold).toBeLessThan(usual.threshold * 1.2)
  expect(afterTwo.threshold).toBeGreaterThan(usual.threshold * 2)
})

test('hours without a gateway teach nothing', () => {
  const outage = (hour: number) => hour > hourOf('2026-09-21T17:00') && hour < hourOf('2026-09-24T09:00')

  const seen = learnt(
    traffic('2026-09-01T09:00', '2026-10-26T17:00', (hour) => (outage(hour) ? 0 : office(hour)), {
      isDark: outage,
    }),
  )
  const usual = learnt(traffic('2026-09-01T09:00', '2026-10-26T17:00', office))

  expect(seen.threshold).toBeLessThan(usual.threshold * 1.2)
})

test('a channel that became quieter in its last week is expected to speak less', () => {
  const random = seeded(1)
  const busy = (hour: number) => (random() < (hour < hourOf('2026-10-19T17:00') ? 0.8 : 0.2) ? 1 : 0)

  const { level } = learnt(traffic('2026-09-01T09:00', '2026-10-26T17:00', busy))

  expect(level).toBeLessThan(0.6)
})

describe('twenty weeks of channels of many kinds', () => {
  const weeks = (count: number) => count * 168
  const channels = 6

  test.each(Object.entries(styles))('%s: few false alerts, and death is noticed', (name, style) => {
    const outcomes = Array.from({ length: channels }, (_, n) =>
      simulate({ style, seed: 1_000 * (n + 1) + name.length, hours: weeks(29), diesAt: weeks(16) + n * 100 }),
    )

    const months = outcomes.reduce((sum, { livedHours }) => sum + livedHours, 0) / 730.5
    const falseAlerts = outcomes.reduce((sum, outcome) => sum + outcome.falseAlerts, 0)
    expect(falseAlerts / months).toBeLessThanOrEqual(0.1)
    expect(outcomes.filter(({ noticed }) => noticed === null)).toEqual([])
  })
})
