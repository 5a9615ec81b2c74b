/** A new version of a linked report becomes an event of its case. */
import { REMAPPED, type CaseEventContent, type CaseState } from '../../schemas/case.ts'
import type { Deps } from '../deps.ts'
import { presses } from '../mapping/time-limits.ts'
import { releaseCases } from '../store/case-holds.ts'
import type { Tx } from '../store/client.ts'
import type { WorkingReport } from '../store/working.ts'
import { appendIn, type AppendRequest } from './append.ts'

/** New versions of linked reports. Served by reports_untold. */
export const nextVersions = `
  select p.id, p.channel_id from reports p
  where p.case_id is not null and p.told_version < p.version order by p.id limit 50`

export interface ChangedReport {
  readonly id: string
  readonly channel_id: string
}

interface CurrentReport {
  readonly version: number
  readonly told_version: number
  readonly working: WorkingReport
  readonly case_id: string
  readonly number: string
  readonly state: CaseState
  readonly category: string | null
  /** All that is new was made of the record that the case knows: the source said nothing. */
  readonly remapped: boolean
  /** It is its case's one report, and nobody has worked on the case. */
  readonly alone: boolean
}

/** What the case does not know yet, read while its row is held. */
async function readChanged(tx: Tx, reportId: string): Promise<CurrentReport | undefined> {
  const [current] = await tx<CurrentReport[]>`
    select p.version, p.told_version, p.working, c.id as case_id, c.number, c.state, c.category,
      not exists (
        select 1 from report_versions v where v.report_id = p.id and v.version > p.told_version
          and v.record_id is distinct from (select t.record_id from report_versions t where t.report_id = p.id and t.version = p.told_version)
      ) as remapped,
      c.state = 'received' and not exists (select 1 from reports o where o.case_id = c.id and o.id <> p.id)
        and not exists (select 1 from case_events e where e.case_id = c.id and e.content ? 'category' and e.actor ->> 'kind' <> 'gateway') as alone
    from cases c join reports p on p.case_id = c.id where p.id = ${reportId} and p.told_version < p.version`
  return current
}

/** Appends what a new version is to its case. Nothing where another process did. */
export async function appendVersion(deps: Deps, report: ChangedReport): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await tx`select 1 from cases where id = (select case_id from reports where id = ${report.id}) for update`
    const current = await readChanged(tx, report.id)
    if (current === undefined) return
    await appendIn(tx, deps, {
      number: current.number,
      caller: `report:${report.channel_id}`,
      eventId: `${report.id}:${current.version}`,
      occurredAt: deps.now(),
      ...(current.remapped ? readAnew(report, current) : saidAnew(report, current)),
    })
    if (current.remapped && current.alone) await followReport(tx, current)
    await tx`
      update cases c set confidential = true from reports p
      where c.id = ${current.case_id} and p.id = ${report.id} and p.confidential and not c.confidential`
    // Its own time limit may be another one now, or gone.
    await tx`
      update cases set due_at = (select min((working->>'dueAt')::timestamptz) from reports where case_id = ${current.case_id})
      where id = ${current.case_id}`
    if (presses(current.working, deps.catalog.codes, deps.now()))
      await releaseCases(tx, deps, { ids: [current.case_id], by: 'urgency' })
    await tx`update reports set told_version = ${current.version} where id = ${report.id}`
  })
}

type Said = Pick<AppendRequest, 'type' | 'actor' | 'content'>

/** The source said something else. */
function saidAnew({ id, channel_id }: ChangedReport, { state }: CurrentReport): Said {
  return {
    type: state === 'closed' ? 'noted' : 'supplemented',
    actor: { kind: 'channel', id: channel_id },
    content: { report: id, reasonCode: 'new-version' },
  }
}

/** We read it otherwise: for the dispatch only, since whoever is told heard it already. */
function readAnew({ id }: ChangedReport, { working, alone, category }: CurrentReport): Said {
  const content: CaseEventContent = { report: id, reasonCode: REMAPPED }
  if (alone && working.category !== undefined && working.category !== category)
    content.category = working.category
  return { type: 'noted', actor: { kind: 'gateway' }, content }
}

/** A case that nobody has worked on is what its one report says. Its category moved with the event. */
async function followReport(tx: Tx, { case_id, working }: CurrentReport): Promise<void> {
  await tx`
    update cases set kind = ${working.kind}, title = ${working.title ?? null}, text = ${working.text},
      location = ${working.location === undefined ? null : tx.json(working.location)}, urgency = ${working.urgency},
      sensitive = ${working.sensitive === true}, tags = ${working.tags ?? []}
    where id = ${case_id}`
}
