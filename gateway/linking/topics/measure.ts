/** A topic's growth 趋势 in reports, people 人数 and channels 渠道, by its own days. Pure. */
import type { LinkingRules } from '../../mapping/linking-rules.ts'
import { dayOf } from '../open-case.ts'
import { dayMs, historyDays, midnightBefore, peopleAmong, type TopicDay, type TopicReport } from './days.ts'
import { channelGrowth, exposureOf, growthOf, type Growth, type Usual } from './rising.ts'

export type WarningKind = 'trend' | 'people' | 'channels'

export interface TopicGrowth {
  /** Of the last 24 hours, and of the last seven days. */
  readonly reports: { readonly day: Growth; readonly week: Growth }
  readonly people: { readonly day: Growth; readonly week: Growth }
  /** Distinct channels of the last seven days. */
  readonly channels: Growth
  /** Negative decimal logarithm of the smallest chance of a growth in reports: what topics are sorted by. */
  readonly rising: number
}

/** Where nothing is stored yet: a topic's report in five days, all weekdays alike. */
const unknownUsual = { perDay: 0.2, worthDays: 500 } as const
const weeksOfHistory = 8
const longestRising = 30

const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay()
const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - days * dayMs).toISOString().slice(0, 10)

/** What topics have in common: from all their days, and how many days they have been watched together. */
export function usualOf(
  byWeekday: readonly { readonly weekday: number; readonly reports: number }[],
  topicDays: number,
): Usual {
  const all = byWeekday.reduce((sum, { reports }) => sum + reports, 0)
  const perDay = (unknownUsual.perDay * unknownUsual.worthDays + all) / (unknownUsual.worthDays + topicDays)
  const weekday = Array.from({ length: 7 }, (_, day) => {
    const own = byWeekday.find((row) => row.weekday === day)?.reports ?? 0
    // Twenty reports of each weekday as if all were alike: a new house knows no weekdays.
    return ((own + 20) / (all + 140)) * 7
  })
  return { perDay: Math.max(perDay, 0.01), weekday }
}

/**
 * `days` are the topic's counted days, `recent` its reports of the last seven days, `openedAt` when it began: days before are
 * not its own.
 */
export function measure(
  topic: {
    readonly openedAt: Date
    readonly days: readonly TopicDay[]
    readonly recent: readonly TopicReport[]
  },
  { usual, now }: { usual: Usual; now: Date },
): TopicGrowth {
  const { recent } = topic
  const today = dayOf(now)
  const within = (ms: number) => recent.filter((report) => now.getTime() - report.submitted_at.getTime() < ms)
  const [oneDay, week] = [within(dayMs), within(7 * dayMs)]
  const dayShare = (now.getTime() - midnightBefore(now, 0).getTime()) / dayMs
  const exposure = exposureOf(usual, weekdayOf(today), dayShare)
  // Yesterday lies partly in the last 24 hours, so history ends with the day before it.
  const before = (field: 'reports' | 'people', skip: number) => ({
    days: historyOf(topic, { field, last: dayBefore(today, skip) }),
    nextWeekday: weekdayOf(dayBefore(today, skip - 1)),
  })
  const growth = (field: 'reports' | 'people', count: { day: number; week: number }) => ({
    day: growthOf(before(field, 2), { count: count.day, exposure }, usual),
    week: growthOf(before(field, 8), { count: count.week, exposure: 7 }, usual),
  })
  const reports = growth('reports', { day: oneDay.length, week: week.length })
  const chance = Math.min(reports.day.chance, reports.week.chance)
  return {
    reports,
    people: growth('people', { day: peopleAmong(oneDay), week: peopleAmong(week) }),
    channels: channelGrowth(
      new Set(week.map(({ channel_id }) => channel_id)).size,
      weeklyChannels(topic, today),
      Math.min(1, 7 * usual.perDay),
    ),
    rising: chance > 0 ? Math.min(longestRising, -Math.log10(chance)) : longestRising,
  }
}

/** Counts by day up to `last`, from the topic's first day on, at most eight weeks. */
function historyOf(
  { openedAt, days }: { openedAt: Date; days: readonly TopicDay[] },
  { field, last }: { field: 'reports' | 'people'; last: string },
): number[] {
  const opened = dayOf(openedAt)
  const first = days[0] === undefined || opened < days[0].day ? opened : days[0].day
  const counts = new Map(days.map((day) => [day.day, day[field]]))
  const list: number[] = []
  for (let age = 7 * weeksOfHistory - 1; age >= 0; age--) {
    const day = dayBefore(last, age)
    if (day >= first) list.push(counts.get(day) ?? 0)
  }
  return list
}

function weeklyChannels(
  { openedAt, days }: { openedAt: Date; days: readonly TopicDay[] },
  today: string,
): number[] {
  const opened = dayOf(openedAt)
  const first = days[0] === undefined || opened < days[0].day ? opened : days[0].day
  return Array.from({ length: weeksOfHistory }, (_, week) => {
    const [from, to] = [dayBefore(today, 7 * week + 14), dayBefore(today, 7 * week + 8)]
    if (from < first) return []
    return [
      new Set(days.filter(({ day }) => day >= from && day <= to).flatMap(({ channels }) => channels)).size,
    ]
  }).flat()
}

export interface Unusual {
  readonly kind: WarningKind
  /** The window that it is seen in. */
  readonly window: 'day' | 'week'
  readonly growth: Growth
}

/** What of a topic's growth calls for a warning. */
export function unusualOf(growth: TopicGrowth, rules: LinkingRules['topics']): Unusual[] {
  const found: Unusual[] = []
  const look = (kind: WarningKind, least: { count: number; chance: number; times: number }) => {
    const windows =
      kind === 'channels'
        ? ([['week', growth.channels]] as const)
        : ([
            ['day', (kind === 'trend' ? growth.reports : growth.people).day],
            ['week', (kind === 'trend' ? growth.reports : growth.people).week],
          ] as const)
    const [best] = windows
      .filter(
        ([, { count, expected, chance }]) =>
          chance < least.chance && count >= least.count && count >= expected * least.times,
      )
      .toSorted((a, b) => a[1].chance - b[1].chance)
    if (best !== undefined) found.push({ kind, window: best[0], growth: best[1] })
  }
  const { trend, people, channels } = rules
  look('trend', { count: trend.leastReports, chance: trend.chance, times: trend.leastTimes })
  look('people', { count: people.leastPeople, chance: people.chance, times: people.leastTimes })
  look('channels', { count: channels.leastChannels, chance: channels.chance, times: channels.leastTimes })
  return found
}

/** A warning is over when chance would make as many once in a hundred times. */
const overChance = 0.01

export function isOver(kind: WarningKind, { reports, people, channels }: TopicGrowth): boolean {
  if (kind === 'channels') return channels.chance > overChance
  const { day, week } = kind === 'trend' ? reports : people
  return Math.min(day.chance, week.chance) > overChance
}

/** First day whose counts matter to `measure`. */
export const firstHistoryDay = (now: Date): string => dayBefore(dayOf(now), historyDays + 1)
