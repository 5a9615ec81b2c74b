import type { Features } from './types.ts'

const dayMs = 86_400_000

/** Days between the times at which two reports were submitted. */
export const daysBetween = (a: Features, b: Features): number =>
  Math.abs(a.submittedAtMs - b.submittedAtMs) / dayMs

/** `within a day`, `3 days apart`. */
export function daysInWords(days: number): string {
  if (days < 1) return 'within a day'
  const whole = Math.round(days)
  return `${whole} ${whole === 1 ? 'day' : 'days'} apart`
}
