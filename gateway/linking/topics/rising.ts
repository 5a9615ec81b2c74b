/**
 * How unusual a topic's growth is, measured by its own history. Pure.
 *
 * A day's reports are counts of an unknown rate. The rate is a gamma distribution: what topics usually have (`usual`, worth
 * fourteen days), then the topic's own days, each halved in weight for every four weeks of age and divided by what its weekday
 * usually brings. A young topic so begins as an average one and becomes itself. The number in a window is then negative
 * binomial, with more variance where the topic's own days vary more than chance would (`spread`). The chance of so many or more
 * reports is what warnings go by; its negative logarithm sorts topics.
 *
 * Tried and left: times of the mean (warns of every rare topic's second report), standard deviations of the last weeks (zero
 * for a quiet topic), a plain Poisson tail (three times as many false warnings where reports come in clusters).
 */

/** What the topics of a district have in common. */
export interface Usual {
  /** Reports of one topic on one day. */
  readonly perDay: number
  /** Share of a weekday, Sunday first, of seven alike ones: around 1. */
  readonly weekday: readonly number[]
}

/** Days are numbered; `weekdayOf` says which weekday. */
export interface Series {
  /** By day, oldest first, up to the day before the window. Days from before the topic opened are not in it. */
  readonly days: readonly number[]
  /** Weekday of the day after the last one in `days`. */
  readonly nextWeekday: number
}

export interface Growth {
  readonly count: number
  readonly expected: number
  /** Chance of so many or more. */
  readonly chance: number
}

const usualDays = 14
const halfLifeDays = 28
const usualSpread = 1.3
const spreadDays = 28
const mostSpread = 6

/** Weekday of a day so many days after one. */
const weekdayAfter = (weekday: number, days: number): number => (((weekday + days) % 7) + 7) % 7

/**
 * The growth in a window that follows the history. `exposure`: how many usual days the window is, weekdays weighed (see
 * `exposureOf`).
 */
export function growthOf(
  { days, nextWeekday }: Series,
  window: { count: number; exposure: number },
  usual: Usual,
): Growth {
  let shape = usualDays * usual.perDay
  let seen = usualDays
  for (const [index, count] of days.entries()) {
    const age = days.length - index
    const weight = 0.5 ** (age / halfLifeDays)
    shape += weight * count
    seen += weight * (usual.weekday[weekdayAfter(nextWeekday, -age)] ?? 1)
  }
  const rate = shape / seen
  const expected = rate * window.exposure
  const spread = spreadOf({ days, nextWeekday }, rate, usual)
  // Variance: that of the counts themselves, and that of not knowing the rate.
  const size = 1 / ((spread - 1) / Math.max(expected, 1e-9) + 1 / shape)
  return { count: window.count, expected, chance: tailOf(window.count, expected, size) }
}

/** Variance over mean of the topic's own days, shrunk to the usual one. */
function spreadOf({ days, nextWeekday }: Series, rate: number, usual: Usual): number {
  let sum = usualSpread * spreadDays
  for (const [index, count] of days.entries()) {
    const mean = rate * (usual.weekday[weekdayAfter(nextWeekday, index - days.length)] ?? 1)
    sum += (count - mean) ** 2 / Math.max(mean, 0.02)
  }
  return Math.min(mostSpread, Math.max(1.05, sum / (spreadDays + days.length)))
}

/** How many usual days lie in the last 24 hours: part of them is today's, the rest yesterday's. */
export function exposureOf(usual: Usual, today: number, dayShare: number): number {
  const own = usual.weekday[today] ?? 1
  const before = usual.weekday[weekdayAfter(today, -1)] ?? 1
  return own * dayShare + before * (1 - dayShare)
}

/** Chance that a negative binomial number of this mean and size is at least `least`. */
export function tailOf(least: number, mean: number, size: number): number {
  if (least <= 0) return 1
  if (mean <= 0) return 0
  const success = size / (size + mean)
  const logTerm = (k: number) =>
    logGamma(k + size) -
    logGamma(size) -
    logGamma(k + 1) +
    size * Math.log(success) +
    k * Math.log1p(-success)
  if (least > mean)
    return Math.min(
      1,
      sumUp(least, (k) => Math.exp(logTerm(k))),
    )
  let below = 0
  for (let k = 0; k < least; k++) below += Math.exp(logTerm(k))
  return Math.max(0, 1 - below)
}

/** A sum of falling terms, until they no longer count. */
function sumUp(from: number, term: (k: number) => number): number {
  let sum = 0
  for (let k = from; k < from + 100_000; k++) {
    const next = term(k)
    sum += next
    if (next < sum * 1e-9) break
  }
  return sum
}

const lanczos = [
  76.1800917294715, -86.5053203294168, 24.0140982408309, -1.231739572450155, 0.1208650973866179e-2,
  -0.5395239384953e-5,
]

/** Natural logarithm of the gamma function (Lanczos), to about ten digits. */
function logGamma(x: number): number {
  const base = x + 5.5 - (x + 0.5) * Math.log(x + 5.5)
  const series = lanczos.reduce(
    (sum, coefficient, index) => sum + coefficient / (x + 1 + index),
    1.00000000019001,
  )
  return -base + Math.log((2.506628274631 * series) / x)
}

/** Chance of so many channels or more in a week, by the weeks before; young topics take the usual number. */
export function channelGrowth(count: number, weeks: readonly number[], usualWeek: number): Growth {
  const worth = 2
  const expected = (worth * usualWeek + weeks.reduce((sum, week) => sum + week, 0)) / (worth + weeks.length)
  return { count, expected, chance: tailOf(count, expected, 1e6) }
}
