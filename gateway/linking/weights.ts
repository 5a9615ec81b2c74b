import table from './model/told.json' with { type: 'json' }

/** Log2 likelihood ratios of each level: what it says for (+) or against (−) one matter, in bits. */
export const weights = table.weights

/** Log2 odds that a candidate is the same matter, before anything was compared. */
export const priorBits = table.prior

/** Probability from which a report is linked by machine, and from which a clerk is asked. */
export const thresholds = table.thresholds

/** Lower bounds of the cosine levels. */
export const cosineLevels = {
  title: [
    ['same', 0.9],
    ['high', 0.65],
    ['middle', 0.45],
    ['low', 0.3],
    ['some', 0.15],
  ],
  text: [
    ['same', 0.85],
    ['high', 0.5],
    ['middle', 0.32],
    ['low', 0.2],
    ['some', 0.1],
  ],
} as const

/** Upper bounds of the distance levels in metres. */
export const distanceLevels = [
  ['within30m', 30],
  ['within100m', 100],
  ['within300m', 300],
  ['within1km', 1000],
] as const

/** Points further apart are two places. */
export const farthestM = distanceLevels[distanceLevels.length - 1]?.[1] ?? 0

/** Upper bounds of the time levels in days. */
export const timeLevels = [
  ['withinDay', 1],
  ['withinWeek', 7],
  ['withinMonth', 31],
  ['withinQuarter', 92],
  ['withinYear', 366],
] as const
