/** What stands on the sides of items: counts, reports, what sources were told, what clerks said before. */
import type { CaseState } from '../../../schemas/case.ts'
import type { DeliveryState } from '../../../schemas/delivery.ts'
import type { Deps } from '../../deps.ts'
import type { Reading, WorkingReport } from '../../store/working.ts'

export interface SideReport {
  readonly id: string
  readonly case_id: string
  readonly channel_id: string
  readonly external_id: string
  readonly working: WorkingReport
  readonly reading: Reading | null
  readonly confidential: boolean
  readonly submitted_at: Date
  readonly received_at: Date
}

export interface SideCounts {
  readonly case_id: string
  readonly people: number
  readonly channels: number
  readonly reports: number
}

export interface ToldRow {
  readonly report_id: string
  readonly channel_id: string
  readonly event_type: string | null
  readonly state_after: CaseState | null
  readonly code: string | null
  readonly settled_at: Date | null
  readonly under_way: DeliveryState | null
}

export interface VerdictRow {
  readonly report_id: string
  readonly verdict: 'same' | 'different'
  readonly decided_by: string
  readonly decided_at: Date
  readonly reason: string | null
  readonly undone_at: Date | null
  readonly numbers: string[]
}

/** The first and the newest reports of each case, and those that are wanted by id. Served by reports_case and reports_pkey. */
export const reportsOfSides = `
  with kept as (
    select ends.id from unnest($1::uuid[]) as wanted(id) cross join lateral (
      (select id from reports where case_id = wanted.id order by received_at, id limit 1)
      union (select id from reports where case_id = wanted.id order by received_at desc, id desc limit 6)) ends
    union select unnest($2::uuid[]))
  select p.* from kept cross join lateral (
    select id, case_id, channel_id, external_id, working, reading, confidential, submitted_at, received_at from reports where id = kept.id limit 1) p
  order by p.received_at, p.id`

/** A person counts once for each case; of one who gave several keys the first counts. Served by reports_case. */
const countsOfSides = `
  select case_id, count(distinct person_keys[1])::int as people, count(distinct channel_id)::int as channels, count(*)::int as reports
  from reports where case_id = any($1::uuid[]) group by case_id`

/**
 * The last notice that reached each source, of its case's newest forty events, and the state of a newer one that has not.
 * Served by parties_report, case_events_sequence and deliveries_event_party.
 */
export const toldLast = `
  select p.report_id, p.channel_id, told.event_type, told.state_after, told.code, told.settled_at, coming.state as under_way
  from parties p
  left join lateral (
    select d.event_type, d.state_after, d.code, d.settled_at, d.sequence from
      (select id from case_events where case_id = p.case_id order by sequence desc limit 40) e
      join deliveries d on d.case_event_id = e.id and d.party_id = p.id
    where d.state = 'delivered' order by d.sequence desc, d.position desc limit 1) told on true
  left join lateral (
    select d.state from deliveries d
    where d.party_id = p.id and d.state in ('waiting', 'claimed', 'blocked', 'uncertain', 'task') and d.sequence > coalesce(told.sequence, -1)
    order by d.sequence desc limit 1) coming on true
  where p.report_id = any($1::uuid[]) and p.left_at is null and p.kind = 'source'`

/** What clerks said of these reports, the newest first. Served by link_verdict_sides_report. */
const verdictsNear = `
  select s.report_id, v.verdict, v.decided_by, v.decided_at, v.reason, v.undone_at,
    array(select distinct c.number from link_verdict_sides t join reports r on r.id = t.report_id join cases c on c.id = r.case_id where t.verdict_id = v.id limit 4) as numbers
  from link_verdict_sides s join link_verdicts v on v.id = s.verdict_id
  where s.report_id = any($1::uuid[]) order by v.decided_at desc limit 200`

/** Planning them costs more than running them. */
const prepared = { prepare: true } as const

export interface SideRows {
  readonly reports: ReadonlyMap<string, readonly SideReport[]>
  readonly counts: ReadonlyMap<string, SideCounts>
  readonly told: ReadonlyMap<string, ToldRow>
  readonly verdicts: ReadonlyMap<string, readonly VerdictRow[]>
}

/** Everything that some items show of their cases, in four statements. `wanted`: the reports that asked. */
export async function readSides(
  deps: Deps,
  { caseIds, wanted }: { caseIds: readonly string[]; wanted: readonly string[] },
): Promise<SideRows> {
  const { sql } = deps.db
  const [reports, counts] = await Promise.all([
    sql.unsafe<SideReport[]>(reportsOfSides, [caseIds as never, wanted as never], prepared),
    sql.unsafe<SideCounts[]>(countsOfSides, [caseIds as never], prepared),
  ])
  const ids = reports.map(({ id }) => id)
  const [told, verdicts] = await Promise.all([
    sql.unsafe<ToldRow[]>(toldLast, [ids as never], prepared),
    sql.unsafe<VerdictRow[]>(verdictsNear, [ids as never], prepared),
  ])
  return {
    reports: Map.groupBy(reports, (row) => row.case_id),
    counts: new Map(counts.map((row) => [row.case_id, row])),
    told: new Map(told.map((row) => [row.report_id, row])),
    verdicts: Map.groupBy(verdicts, (row) => row.report_id),
  }
}
