/** Appends one event to a case: the only way a case moves. */
import type {
  Actor,
  CaseEvent,
  CaseEventContent,
  CaseEventType,
  CaseState,
  Flow,
} from '../../schemas/case.ts'
import type { Deps } from '../deps.ts'
import { releaseCases } from '../store/case-holds.ts'
import { eventContentHash, insertCaseEvents } from '../store/case-log.ts'
import type { Tx } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { applyToAssignments, type AssignmentRow } from './assignments.ts'
import { allowedEvents, allowedTransitions, isPlain, stateAfter } from './flow.ts'
import { handOver, unitsCalled } from './hand-over.ts'

export interface AppendRequest {
  readonly number: string
  /** Who calls, with its kind: `dispatch:<key name>`, `message:<channel>`. Event ids are the caller's own. */
  readonly caller: string
  readonly eventId: string
  readonly type: CaseEventType
  readonly actor: Actor
  readonly occurredAt: Date
  readonly content: CaseEventContent
  readonly expectedSequence?: number | undefined
}

interface CaseRow {
  readonly id: string
  readonly number: string
  readonly state: CaseState
  readonly state_before: CaseState | null
  readonly flow: Flow | null
  readonly sequence: number
  /** Number of the case that took over its reports 并案. */
  readonly merged_into: string | null
  /** The dispatch does not hear of it yet. */
  readonly held: boolean
}

/** A case event row as the API shows it. */
export interface EventRow {
  readonly id: string
  readonly number: string
  readonly sequence: number
  readonly type: CaseEventType
  readonly event_id: string
  readonly actor: Actor
  readonly occurred_at: Date
  readonly recorded_at: Date
  readonly state_after: CaseState
  readonly content: CaseEventContent
}

export function eventOf(row: EventRow): CaseEvent {
  return {
    id: row.id,
    case: row.number,
    sequence: row.sequence,
    type: row.type,
    eventId: row.event_id,
    actor: row.actor,
    occurredAt: row.occurred_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    stateAfter: row.state_after,
    content: row.content,
  }
}

const maxAheadMs = 24 * 3_600_000

function checkTransition(row: CaseRow, request: AppendRequest): void {
  const plain = isPlain(request.type)
  const allowed = allowedEvents(row.state, row.flow)
  if (allowed.includes(request.type)) return
  const list = plain ? allowed : allowedTransitions(row.state, row.flow)
  const flow = row.flow === null ? '' : ` in the ${row.flow} flow`
  throw new GatewayError(
    'case.transition',
    `Case ${row.number} is ${row.state}; "${request.type}" cannot follow${flow}. Allowed now: ${list.length === 0 ? 'nothing' : list.join(', ')}.`,
    { context: { case: row.number }, extra: { allowed: list } },
  )
}

async function lockCase(tx: Tx, number: string): Promise<CaseRow> {
  const [row] = await tx<CaseRow[]>`
    select c.id, c.number, c.state, c.state_before, c.flow, c.sequence, (select m.number from cases m where m.id = c.merged_into) as merged_into,
      exists (select 1 from case_holds h where h.case_id = c.id) as held
    from cases c where c.number = ${number} for update of c`
  if (row === undefined)
    throw new GatewayError('case.unknown', `There is no case ${number}.`, { context: { case: number } })
  return row
}

/** A joined case takes nothing; its number says where it went. */
function checkNotJoined({ number, merged_into }: CaseRow): void {
  if (merged_into !== null)
    throw new GatewayError(
      'case.merged',
      `Case ${number} was joined with ${merged_into} 并案: append to ${merged_into}. Its own history stays as it is.`,
      { context: { case: number }, extra: { mergedInto: merged_into } },
    )
}

/** Who works on the case knows of it, and who urges 催办 is not kept waiting. */
const endsHold = ({ type, actor }: AppendRequest): boolean =>
  type === 'urged' || actor.kind === 'dispatch' || actor.kind === 'unit' || actor.kind === 'clerk'

async function repeated(tx: Tx, row: CaseRow, request: AppendRequest): Promise<CaseEvent | null> {
  const [known] = await tx<(EventRow & { content_hash: string })[]>`
    select e.*, ${row.number} as number from case_events e where case_id = ${row.id} and caller = ${request.caller} and event_id = ${request.eventId}`
  if (known === undefined) return null
  if (known.content_hash !== eventContentHash(request)) {
    throw new GatewayError(
      'case.event-reused',
      `Event id "${request.eventId}" was used on case ${row.number} for another event (sequence ${known.sequence}). Give each event an id of its own; repeat one only unchanged.`,
      {
        context: { case: row.number },
      },
    )
  }
  return eventOf(known)
}

