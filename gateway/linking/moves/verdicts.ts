/**
 * What clerks said of two sides, "same" 同一事项 or "different" 不是同一事项. It beats the engine for ever: each side is a set of
 * reports, not a case, so that it holds wherever they stand after splits and merges.
 */
import type { Sql, Tx } from '../../store/client.ts'

/** Of a larger side the oldest are kept: a case is struck by any one of them that it holds. */
const mostReportsOfSide = 200

export interface NewVerdict {
  readonly id: string
  readonly verdict: 'same' | 'different'
  /** The reports that stand on each side now, oldest first. */
  readonly sides: readonly [readonly string[], readonly string[]]
  /** `clerk:C-07` */
  readonly by: string
  readonly at: Date
  readonly origin: 'review' | 'merge' | 'split' | 'undo'
  readonly matchId?: string | undefined
  readonly moveId?: string | undefined
  readonly reason?: string | undefined
}

/** Writes a verdict and its sides, at most `mostReportsOfSide` reports of each. */
export async function recordVerdict(tx: Tx, verdict: NewVerdict): Promise<void> {
  const rows = verdict.sides.flatMap((reports, side) =>
    reports
      .slice(0, mostReportsOfSide)
      .map((report) => ({ verdict_id: verdict.id, side, report_id: report })),
  )
  await tx`
    insert into link_verdicts (id, verdict, decided_by, decided_at, origin, match_id, move_id, reason)
    values (${verdict.id}, ${verdict.verdict}, ${verdict.by}, ${verdict.at}, ${verdict.origin}, ${verdict.matchId ?? null}, ${verdict.moveId ?? null}, ${verdict.reason ?? null})`
  await tx`
    insert into link_verdict_sides (verdict_id, side, report_id)
    select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(verdict_id uuid, side int, report_id uuid)`
}

export interface Verdict {
  readonly id: string
  readonly verdict: 'same' | 'different'
  readonly decided_by: string
  readonly decided_at: Date
}

/**
 * Verdicts that hold with a report of `$1` on one side and one of `$2` on the other: from the reports to their verdicts, never the
 * other way (`offset 0` keeps it so). Indexes: link_verdict_sides_report, its primary key, link_verdicts_pkey.
 */
export const VERDICTS_BETWEEN = `
  select v.id, v.verdict, v.decided_by, v.decided_at from (
    select distinct own.verdict_id from unnest($1::uuid[]) as wanted(report_id)
    cross join lateral (select s.verdict_id, s.side from link_verdict_sides s where s.report_id = wanted.report_id offset 0) own
    where exists (
      select 1 from link_verdict_sides other where other.verdict_id = own.verdict_id and other.side = 1 - own.side and other.report_id = any($2::uuid[]))
  ) said
  cross join lateral (select * from link_verdicts where id = said.verdict_id and undone_at is null offset 0) v
  order by v.decided_at desc, v.id`

/** What clerks said of two sets of reports, the newest first. */
export async function verdictsBetween(
  tx: Tx,
  reports: readonly string[],
  others: readonly string[],
): Promise<Verdict[]> {
  if (reports.length === 0 || others.length === 0) return []
  return await tx.unsafe<Verdict[]>(VERDICTS_BETWEEN, [reports as never, others as never])
}

/**
 * Cases of `$2` that hold a report from which one of `$1` was told apart: what the engine may not join. Indexes:
 * link_verdict_sides_report, its primary key, link_verdicts_pkey, reports_pkey.
 */
export const FORBIDDEN_CASES = `
  select distinct wanted.report_id, r.case_id from unnest($1::uuid[]) as wanted(report_id)
  cross join lateral (select s.verdict_id, s.side from link_verdict_sides s where s.report_id = wanted.report_id offset 0) own
  cross join lateral (select 1 from link_verdicts where id = own.verdict_id and verdict = 'different' and undone_at is null offset 0) v
  cross join lateral (select s.report_id from link_verdict_sides s where s.verdict_id = own.verdict_id and s.side = 1 - own.side offset 0) other
  cross join lateral (select case_id from reports where id = other.report_id offset 0) r
  where r.case_id = any($2::uuid[])`

/** For each of the reports that has any, the cases that a clerk's "not the same" forbids. */
export async function forbiddenCases(
  sql: Sql | Tx,
  reports: readonly string[],
  cases: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  if (reports.length === 0 || cases.length === 0) return new Map()
  const rows = await sql.unsafe<{ report_id: string; case_id: string }[]>(
    FORBIDDEN_CASES,
    [reports as never, cases as never],
    { prepare: true },
  )
  const forbidden = new Map<string, Set<string>>()
  for (const { report_id, case_id } of rows)
    forbidden.set(report_id, (forbidden.get(report_id) ?? new Set()).add(case_id))
  return forbidden
}

/** A clerk takes verdicts back. */
export async function undoVerdicts(
  tx: Tx,
  ids: readonly string[],
  { at, by }: { at: Date; by: string },
): Promise<void> {
  if (ids.length === 0) return
  await tx`
    update link_verdicts set undone_at = ${at}, undone_by = ${by} where id = any(${ids as string[]}::uuid[]) and undone_at is null`
}
