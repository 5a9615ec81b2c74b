import { describe, expect, test } from 'vitest'
import { channelGrowth, exposureOf, growthOf, tailOf, type Usual } from './rising.ts'

const usual: Usual = { perDay: 0.2, weekday: [0.6, 1.2, 1.15, 1.1, 1.1, 1.1, 0.75] }
const warned = { chance: 0.0001, leastReports: 6, leastTimes: 2 }

/** Mulberry32: the same numbers in each run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function poisson(mean: number, next: () => number): number {
  const limit = Math.exp(-mean)
  let product = next()
  let count = 0
  for (; product > limit; count++) product *= next()
  return count
}

/** A day's reports: matters by chance, each with one report or, now and then, a few. */
function dayOf(rate: number, weekday: number, next: () => number): number {
  let reports = 0
  for (let matter = poisson((rate * (usual.weekday[weekday] ?? 1)) / 1.25, next); matter > 0; matter--)
    reports += next() < 0.85 ? 1 : 2 + Math.floor(next() * 2)
  return reports
}

const isRising = (days: readonly number[], day: number): boolean => {
  const at = days.slice(0, day)
  const own = { days: at.slice(-56), nextWeekday: day % 7 }
  const count = days[day] ?? 0
  const oneDay = growthOf(own, { count, exposure: exposureOf(usual, day % 7, 1) }, usual)
  const before = { days: days.slice(Math.max(0, day - 62), Math.max(0, day - 6)), nextWeekday: (day + 1) % 7 }
  const week = days.slice(Math.max(0, day - 6), day + 1).reduce((sum, one) => sum + one, 0)
  const sevenDays = growthOf(before, { count: week, exposure: 7 }, usual)
  return [oneDay, sevenDays].some(
    (growth) =>
      growth.chance < warned.chance &&
      growth.count >= warned.leastReports &&
      growth.count >= growth.expected * warned.leastTimes,
  )
}

/** Days on which a warning would open: unusual, and not the day before. */
function openings(days: readonly number[], from: number): number[] {
  const rising = days.map((_, day) => day >= from && isRising(days, day))
  return rising.flatMap((now, day) => (now && rising[day - 1] !== true ? [day] : []))
}

describe('the growth of a topic', () => {
  test('raises few false warnings: one topic of each kind together little more than one in a year', () => {
    const next = numbers(7)
    const topics = Array.from({ length: 160 }, (_, index) => [0.03, 0.2, 1, 4][index % 4] as number)

    const falseOnes = topics.flatMap((rate) =>
      openings(
        Array.from({ length: 120 }, (_, day) => dayOf(rate, day % 7, next)),
        28,
      ),
    )

    const perTopicYear = falseOnes.length / ((topics.length * 92) / 365)
    expect(4 * perTopicYear).toBeLessThan(1.2)
  })

  test.each([
    { rate: 0.03, planted: 7 },
    { rate: 0.2, planted: 11 },
    { rate: 1, planted: 16 },
    { rate: 4, planted: 30 },
  ])('finds $planted more reports on one day where $rate are usual', ({ rate, planted }) => {
    const next = numbers(planted)
    const found = Array.from({ length: 20 }, () => {
      const days = Array.from({ length: 90 }, (_, day) => dayOf(rate, day % 7, next))
      days[80] = (days[80] ?? 0) + planted
      return openings(days, 80).includes(80)
    }).filter(Boolean)

    expect(found.length).toBeGreaterThanOrEqual(18)
  })

  test.each([
    { rate: 0.2, times: 16 },
    { rate: 1, times: 7 },
    { rate: 4, times: 3 },
  ])('finds a week of $times times the usual $rate reports a day', ({ rate, times }) => {
    const next = numbers(times * 31)
    const found = Array.from({ length: 20 }, () => {
      const days = Array.from({ length: 90 }, (_, day) =>
        dayOf(day >= 80 && day < 87 ? rate * times : rate, day % 7, next),
      )
      return openings(days, 80).some((day) => day < 88)
    }).filter(Boolean)

    expect(found.length).toBeGreaterThanOrEqual(18)
  })

  test('goes by the history of the topic: what is usual for a busy one is not for a quiet one', () => {
    const quiet = { days: Array.from({ length: 56 }, () => 0), nextWeekday: 3 }
    const busy = { days: Array.from({ length: 56 }, () => 6), nextWeekday: 3 }

    const chances = [quiet, busy].map((own) => growthOf(own, { count: 9, exposure: 1 }, usual).chance)

    expect(chances[0]).toBeLessThan(1e-6)
    expect(chances[1]).toBeGreaterThan(0.03)
  })

  test('takes a young topic for an average one', () => {
    const young = { days: [], nextWeekday: 3 }

    const growth = growthOf(young, { count: 1, exposure: 1 }, usual)

    expect(growth.expected).toBeCloseTo(usual.perDay)
    expect(growth.chance).toBeGreaterThan(0.1)
  })

  test('of channels is unusual where many channels speak of what one or two used to', () => {
    const seldom = [0, 1, 0, 0, 1, 0, 0, 0]
    const often = [3, 4, 3, 4, 3, 4, 3, 4]

    expect(channelGrowth(4, seldom, 0.3).chance).toBeLessThan(0.0005)
    expect(channelGrowth(4, often, 0.3).chance).toBeGreaterThan(0.1)
  })
})

test('the tail of a negative binomial number is that of a Poisson one where its size is large', () => {
  const poissonTail = 1 - Math.exp(-2) * (1 + 2 + 2)

  expect(tailOf(3, 2, 1e7)).toBeCloseTo(poissonTail, 5)
  expect(tailOf(0, 2, 5)).toBe(1)
})
