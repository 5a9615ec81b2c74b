/**
 * Working days and working time of this country: public holidays, 调休 working weekends, office hours. Everything is said in
 * Asia/Shanghai, which is UTC+8 without summer time (since 1991). Days come from the npm package chinese-days, and before
 * them from our own table (calendar-file.ts).
 */
import published from 'chinese-days/dist/chinese-days.json' with { type: 'json' }

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const offsetMs = 8 * hourMs

/** A part of a day, minutes from midnight. */
export interface OfficeHours {
  readonly fromMinute: number
  readonly toMinute: number
}

/** Our own table: it goes before the published one. */
export interface CalendarTable {
  /** Days as 2027-02-06. */
  readonly holidays: ReadonlySet<string>
  readonly workingDays: ReadonlySet<string>
  /** Years whose holidays the table lists completely. */
  readonly years: ReadonlySet<number>
  readonly officeHours: readonly OfficeHours[]
}

export interface WorkingCalendar {
  isWorkingDay(at: Date): boolean
  /** The same for an hour, counted from 1970 in UTC: half the cost. */
  isWorkingHourOfDay(hour: number): boolean
  /** Milliseconds of office hours on working days from one instant to another; 0 where `to` is not later. */
  workingMsBetween(from: Date, to: Date): number
  /** False where a year's holidays are not known: its days then come back by their weekday alone. */
  knows(year: number): boolean
}

/** The usual hours of an office here, where our own table says nothing: 9 to 12 and 14 to 18. */
export const usualTable: CalendarTable = {
  holidays: new Set(),
  workingDays: new Set(),
  years: new Set(),
  officeHours: [
    { fromMinute: 9 * 60, toMinute: 12 * 60 },
    { fromMinute: 14 * 60, toMinute: 18 * 60 },
  ],
}

/** Days since 1970-01-01 in Asia/Shanghai. */
const dayNumberOf = (at: Date): number => Math.floor((at.getTime() + offsetMs) / dayMs)

/** The year in Asia/Shanghai. */
export const yearOf = (at: Date): number => new Date(at.getTime() + offsetMs).getUTCFullYear()

const publishedYears = new Set(Object.keys(published.holidays).map((date) => Number(date.slice(0, 4))))

function readDay(day: number, table: CalendarTable): boolean {
  const date = new Date(day * dayMs)
  const text = date.toISOString().slice(0, 10)
  if (table.workingDays.has(text)) return true
  if (table.holidays.has(text)) return false
  if (Object.hasOwn(published.workdays, text)) return true
  if (Object.hasOwn(published.holidays, text)) return false
  const weekday = date.getUTCDay()
  return weekday !== 0 && weekday !== 6
}

/** A calendar over our own table; each day is looked up once. */
export function createCalendar(table: CalendarTable = usualTable): WorkingCalendar {
  const known = new Map<number, boolean>()
  const isWorking = (day: number): boolean => {
    const found = known.get(day)
    if (found !== undefined) return found
    const working = readDay(day, table)
    // Some ten years: callers ask about the weeks around now.
    if (known.size > 4_000) known.clear()
    known.set(day, working)
    return working
  }
  return {
    isWorkingDay: (at) => isWorking(dayNumberOf(at)),
    isWorkingHourOfDay: (hour) => isWorking(Math.floor((hour + 8) / 24)),
    workingMsBetween: (from, to) => {
      let sum = 0
      for (let day = dayNumberOf(from); day <= dayNumberOf(to); day++) {
        if (!isWorking(day)) continue
        const midnight = day * dayMs - offsetMs
        for (const { fromMinute, toMinute } of table.officeHours) {
          const begin = Math.max(from.getTime(), midnight + fromMinute * 60_000)
          const end = Math.min(to.getTime(), midnight + toMinute * 60_000)
          sum += Math.max(0, end - begin)
        }
      }
      return sum
    },
    knows: (year) => table.years.has(year) || publishedYears.has(year),
  }
}
