/** Channels that live by a pattern for some weeks and then, perhaps, die: for measuring what the silence watch makes of them. */
import { createCalendar, type WorkingCalendar } from './calendar.ts'
import { judgeSilence, learnPattern, windowHours, type Pattern, type NotKnown } from './pattern.ts'

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export type Random = () => number

export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function poisson(mean: number, random: Random): number {
  let count = 0
  for (let product = random(), limit = Math.exp(-mean); product > limit; product *= random()) count += 1
  return count
}

const hourOfDay = (hour: number) => (hour + 8) % 24
/** Monday is 0. */
const weekday = (hour: number) => (Math.floor((hour + 8) / 24) + 3) % 7
const dayShape = (hour: number) => {
  const at = hourOfDay(hour)
  return at < 7 ? 0.15 : at < 9 ? 0.7 : at < 21 ? 1.55 : 0.6
}

/** Records by hour; `true` mean of each hour beside them where it is known. */
export type Style = (calendar: WorkingCalendar, random: Random) => (hour: number, n: number) => number

const byDay =
  (perDay: readonly [number, number], offShare: number): Style =>
  (calendar, random) => {
    const rate = (perDay[0] + random() * (perDay[1] - perDay[0])) / 24
    return (hour) =>
      poisson(rate * dayShape(hour) * (calendar.isWorkingHourOfDay(hour) ? 1 : offShare), random)
  }

/** The patterns that channels have, by name. */
export const styles: { readonly [name: string]: Style } = {
  'busy, day and night 200–400 a day': byDay([200, 400], 0.6),
  'usual, 10–40 a day': byDay([10, 40], 0.6),
  'sparse, 1–4 a day': byDay([1, 4], 0.7),
  'rare, 2–5 a week': byDay([2 / 7, 5 / 7], 1),
  'office hours only, 10–60 a working day': (calendar, random) => {
    const rate = (10 + random() * 50) / 9
    return (hour) => {
      const at = hourOfDay(hour)
      return calendar.isWorkingHourOfDay(hour) && at >= 9 && at < 18 ? poisson(rate, random) : 0
    }
  },
  'batch every night at 02:00': (_calendar, random) => {
    const size = 20 + random() * 60
    // Comes some minutes before or after two o'clock.
    let late = 0
    return (hour) => {
      const at = hourOfDay(hour)
      if (at === 1) late = random()
      return (at === 1 && late < 0.3) || (at === 2 && late >= 0.3) ? 1 + poisson(size, random) : 0
    }
  },
  'batch after each working day at 18:00': (calendar, random) => {
    const size = 5 + random() * 40
    return (hour) =>
      calendar.isWorkingHourOfDay(hour) && hourOfDay(hour) === 18 ? 1 + poisson(size, random) : 0
  },
  'sheet each Monday morning': (calendar, random) => {
    let at = 9
    let due = true
    return (hour) => {
      if (weekday(hour) === 0 && hourOfDay(hour) === 0) {
        due = true
        at = 9 + Math.floor(random() * 3)
      }
      // On a holiday it comes the next working day.
      if (!due || hourOfDay(hour) !== at || !calendar.isWorkingHourOfDay(hour)) return 0
      due = false
      return 1 + poisson(30, random)
    }
  },
  'bursts, some days apart': (_calendar, random) => {
    const start = 1 / (24 * (1 + random() * 3))
    const end = 1 / (3 + random() * 5)
    let on = false
    return () => {
      on = on ? random() > end : random() < start
      return on ? poisson(6, random) : 0
    }
  },
  'fading to a third in 20 weeks, from 60 a day': (calendar, random) => (hour, n) =>
    poisson(
      (60 / 24) * dayShape(hour) * (calendar.isWorkingHourOfDay(hour) ? 1 : 0.6) * 3 ** (-n / (20 * 168)),
      random,
    ),
}

/** What came of one channel. */
export interface Outcome {
  readonly falseAlerts: number
  /** Hours that it lived and was watched. */
  readonly livedHours: number
  /** Null where it did not die, or nobody noticed. */
  readonly noticed: { readonly hours: number; readonly workingHours: number; readonly records: number } | null
}

const calendar = createCalendar()
/** 2026-06-01 in Asia/Shanghai; the weeks that follow hold 端午, 中秋 and 国庆 with their working weekends. */
export const simulationFrom = Math.floor(Date.parse('2026-05-31T16:00:00Z') / 3_600_000)

interface Run {
  readonly style: Style
  readonly seed: number
  readonly hours: number
  /** From this hour on nothing comes. */
  readonly diesAt: number | null
}

const never = () => false

/** Lets one channel live hour by hour, judged after each. */
export function simulate({ style, seed, hours, diesAt }: Run): Outcome {
  const draw = style(calendar, seeded(seed))
  const records = new Uint32Array(hours)
  const incidents: number[] = []
  let falseAlerts = 0
  let last = -1
  let first = -1
  let open = false
  let pattern: Pattern | NotKnown | undefined
  let missed = 0
  for (let n = 0; n < hours; n++) {
    const drawn = draw(simulationFrom + n, n)
    const dead = diesAt !== null && n >= diesAt
    if (dead) missed += drawn
    records[n] = dead ? 0 : drawn
    if ((records[n] as number) > 0) {
      if (first === -1) first = n
      last = n
      open = false
      pattern = undefined
      continue
    }
    if (last === -1 || open) continue
    pattern ??= learnFrom({ records, incidents, from: Math.max(first, last - windowHours + 1), last })
    if (typeof pattern === 'string') continue
    const silence = { fromHour: simulationFrom + last + 1, toHour: simulationFrom + n + 1, isDark: never }
    if (!judgeSilence(pattern, silence, calendar).isUnusual) continue
    if (dead) return { falseAlerts, livedHours: diesAt ?? hours, noticed: delay(diesAt ?? n, n, missed) }
    falseAlerts += 1
    open = true
    incidents.push(simulationFrom + last)
  }
  return { falseAlerts, livedHours: diesAt ?? hours, noticed: null }
}

function learnFrom(at: { records: Uint32Array; incidents: number[]; from: number; last: number }) {
  const fromHour = simulationFrom + at.from
  return learnPattern(
    {
      fromHour,
      records: at.records.subarray(at.from, at.last + 1),
      isDark: never,
      incidents: at.incidents.filter((hour) => hour >= fromHour),
    },
    calendar,
  )
}

function delay(diesAt: number, n: number, records: number) {
  const instant = (hour: number) => new Date((simulationFrom + hour) * 3_600_000)
  const workingHours = calendar.workingMsBetween(instant(diesAt), instant(n + 1)) / 3_600_000
  return { hours: n + 1 - diesAt, workingHours, records }
}
