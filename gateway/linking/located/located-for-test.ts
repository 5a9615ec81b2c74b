import { east, onDay, reported } from '../report-for-test.ts'
import type { Features } from '../types.ts'
import type { LocatedModel } from './model.ts'

/** Small parameters of tests: an address says much, distance something, an hour a little. */
export const smallModel: LocatedModel = {
  prior: -7,
  thresholds: { link: 0.5, review: 0.1 },
  linkAt: { samePlace: 0.5, near: 0.5, otherCategory: 0.5 },
  weights: {
    component: { same: 12, different: -4 },
    person: { same: 2, sameOfMany: 0.3 },
    case: { closed: -1 },
    address: { sameAddress: 6, sameHouse: 5, sameCrossing: 6, next2: 1, otherStreet: -2 },
    distance: { within2m: 3, within20m: 2, within120m: 0.5, unknown: 0 },
    time: { withinMinute: 2, within2h: 1, within2m: -3 },
    category: { lamp: 1 },
    categories: { 'lamp|power': 1, 'lamp|waste': -6 },
    channels: { 'app|app': -1, 'app|phone': 0.5 },
    nearby: { 0: 1, many: -2 },
  },
  groups: { lamp: 'light', power: 'light' },
  entries: ['phone', 'app'],
  unplaced: ['22.5000,114.0000'],
  cluster: { diameterM: 300, hours: 500, weakestBits: 20 },
}

interface Given {
  address?: string
  metres?: number
  category?: string
  channel?: string
  hours?: number
  component?: string
  person?: string
  point?: NonNullable<Features['report']['location']>['point']
}

/** A report that says where and what, and nothing else. */
export function located(given: Given): Features {
  const point = given.point ?? (given.metres === undefined ? undefined : east(given.metres))
  const submittedAt = new Date(onDay(0).getTime() + (given.hours ?? 0) * 3_600_000)
  return reported('', {
    category: given.category ?? 'lamp',
    channelId: given.channel ?? 'district-phone',
    submittedAt,
    receivedAt: submittedAt,
    personKeys: given.person === undefined ? [] : [`phone:${given.person}`],
    location: {
      ...(given.address !== undefined && { address: given.address }),
      ...(point !== undefined && { point }),
      ...(given.component !== undefined && { component: { type: 'lamp', code: given.component } }),
    },
  })
}
