/**
 * A channel's usual pattern, learnt from its own last eight weeks, and how surprising a silence is by it. Pure.
 *
 * Each hour belongs to one of 48 cells: hour of the day in Asia/Shanghai, working day or day off. A cell knows how often the
 * channel speaks in such an hour. The surprise of a silent hour is -ln(1 - p), that of a silence the sum over its hours: were
 * hours independent, a silence of surprise s or more would come with probability e^-s. Hours are not independent: batches are
 * more regular, bursts less. So the threshold is read from the channel's own silences, whose tail is taken as exponential
 * (peaks over a threshold).
 *
 * Tried and left: expected records (a batch of fifty counts as fifty signs of life), a gamma distribution of gaps (too sure where
 * a channel speaks nearly every hour), the longest silence times a factor (too sure after few silences).
 */
import type { WorkingCalendar } from './calendar.ts'

/** Hours are counted from 1970, UTC. */
export interface Traffic {
  readonly fromHour: number
  /** By hour from `fromHour`; the last one is the hour in which the channel was last heard. */
  readonly records: ArrayLike<number>
  /** Hours without a gateway: a silence in them says nothing. */
  readonly isDark: (hour: number) => boolean
  /** Hours after which a silence was raised before. One is an incident and forgotten; two are a habit. */
  readonly incidents: readonly number[]
}

export interface Pattern {
  /** By cell: surprise of one silent hour. */
  readonly surprise: Float64Array
  /** By cell: records in one hour. */
  readonly expected: Float64Array
  /** Below 1 where the channel has become quieter in its last week: both of the above are too large by that much. */
  readonly level: number
  /** A silence is raised above this surprise. */
  readonly threshold: number
  /** Longest usual silence, hours. */
  readonly longestHours: number
}

/** Why nothing can be said yet. */
export type NotKnown = 'too-new' | 'too-few'

export const windowHours = 8 * 7 * 24
/** Two weeks: two weekends, at least. */
export const leastHours = 14 * 24
export const leastGaps = 6
/** False alerts that a channel may raise in a month, by its own distribution of silences. */
const falseAlertsPerMonth = 0.01
const halfLifeHours = 28 * 24
const monthHours = 730.5
/** Hours of exposure that a cell borrows from its kind of day, and a kind of day from the whole. */
const cellPrior = 1
const dayPrior = 6
/** Silences of surprise 1, as of a random process, that the tail starts with. */
const tailPrior = 2
/** A channel that is more regular than chance may halve what chance would need; no more. */
const regularShare = 0.5
const longestMargin = 1.15
const recentHours = 7 * 24
const recentPrior = 3

/** The cell of an hour: 0 to 23 on working days, 24 to 47 on days off. */
export const cellOf = (hour: number, calendar: WorkingCalendar): number =>
  ((hour + 8) % 24) + (calendar.isWorkingHourOfDay(hour) ? 0 : 24)

