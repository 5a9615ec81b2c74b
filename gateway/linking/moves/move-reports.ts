/** Reports go from one case to another with all that is theirs. The caller holds both cases' rows. */
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { formerReasons } from '../../store/former-deliveries.ts'

export interface Going {
  readonly reports: readonly string[]
  /** Case ids. */
  readonly from: string
  readonly to: string
  /** The event of the other case at which they join: it and what follows is theirs to hear. 0: all of it. */
  readonly joinedSequence: number
}

/**
 * The reports, their keys and their parties go to the other case. What their sources were still to hear of the case they leave
 * is not their news any more, acceptance and result included: they get those of the other. A source that comes back into a
 * case is the party that it was there. Indexes: reports_pkey, link_keys_report, parties_case_report, deliveries_open_of_party.
 */
export async function moveReports(tx: Tx, deps: Deps, going: Going): Promise<void> {
  const { reports } = going
  for (let at = 0; at < reports.length; at += reportsAtOnce)
    await moveSome(tx, deps, { ...going, reports: reports.slice(at, at + reportsAtOnce) })
}

/** So that no statement of a very large joining takes long. */
const reportsAtOnce = 1_000

async function moveSome(tx: Tx, deps: Deps, going: Going): Promise<void> {
  const now = deps.now()
  const { from, to } = going
  const ids = going.reports as string[]
  await tx`update reports set case_id = ${to}, linked_at = ${now} where id = any(${ids}::uuid[])`
  await tx`update link_keys set case_id = ${to} where report_id = any(${ids}::uuid[])`
  await tx`
    update parties set left_at = ${now} where case_id = ${from} and report_id = any(${ids}::uuid[]) and left_at is null`
  await tx`
    update deliveries d set state = 'superseded', settled_at = ${now}, due_at = null, reason = ${formerReasons.takenOut}
    from parties p
    where p.case_id = ${from} and p.report_id = any(${ids}::uuid[]) and d.party_id = p.id and d.state in ('waiting', 'blocked', 'task')`
  const rows = ids.map((report_id) => ({ id: deps.newId(), report_id }))
  await tx`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    select r.id, ${to}, 'source', p.channel_id, p.id, ${going.joinedSequence}, ${now}
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, report_id uuid) join reports p on p.id = r.report_id
    on conflict (case_id, report_id) do update set left_at = null, joined_sequence = excluded.joined_sequence, joined_at = excluded.joined_at`
}

/** Whether one of the reports stood in the case before. Served by parties_case_report. */
export async function comesBack(tx: Tx, caseId: string, reports: readonly string[]): Promise<boolean> {
  const [row] = await tx`
    select 1 from parties where case_id = ${caseId} and report_id = any(${reports as string[]}::uuid[]) limit 1`
  return row !== undefined
}

/**
 * What a case is by its reports: the strictest of their time limits, the highest urgency, and whether one of them is sensitive
 * or asks for confidentiality (举报人保密). A case without reports, a joined one, stays as it was.
 */
export async function weighCases(tx: Tx, caseIds: readonly string[]): Promise<void> {
  await tx`
    update cases c set due_at = r.due_at, confidential = r.confidential, sensitive = r.sensitive,
      urgency = (array['normal', 'urgent', 'critical'])[r.urgency]
    from (
      select case_id, min((working->>'dueAt')::timestamptz) as due_at, bool_or(confidential) as confidential,
        bool_or(coalesce((working->>'sensitive')::boolean, false)) as sensitive,
        max(array_position(array['normal', 'urgent', 'critical'], working->>'urgency')) as urgency
      from reports where case_id = any(${caseIds as string[]}::uuid[]) group by case_id
    ) r where c.id = r.case_id`
}

/**
 * A case whose words are those of a report that went is from now on what the oldest of the others says: they may show who
 * reported. The words are of the report that opened the case; once that went, of the oldest. The category, which the dispatch
 * corrects, stays.
 */
export async function followOldest(tx: Tx, caseId: string, gone: readonly string[]): Promise<void> {
  const ids = gone as string[]
  await tx`
    with opening as (
      select (content->>'report')::uuid as id from case_events where case_id = ${caseId} and type = 'linked' order by sequence limit 1
    ), oldest as (
      select working, received_at, id from reports where case_id = ${caseId} order by received_at, id limit 1
    )
    update cases c set kind = o.working->>'kind', title = o.working->>'title', text = o.working->>'text', location = o.working->'location'
    from oldest o
    where c.id = ${caseId} and (
      exists (select 1 from opening where id = any(${ids}::uuid[]))
      or not exists (select 1 from opening join reports p using (id) where p.case_id = ${caseId})
        and exists (select 1 from reports g where g.id = any(${ids}::uuid[]) and (g.received_at, g.id) < (o.received_at, o.id)))`
}
