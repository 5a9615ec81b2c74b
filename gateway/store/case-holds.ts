/**
 * Cases that the dispatch does not hear of yet 暂缓分拨. Their events are appended like all others, and their sources are told; only
 * their place in the dispatch's list is missing, until the release gives it to all of them at once.
 */
import type { Counter } from 'prom-client'
import type { Sql, Tx } from './client.ts'

/** Why a hold ended: a clerk answered, its time passed, the case is urgent by now, or a person took the case up. */
export type ReleasedBy = 'answer' | 'expiry' | 'urgency' | 'act'

interface Counting {
  readonly metrics: { readonly holdsReleased: Counter<'by'> }
}

/** Cases that open in this transaction, before their first event is inserted. */
export async function holdNewCases(
  tx: Tx,
  holds: readonly { case_id: string; until: Date }[],
): Promise<void> {
  if (holds.length === 0) return
  await tx`
    insert into case_holds (case_id, until)
    select * from json_to_recordset(${JSON.stringify(holds)}::text::json) as r(case_id uuid, until timestamptz)`
}

/** By case_holds_pkey and case_events_sequence. `case_holds` is what the appending of events looks at: its row goes first. */
const releaseEvents = `
  with placed as (
    select id, nextval('case_events_position_seq') as position from (
      select id from case_events where case_id = any($1::uuid[]) and xid is null order by case_id, sequence) e
  )
  update case_events e set xid = pg_current_xact_id(), position = placed.position from placed where e.id = placed.id`

/**
 * The dispatch hears of these cases from this commit on: their events get a place at the end of its list, in their order. The
 * caller holds the rows of the cases. Answers which of them were held.
 */
export async function releaseCases(
  tx: Tx,
  { metrics }: Counting,
  { ids, by }: { ids: readonly string[]; by: ReleasedBy },
): Promise<string[]> {
  if (ids.length === 0) return []
  const released = await tx<{ case_id: string }[]>`
    delete from case_holds where case_id = any(${ids as string[]}::uuid[]) returning case_id`
  const freed = released.map(({ case_id }) => case_id)
  if (freed.length === 0) return []
  await tx.unsafe(releaseEvents, [freed as never])
  metrics.holdsReleased.inc({ by }, freed.length)
  return freed
}

/** Those of the cases that the dispatch has not heard of. */
export async function heldAmong(sql: Sql | Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ case_id: string }[]>`
    select case_id from case_holds where case_id = any(${ids as string[]}::uuid[])`
  return new Set(rows.map(({ case_id }) => case_id))
}

/** A held case that was joined with another one: the dispatch never hears of it, unless the joining is undone. */
export async function withholdJoined(tx: Tx, id: string): Promise<void> {
  await tx`update case_holds set until = null where case_id = ${id}`
}

/** Held cases of which nobody is asked any more, or not soon. Served by case_holds_pkey, reports_case and matches_report. */
export const answeredHolds = `
  select h.case_id from case_holds h where h.case_id = any($1::uuid[]) and h.until is not null and not exists (
    select 1 from reports p join matches m on m.report_id = p.id
    where p.case_id = h.case_id and m.decision = 'review' and m.settled_at is null and (m.later_until is null or m.later_until <= $2::timestamptz))`

/** After a clerk's answer about these cases, whose rows the caller holds. */
export async function releaseAnswered(
  tx: Tx,
  deps: Counting & { readonly now: () => Date },
  ids: readonly string[],
): Promise<void> {
  const rows = await tx.unsafe<{ case_id: string }[]>(answeredHolds, [ids as never, deps.now() as never])
  await releaseCases(tx, deps, { ids: rows.map(({ case_id }) => case_id), by: 'answer' })
}
