/** What a clerk's answer is worth: the desk asks for the most first. */
import type { Urgency } from '../../../schemas/report.ts'

/** What hangs on an answer, known when the match is written. */
export interface Stake {
  /** The machine's, 0 to 1. */
  readonly probability: number
  /** Of both cases together; two or more. */
  readonly reports: number
  /** Whether the case that the report may belong to still takes reports. */
  readonly open: boolean
  /** The higher of the two sides. */
  readonly urgency: Urgency
  readonly sensitive: boolean
  /** Until the stricter of the two time limits; undefined where none is known. */
  readonly dueInH: number | undefined
}

const least = 0.05
const mostReports = 100
const ofUrgency: { readonly [urgency in Urgency]: number } = { normal: 1, urgent: 1.5, critical: 2 }

/**
 * Uncertainty 4p(1−p), which is 1 where the machine does not know at all, times what hangs on the answer: log2 of the reports of
 * both sides, half of it where the case is closed (only a chain would change), 1.5 for 紧急 and 2 for 特急, 1.5 for 重大敏感, 1.5
 * where a time limit ends within a day and 1.25 within three. 0.05 at least for the uncertainty: everything comes to its turn.
 */
export function worthOf({ probability, reports, open, urgency, sensitive, dueInH }: Stake): number {
  const uncertainty = Math.max(least, 4 * probability * (1 - probability))
  const size = Math.log2(Math.min(Math.max(reports, 2), mostReports))
  const due = dueInH === undefined || dueInH > 72 ? 1 : dueInH > 24 ? 1.25 : 1.5
  return uncertainty * size * (open ? 1 : 0.5) * ofUrgency[urgency] * (sensitive ? 1.5 : 1) * due
}
