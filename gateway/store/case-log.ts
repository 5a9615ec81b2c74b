/** The only way into case_events: shared by the stages that open cases and those that move them. */
import { createHash } from 'node:crypto'
import type { Actor, CaseEventContent, CaseEventType, CaseState } from '../../schemas/case.ts'
import type { Tx } from './client.ts'

export interface NewEventRow {
  readonly id: string
  readonly caseId: string
  readonly sequence: number
  readonly type: CaseEventType
  readonly caller: string
  readonly eventId: string
  readonly actor: Actor
  readonly occurredAt: Date
  readonly recordedAt: Date
  readonly stateAfter: CaseState
  readonly content: CaseEventContent
}

/** SHA-256 over what the caller said, so that one event id with two contents is seen. */
export function eventContentHash(event: {
  type: string
  occurredAt: Date
  content: CaseEventContent
}): string {
  // `part` is what the gateway made of it, not what the caller said.
  const { part: _, ...said } = event.content
  return createHash('sha256')
    .update(JSON.stringify([event.type, event.occurredAt.toISOString(), said]))
    .digest('hex')
}

/**
 * Appends events to cases whose rows the caller has locked. Sequences are the caller's to give. Of a held case they get no place in
 * the dispatch's list; of others never one before the case's last event, which a transaction that began later may have appended.
 */
export async function insertCaseEvents(tx: Tx, events: readonly NewEventRow[]): Promise<void> {
  if (events.length === 0) return
  const rows = events.map((event) => ({
    id: event.id,
    case_id: event.caseId,
    sequence: event.sequence,
    type: event.type,
    caller: event.caller,
    event_id: event.eventId,
    content_hash: eventContentHash(event),
    actor: event.actor,
    occurred_at: event.occurredAt.toISOString(),
    recorded_at: event.recordedAt.toISOString(),
    state_after: event.stateAfter,
    content: event.content,
  }))
  await tx`
    insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content, xid)
    select r.*, case when exists (select 1 from case_holds h where h.case_id = r.case_id) then null
      else greatest(pg_current_xact_id(), (select e.xid from case_events e where e.case_id = r.case_id order by e.sequence desc limit 1)) end
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(
      id uuid, case_id uuid, sequence int, type text, caller text, event_id text, content_hash text, actor jsonb,
      occurred_at timestamptz, recorded_at timestamptz, state_after text, content jsonb)
    order by case_id, sequence`
}
