/** Sources whose reports a clerk moved 并案 · 撤销: what they heard of the case they come from is not told again. */
import {
  RESTATED,
  UNJOINED,
  type CaseEventContent,
  type CaseEventType,
  type CaseState,
} from '../../schemas/case.ts'
import type { EventRow } from './rows.ts'

/** One thing that a source was told, or is certain to be. */
export interface Told {
  readonly type: CaseEventType
  readonly state_after: CaseState
  readonly content: CaseEventContent
}

export interface MovedSource {
  /** How it came here: its case was joined with this one, or it is back in its own. */
  readonly joined_by: 'merged' | 'split'
  /** Of all its cases, in the order in which it heard them. */
  readonly told: readonly Told[]
}

/**
 * Cases that reports were moved into, with those of their sources that were moved, of the reports $3; those who come just now, unless $2. Indexes: case_moves_to,
 * parties_case_report, case_events_sequence.
 */
export const MOVED_SOURCES = `
  select distinct p.id, p.report_id, e.type as joined_by from case_moves m
  cross join lateral unnest(m.reports) as r(report_id)
  join parties p on p.case_id = m.to_case_id and p.report_id = r.report_id and p.left_at is null
  join case_events e on e.case_id = p.case_id and e.sequence = p.joined_sequence and e.type in ('merged', 'split')
  where m.to_case_id = any($1::uuid[]) and r.report_id = any($3::uuid[]) and ($2::boolean or e.fanned_out_at is null)`

/** Of parties that left, those whose report stands in another case by now. Indexes: parties_pkey, parties_report. */
export const FORMER_PARTIES = `
  select p.id from parties p where p.id = any($1::uuid[])
    and exists (select 1 from parties o where o.report_id = p.report_id and o.id <> p.id and o.left_at is null)`

/**
 * What reports' sources were told of states and joinings, by whichever case they stood in. The events of each case are read once,
 * not once for each of its sources. Indexes: parties_report, case_events_sequence, deliveries_event_party.
 */
export const TOLD_OF_REPORTS = `
  with stood as materialized (
    select p.id, p.report_id, p.case_id from unnest($1::uuid[]) as w(id)
    cross join lateral (select * from parties where report_id = w.id offset 0) p
  ), said as materialized (
    select e.id, e.case_id, e.type, e.state_after, e.content from (select distinct case_id from stood) c
    cross join lateral (select * from case_events where case_id = c.case_id and type = any($2::text[]) offset 0) e
  )
  select p.report_id, e.type, e.state_after, e.content from stood p join said e on e.case_id = p.case_id
  cross join lateral (
    select state, position from deliveries where case_event_id = e.id and party_id = p.id and event_type = e.type offset 0) d
  where d.state in ('delivered', 'claimed', 'uncertain', 'waived', 'waiting', 'blocked', 'task')
  order by p.report_id, d.position`

const acceptanceTypes: ReadonlySet<string> = new Set(['registered', 'rejected', 'answered'])
/** Owed in their own words: known where those were told, never by a notice that only names the state. */
const saidOnly: ReadonlySet<string> = new Set(['rejected', 'answered', 'resolved'])

/** A state said anew by the gateway, for sources that came back. */
export const isSaidAnew = (reasonCode: string | undefined): boolean =>
  reasonCode === RESTATED || reasonCode === UNJOINED

/**
 * Whether a source knows what an event of the past says: an acceptance, unless it was another one; a result in the same words;
 * the state it heard of last.
 */
export function isKnown(
  event: Pick<EventRow, 'type' | 'state_after' | 'content'>,
  told: readonly Told[],
): boolean {
  if (acceptanceTypes.has(event.type))
    return sameAs(
      event,
      told.findLast(({ type }) => acceptanceTypes.has(type)),
    )
  if (saidOnly.has(event.type))
    return sameAs(
      event,
      told.findLast(({ type }) => type === event.type),
    )
  return told.findLast(({ type }) => type !== 'merged')?.state_after === event.state_after
}

function sameAs(event: Pick<EventRow, 'type' | 'content'>, told: Told | undefined): boolean {
  if (told?.type !== event.type) return false
  return (
    !saidOnly.has(event.type) ||
    (told.content.answer === event.content.answer && told.content.publicText === event.content.publicText)
  )
}

/** Why a moved source is not told of an event that every other source is told of; undefined: it is told. */
export function knownAlready(
  event: Pick<EventRow, 'type' | 'state_after' | 'content' | 'actor'>,
  { joined_by, told, saysApart }: MovedSource & { readonly saysApart: boolean },
): string | undefined {
  if (event.actor.kind === 'gateway' && isSaidAnew(event.content.reasonCode)) {
    const last = told.at(-1)
    const knows = last !== undefined && last.type !== 'merged' && last.state_after === event.state_after
    // The word that its case is its own again names the state, too.
    const hears = saysApart && event.content.reasonCode === RESTATED && !saidOnly.has(event.type)
    return knows || hears ? 'The source knows this state.' : undefined
  }
  const accepted = told.findLast(({ type }) => acceptanceTypes.has(type))
  return joined_by === 'merged' && event.type === 'registered' && accepted?.type === 'registered'
    ? 'The acceptance was told already, of the case that was joined with this one.'
    : undefined
}
