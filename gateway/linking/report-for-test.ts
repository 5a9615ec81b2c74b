import { featuresOf } from './features.ts'
import type { Features, LinkableReport } from './types.ts'

let made = 0

/** A report for tests: a text of one's own and whatever else matters. */
export function reported(text: string, other: Partial<LinkableReport> = {}): Features {
  const id = `r${++made}`
  const submittedAt = other.submittedAt ?? onDay(0)
  return featuresOf({
    id,
    channelId: 'hotline-12345',
    externalId: id,
    kind: 'complaint',
    text,
    submittedAt,
    receivedAt: submittedAt,
    references: [{ issuer: 'hotline-12345', number: id }],
    personKeys: [`phone:${id}`],
    ...other,
  })
}

/** Noon of a day after 1 March 2026. */
export function onDay(day: number): Date {
  return new Date(Date.UTC(2026, 2, 1 + day, 4))
}

/** A point so many metres east of one in Pingshan. */
export function east(metres: number): NonNullable<NonNullable<LinkableReport['location']>['point']> {
  const longitude = 114.346 + metres / (111_195 * Math.cos((22.69 * Math.PI) / 180))
  return { longitude, latitude: 22.69, source: { system: 'CGCS2000', x: longitude, y: 22.69 } }
}