async function readAssignments(tx: Tx, caseId: string): Promise<AssignmentRow[]> {
  return await tx<AssignmentRow[]>`
    select id, unit_code as "unitCode", role, state, time_limit as "timeLimit", due_at as "dueAt", dispatched_at as "dispatchedAt", signed_at as "signedAt",
      resolved_at as "resolvedAt", returned_at as "returnedAt"
    from assignments where case_id = ${caseId} order by dispatched_at, id`
}

async function writeAssignments(
  tx: Tx,
  caseId: string,
  before: readonly AssignmentRow[],
  after: readonly AssignmentRow[],
): Promise<void> {
  const known = new Map(before.map((row) => [row.id, row]))
  for (const row of after) {
    if (known.get(row.id) === row) continue
    await tx`
      insert into assignments (id, case_id, unit_code, role, state, time_limit, due_at, dispatched_at, signed_at, resolved_at, returned_at)
      values (${row.id}, ${caseId}, ${row.unitCode}, ${row.role}, ${row.state}, ${row.timeLimit === null ? null : tx.json(row.timeLimit)}, ${row.dueAt}, ${row.dispatchedAt},
        ${row.signedAt}, ${row.resolvedAt}, ${row.returnedAt})
      on conflict (id) do update set state = excluded.state, due_at = excluded.due_at, signed_at = excluded.signed_at, resolved_at = excluded.resolved_at, returned_at = excluded.returned_at`
  }
}

async function moveCase(
  tx: Tx,
  row: CaseRow,
  request: AppendRequest,
  next: { state: CaseState; sequence: number },
): Promise<void> {
  const flow = request.type === 'registered' ? (request.content.flow ?? row.flow ?? 'general') : row.flow
  const stateBefore =
    request.type === 'suspended' ? row.state : request.type === 'resumed' ? null : row.state_before
  const closed = next.state === 'closed' ? request.occurredAt : null
  await tx`
    update cases set state = ${next.state}, sequence = ${next.sequence}, flow = ${flow}, state_before = ${stateBefore},
      closed_at = ${closed}, category = coalesce(${request.content.category ?? null}, category)
    where id = ${row.id}`
}

/** Within the caller's transaction. A repeat of the same event answers with the first. */
export async function appendIn(tx: Tx, deps: Deps, request: AppendRequest): Promise<CaseEvent> {
  const row = await lockCase(tx, request.number)
  const known = await repeated(tx, row, request)
  if (known !== null) return known
  checkNotJoined(row)
  if (request.expectedSequence !== undefined && request.expectedSequence !== row.sequence) {
    throw new GatewayError(
      'case.sequence',
      `Case ${row.number} is at sequence ${row.sequence}, not ${request.expectedSequence}. Read it again and decide anew.`,
      { context: { case: row.number, sequence: row.sequence } },
    )
  }
  if (request.occurredAt.getTime() > deps.now().getTime() + maxAheadMs) {
    throw new GatewayError(
      'request.invalid',
      'occurredAt lies more than a day in the future. Send the time at which it happened, with its offset.',
      { extra: { errors: [{ pointer: '/occurredAt', detail: 'more than a day in the future' }] } },
    )
  }
  const before = await readAssignments(tx, row.id)
  const verdict = applyToAssignments(before, { ...request, newId: deps.newId })
  const onePart = verdict.kind === 'part' && !isPlain(request.type)
  if (!onePart) checkTransition(row, request)
  if (verdict.kind === 'refused')
    throw new GatewayError('case.assignment', verdict.detail, { context: { case: row.number } })
  const state = onePart ? row.state : stateAfter(row.state, request.type, row.state_before)
  const { part: _, ...said } = request.content
  const event = {
    ...request,
    id: deps.newId(),
    caseId: row.id,
    sequence: row.sequence + 1,
    recordedAt: deps.now(),
    stateAfter: state,
    content: onePart ? { ...said, part: true } : said,
  }
  await insertCaseEvents(tx, [event])
  if (row.held && endsHold(request)) await releaseCases(tx, deps, { ids: [row.id], by: 'act' })
  await writeAssignments(tx, row.id, before, verdict.assignments)
  const units = unitsCalled(event, before, verdict.assignments)
  await handOver(tx, deps, { caseId: row.id, sequence: event.sequence, units })
  await moveCase(tx, row, request, { state, sequence: event.sequence })
  return eventOf({
    ...event,
    number: row.number,
    event_id: event.eventId,
    occurred_at: event.occurredAt,
    recorded_at: event.recordedAt,
    state_after: state,
  })
}

/** Appends and wakes those who tell the parties. Throws `case.*`, `request.invalid`. */
export async function appendEvent(deps: Deps, request: AppendRequest): Promise<CaseEvent> {
  const event = await deps.db.transaction((tx) => appendIn(tx, deps, request))
  deps.killPoint('dispatch.after-append')
  deps.signals.wake('fan-out')
  deps.log.info({
    event: 'case.event',
    case: request.number,
    principal: request.caller,
    state: event.stateAfter,
    reason: request.type,
  })
  return event
}