interface Cells {
  readonly weight: Float64Array
  readonly active: Float64Array
  readonly records: Float64Array
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

/** The hours that count: not those in the dark, nor those of the one incident. */
function countedHours(traffic: Traffic, cells: Uint8Array): Uint8Array {
  const counted = new Uint8Array(cells.length).fill(1)
  const excused = traffic.incidents.length === 1 ? (traffic.incidents[0] ?? 0) - traffic.fromHour : -1
  let inIncident = false
  for (let n = 0; n < cells.length; n++) {
    const silent = traffic.records[n] === 0
    inIncident = silent && (inIncident || n - 1 === excused)
    if (silent && (inIncident || traffic.isDark(traffic.fromHour + n))) counted[n] = 0
  }
  return counted
}

function gatherCells(traffic: Traffic, cellAt: Uint8Array, counted: Uint8Array): Cells {
  const cells = {
    weight: new Float64Array(48),
    active: new Float64Array(48),
    records: new Float64Array(48),
  }
  const last = cellAt.length - 1
  for (let n = 0; n <= last; n++) {
    if (counted[n] === 0) continue
    const cell = cellAt[n] as number
    const weight = Math.exp(((n - last) / halfLifeHours) * Math.LN2)
    const records = traffic.records[n] as number
    cells.weight[cell] = (cells.weight[cell] as number) + weight
    cells.records[cell] = (cells.records[cell] as number) + weight * records
    if (records > 0) cells.active[cell] = (cells.active[cell] as number) + weight
  }
  return cells
}

/** Means per hour, sparse cells drawn to their kind of day. */
function shrunk(sums: Float64Array, weight: Float64Array): Float64Array {
  const all = sumOf(sums) / sumOf(weight)
  const ofDay = [0, 24].map(
    (first) =>
      (sumOf(sums.subarray(first, first + 24)) + dayPrior * all) /
      (sumOf(weight.subarray(first, first + 24)) + dayPrior),
  )
  return sums.map((sum, cell) => {
    const prior = ofDay[cell < 24 ? 0 : 1] as number
    return (sum + cellPrior * prior) / ((weight[cell] as number) + cellPrior)
  })
}

interface Gaps {
  /** Surprise of each silence between two hours in which the channel spoke; 0 where they follow each other. */
  readonly surprises: readonly number[]
  readonly longestHours: number
}

function gapsOf(
  traffic: Traffic,
  hours: { cellAt: Uint8Array; counted: Uint8Array },
  surprise: Float64Array,
): Gaps {
  const surprises: number[] = []
  let longestHours = 0
  let sum = 0
  let length = 0
  let heard = false
  let disturbed = false
  for (let n = 0; n < hours.cellAt.length; n++) {
    if (traffic.records[n] === 0) {
      if (hours.counted[n] === 0) disturbed = true
      else sum += surprise[hours.cellAt[n] as number] as number
      length += 1
      continue
    }
    if (heard && !disturbed) {
      surprises.push(sum)
      longestHours = Math.max(longestHours, length)
    }
    heard = true
    disturbed = false
    sum = 0
    length = 0
  }
  return { surprises, longestHours }
}

function thresholdOf(surprises: readonly number[], perMonth: number): number {
  const sorted = Float64Array.from(surprises).toSorted().toReversed()
  const base = sorted[Math.max(5, Math.ceil(sorted.length / 10))] ?? 0
  // Strictly above: many silences are one hour of the same cell, and equal.
  const tail = sorted.filter((value) => value > base)
  const excess = tail.reduce((sum, value) => sum + value - base, 0)
  const scale = (excess + tailPrior) / (tail.length + tailPrior)
  const perMonthInTail = (perMonth * tail.length) / sorted.length
  return Math.max(
    regularShare * Math.log(Math.max(1, perMonth) / falseAlertsPerMonth),
    base + scale * Math.log(Math.max(1, perMonthInTail / falseAlertsPerMonth)),
    longestMargin * (sorted[0] ?? 0),
  )
}

/** The level, at most 1, at which the pattern gives as many hours with records in the last week as there were. */
function recentLevel(
  traffic: Traffic,
  hours: { cellAt: Uint8Array; counted: Uint8Array },
  surprise: Float64Array,
): number {
  let heard = recentPrior
  const recent: number[] = []
  for (let n = Math.max(0, hours.cellAt.length - recentHours); n < hours.cellAt.length; n++) {
    if (hours.counted[n] === 0) continue
    if (traffic.records[n] !== 0) heard += 1
    recent.push(surprise[hours.cellAt[n] as number] as number)
  }
  const expectedAt = (level: number) =>
    recent.reduce((sum, value) => sum - Math.expm1(-level * value), recentPrior * level)
  let [low, high] = [0, 1]
  if (expectedAt(high) <= heard) return 1
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2
    if (expectedAt(middle) < heard) low = middle
    else high = middle
  }
  return high
}

/** Learns a channel's pattern; the traffic ends with the hour in which the channel was last heard. */
export function learnPattern(traffic: Traffic, calendar: WorkingCalendar): Pattern | NotKnown {
  const { length } = traffic.records
  if (length < leastHours) return 'too-new'
  const cellAt = new Uint8Array(length)
  for (let n = 0; n < length; n++) cellAt[n] = cellOf(traffic.fromHour + n, calendar)
  const hours = { cellAt, counted: countedHours(traffic, cellAt) }
  const cells = gatherCells(traffic, cellAt, hours.counted)
  const active = shrunk(cells.active, cells.weight)
  const surprise = active.map((share) => -Math.log1p(-Math.min(share, 1 - 1e-6)))
  const { surprises, longestHours } = gapsOf(traffic, hours, surprise)
  if (surprises.length < leastGaps) return 'too-few'
  const perMonth = (sumOf(cells.active) / sumOf(cells.weight)) * monthHours
  return {
    surprise,
    expected: shrunk(cells.records, cells.weight),
    level: recentLevel(traffic, hours, surprise),
    threshold: thresholdOf(surprises, perMonth),
    longestHours,
  }
}

export interface Silence {
  /** More than the channel's own threshold. */
  readonly isUnusual: boolean
  readonly surprise: number
  /** Records that the pattern would have brought. */
  readonly expectedRecords: number
}

/** Judges the silent hours `fromHour` (the one after the channel was last heard) up to, not including, `toHour`. */
export function judgeSilence(
  pattern: Pattern,
  hours: { fromHour: number; toHour: number; isDark: (hour: number) => boolean },
  calendar: WorkingCalendar,
): Silence {
  let surprise = 0
  let expected = 0
  for (let hour = hours.fromHour; hour < hours.toHour; hour++) {
    if (hours.isDark(hour)) continue
    const cell = cellOf(hour, calendar)
    surprise += pattern.surprise[cell] as number
    expected += pattern.expected[cell] as number
  }
  surprise *= pattern.level
  return {
    isUnusual: surprise > pattern.threshold,
    surprise,
    expectedRecords: expected * pattern.level,
  }
}
