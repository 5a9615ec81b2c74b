/** How much time a report leaves: by its source's own time limit, and by that of its category. */
import type { TimeLimit } from '../../schemas/primitives.ts'
import type { ReportContent } from '../../schemas/report.ts'
import type { ReferenceCodes } from './reference.ts'

const minuteMs = 60_000
const unitMs: { readonly [unit in TimeLimit['unit']]: number } = {
  minute: minuteMs,
  hour: 60 * minuteMs,
  day: 24 * 60 * minuteMs,
}
const dayMs = unitMs.day

interface Timed extends Pick<ReportContent, 'urgency' | 'sensitive' | 'category' | 'dueAt'> {}

type Categories = Pick<ReferenceCodes, 'categories'>

/** Milliseconds from `now`, at least: a working day counts as a day. Undefined where no limit is known. */
function strictestMs({ dueAt, category }: Timed, { categories }: Categories, now: Date): number | undefined {
  const limit = category === undefined ? undefined : categories.get(category)?.limit
  const known = [
    ...(dueAt === undefined ? [] : [Date.parse(dueAt) - now.getTime()]),
    ...(limit === undefined ? [] : [limit.amount * unitMs[limit.unit]]),
  ]
  return known.length === 0 ? undefined : Math.min(...known)
}

const urgent = ({ urgency, sensitive, category }: Timed, { categories }: Categories): boolean =>
  urgency !== 'normal' ||
  sensitive === true ||
  (category !== undefined && categories.get(category)?.urgent === true)

/** Urgent (紧急, 特急, 重大敏感, or by its category), or due within a day. */
export const presses = (report: Timed, codes: Categories, now: Date): boolean =>
  urgent(report, codes) || (strictestMs(report, codes, now) ?? Number.POSITIVE_INFINITY) <= dayMs

/** Not urgent, and known to leave more than a day. */
export const leavesTime = (report: Timed, codes: Categories, now: Date): boolean =>
  !urgent(report, codes) && (strictestMs(report, codes, now) ?? 0) > dayMs
