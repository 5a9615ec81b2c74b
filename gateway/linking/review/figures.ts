/** What waits on the desk, and how far clerks and machine agree. */
import type { ReviewFigures } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { dayOf } from '../open-case.ts'

/** Served by matches_review. */
const waitingByReason = `
  select coalesce(reason.field, 'none') as reason, count(*)::int as items, min(m.decided_at) as oldest,
    count(*) filter (where m.later_until > $1::timestamptz)::int as later
  from matches m left join lateral (
    select part->>'field' as field from jsonb_array_elements(m.parts) with ordinality as p(part, n) order by (part->>'weight')::float8 desc, n limit 1) reason on true
  where m.decision = 'review' and m.settled_at is null group by 1 order by 2 desc`

/** Served by link_verdicts_decided. */
const decidedSince = `
  select count(*) filter (where verdict = 'same')::int as same, count(*) filter (where verdict = 'different')::int as different
  from link_verdicts where decided_at >= $1::timestamptz and origin = 'review' and undone_at is null`

/** Served by link_verdicts_decided and matches_pkey. */
const agreementSince = `
  select least(9, floor(m.probability * 10))::int as bin, count(*)::int as answers, count(*) filter (where v.verdict = 'same')::int as same
  from link_verdicts v join matches m on m.id = v.match_id
  where v.decided_at >= $1::timestamptz and v.origin = 'review' and v.undone_at is null group by 1`

const yearMs = 366 * 86_400_000

/** Agreement is that of the answers of a year; put-off items are not among those waiting. */
export async function readFigures(deps: Deps): Promise<ReviewFigures> {
  const { sql } = deps.db
  const now = deps.now()
  const midnight = new Date(`${dayOf(now)}T00:00:00+08:00`)
  const [reasons, [today], bins] = await Promise.all([
    sql.unsafe<{ reason: string; items: number; oldest: Date; later: number }[]>(waitingByReason, [now]),
    sql.unsafe<{ same: number; different: number }[]>(decidedSince, [midnight]),
    sql.unsafe<{ bin: number; answers: number; same: number }[]>(agreementSince, [
      new Date(now.getTime() - yearMs),
    ]),
  ])
  const later = reasons.reduce((sum, row) => sum + row.later, 0)
  const oldest = reasons.map((row) => row.oldest.getTime()).toSorted((a, b) => a - b)[0]
  return {
    waiting: reasons.reduce((sum, row) => sum + row.items, 0) - later,
    later,
    ...(oldest !== undefined && { oldest: new Date(oldest).toISOString() }),
    byReason: Object.fromEntries(
      reasons.flatMap(({ reason, items, later: off }) => (items > off ? [[reason, items - off]] : [])),
    ),
    decidedToday: { same: today?.same ?? 0, different: today?.different ?? 0 },
    agreement: Array.from({ length: 10 }, (_, n) => {
      const bin = bins.find((row) => row.bin === n)
      return { from: n / 10, to: (n + 1) / 10, answers: bin?.answers ?? 0, same: bin?.same ?? 0 }
    }),
  }
}
