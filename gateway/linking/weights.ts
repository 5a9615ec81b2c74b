/** Log2 likelihood ratios of each level: what it says for (+) or against (−) one matter, in bits. */
export const weights = {
  reference: { same: 40, related: 4, none: 0 },
  person: { same: 2.5, different: -0.3, unknown: 0 },
  component: { same: 12, different: -4, unknown: 0 },
  distance: { within30m: 3, within100m: 1, within300m: 0, within1km: -1.5, apart: -8, unknown: 0 },
  place: {
    sameSite: 5.5,
    mentionedSite: 5.5,
    sameRoad: 4.5,
    mentionedRoad: 2,
    sameCommunity: 3,
    sameStreet: 2.5,
    sameDistrict: 1.5,
    unknown: -1,
    conflicting: -8,
  },
  title: { same: 3, high: 2.5, middle: 1, low: 1, some: 0.5, none: -1, unknown: 0 },
  text: { same: 6, high: 4.5, middle: 2.5, low: 1.5, some: 0, none: -3.5, unknown: 0 },
  category: { same: 1, sameGroup: 0.5, different: -1.5, unknown: 0 },
  time: { withinDay: 1.5, withinWeek: 1, withinMonth: 0, withinQuarter: -0.5, withinYear: -1, later: -3 },
  case: { open: 0, closed: -1.5 },
} as const

/** Log2 odds that a candidate is the same matter, before anything was compared. */
export const priorBits = -2.5

/** Probability from which a report is linked by machine, and from which a clerk is asked. */
export const thresholds = { link: 0.9, review: 0.35 } as const

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

/** Upper bounds of the distance levels in metres; points further apart are two places. */
export const distanceLevels = [
  ['within30m', 30],
  ['within100m', 100],
  ['within300m', 300],
  ['within1km', 1000],
] as const

/** Upper bounds of the time levels in days. */
export const timeLevels = [
  ['withinDay', 1],
  ['withinWeek', 7],
  ['withinMonth', 31],
  ['withinQuarter', 92],
  ['withinYear', 366],
] as const
