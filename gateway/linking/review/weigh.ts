/** Weighs matches when they are written: one indexed look at the cases that they may belong to. */
import type { Urgency } from '../../../schemas/report.ts'
import type { Tx } from '../../store/client.ts'
import type { WorkingReport } from '../../store/working.ts'
import { worthOf, type Stake } from './worth.ts'

/** A match on its way into the database. */
export interface UnweighedMatch {
  readonly decision: string
  readonly working: WorkingReport
  readonly case_id: string
  readonly probability: number
}

interface StakeRow {
  readonly id: string
  readonly state: string
  readonly urgency: Urgency
  readonly sensitive: boolean
  readonly due_at: Date | null
  readonly reports: number
}

/** Served by cases_pkey and reports_case; of a large case a hundred reports are counted. */
export const stakesOfCases = `
  select c.id, c.state, c.urgency, c.sensitive, c.due_at, n.reports from unnest($1::uuid[]) as wanted(id)
  cross join lateral (select id, state, urgency, sensitive, due_at from cases where id = wanted.id limit 1) c
  cross join lateral (select count(*)::int as reports from (select 1 from reports where case_id = c.id limit 100) counted) n`

const urgencies = ['normal', 'urgent', 'critical'] as const
const hourMs = 3_600_000

/**
 * The matches without the report's words, those to review with what an answer is worth. Nothing is asked where none is to
 * review. A case that the same commit opens counts as one open report.
 */
export async function weighReviews<Match extends UnweighedMatch>(
  tx: Tx,
  matches: readonly Match[],
  now: Date,
): Promise<(Omit<Match, 'working'> & { worth: number | null })[]> {
  const ids = matches.flatMap(({ decision, case_id }) => (decision === 'review' ? [case_id] : []))
  const rows =
    ids.length === 0 ? [] : await tx.unsafe<StakeRow[]>(stakesOfCases, [[...new Set(ids)] as never])
  const cases = new Map(rows.map((row) => [row.id, row]))
  return matches.map(({ working, ...match }) => ({
    ...match,
    worth:
      match.decision === 'review'
        ? worthOf(stakeOf(match.probability, working, { other: cases.get(match.case_id), now }))
        : null,
  }))
}

function stakeOf(
  probability: number,
  working: WorkingReport,
  { other, now }: { other: StakeRow | undefined; now: Date },
): Stake {
  const urgency = Math.max(urgencies.indexOf(working.urgency), urgencies.indexOf(other?.urgency ?? 'normal'))
  return {
    probability,
    reports: 1 + (other?.reports ?? 1),
    open: other?.state !== 'closed',
    urgency: urgencies[urgency] ?? 'normal',
    sensitive: working.sensitive === true || other?.sensitive === true,
    dueInH: other?.due_at ? (other.due_at.getTime() - now.getTime()) / hourMs : undefined,
  }
}
