/** What citizens and channels say about a known report becomes an event of its case. */
import type { CaseEventContent, CaseEventType, CaseState, Flow } from '../../schemas/case.ts'
import type { MessageContent } from '../../schemas/message.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { appendIn } from './append.ts'
import { allowedTransitions } from './flow.ts'
import { appendHandlerMessage } from './handler-messages.ts'
import { appendVersion, nextVersions, type ChangedReport } from './versions.ts'

/** What waits, before its case is held. */
interface WaitingMessage {
  readonly id: string
  readonly report_id: string | null
  readonly party_id: string | null
}

interface PendingMessage {
  readonly id: string
  readonly kind: MessageContent['kind']
  readonly channel_id: string
  readonly report_id: string
  readonly working: MessageContent
  readonly occurred_at: Date
  readonly number: string
  readonly state: CaseState
  readonly flow: Flow | null
}

/**
 * Messages whose report has its case, and those of handlers, oldest first; a case's row is locked before its message. Served
 * by messages_unappended.
 */
export const nextMessages = `
  select m.id, m.report_id, m.party_id from messages m left join reports p on p.id = m.report_id
  where m.appended_at is null and (m.party_id is not null or p.case_id is not null) order by m.received_at limit 50`

/** 不满意要求重办 reopens where the flow lets it; else the dispatch is told and decides. */
function eventTypeOf(message: PendingMessage): { type: CaseEventType; reasonCode: string | undefined } {
  switch (message.kind) {
    case 'supplement':
      return { type: 'supplemented', reasonCode: undefined }
    case 'urge':
      return { type: 'urged', reasonCode: undefined }
    case 'withdraw':
      return { type: 'withdrawn', reasonCode: undefined }
    case 'evaluate':
      return { type: 'evaluated', reasonCode: undefined }
    case 'refuse':
      return allowedTransitions(message.state, message.flow).includes('reopened')
        ? { type: 'reopened', reasonCode: 'refuse' }
        : { type: 'noted', reasonCode: 'refuse' }
    case 'partner_event':
    case 'verdict':
    case 'delivery_receipt':
      return { type: 'noted', reasonCode: message.kind }
  }
}

function contentOf(message: PendingMessage, reasonCode: string | undefined): CaseEventContent {
  const { text, evaluation, attachments, granted } = message.working
  const reason = message.working.reasonCode ?? reasonCode
  return {
    report: message.report_id,
    ...(reason === undefined ? {} : { reasonCode: reason }),
    ...(text === undefined ? {} : { internalNote: text.slice(0, 20_000) }),
    ...(evaluation === undefined ? {} : { evaluation }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(granted === undefined ? {} : { decision: granted ? 'granted' : 'refused' }),
  }
}

/** After a case was closed, what still arrives is noted there. */
function fitted(message: PendingMessage): { type: CaseEventType; reasonCode: string | undefined } {
  const wanted = eventTypeOf(message)
  if (message.state !== 'closed' || wanted.type === 'reopened' || wanted.type === 'evaluated') return wanted
  return { type: 'noted', reasonCode: wanted.reasonCode ?? message.kind }
}

/** Holds the report's case. What the caller reads after this, another process has finished with. */
async function lockCaseOf(tx: Tx, reportId: string): Promise<void> {
  await tx`select 1 from cases where id = (select case_id from reports where id = ${reportId}) for update`
}

async function appendMessage(deps: Deps, { id, report_id, party_id }: WaitingMessage): Promise<boolean> {
  return await deps.db.transaction(async (tx) => {
    if (party_id !== null) return await appendHandlerMessage(tx, deps, { id, partyId: party_id })
    await lockCaseOf(tx, report_id ?? '')
    const [message] = await tx<PendingMessage[]>`
      select m.id, m.kind, m.channel_id, m.report_id, m.working, m.occurred_at, c.number, c.state, c.flow
      from cases c join reports p on p.case_id = c.id join messages m on m.report_id = p.id
      where m.id = ${id} and m.appended_at is null`
    if (message === undefined) return false
    const { type, reasonCode } = fitted(message)
    await appendIn(tx, deps, {
      number: message.number,
      caller: `message:${message.channel_id}`,
      eventId: message.id,
      type,
      actor: { kind: 'channel', id: message.channel_id },
      occurredAt: new Date(Math.min(message.occurred_at.getTime(), deps.now().getTime())),
      content: contentOf(message, reasonCode),
    })
    await tx`update messages set appended_at = ${deps.now()} where id = ${id}`
    return true
  })
}

/** What is said about reports of a trial 试运行 goes no further than they do. Served by messages_unappended. */
export async function settleTrialMessages({ db, now }: Deps): Promise<void> {
  await db.sql`
    update messages m set appended_at = ${now()} from reports p
    where m.appended_at is null and p.id = m.report_id and p.case_id is null and p.linked_at is not null`
}

/** Appends what waits. Shared by all processes: the case row's lock and the event id keep each to once. */
export async function messagesPass(deps: Deps): Promise<{ more: boolean }> {
  const waiting = await deps.db.sql.unsafe<WaitingMessage[]>(nextMessages, [], { prepare: true })
  for (const message of waiting) await appendMessage(deps, message)
  const changed = await deps.db.sql.unsafe<ChangedReport[]>(nextVersions)
  for (const report of changed) await appendVersion(deps, report)
  const appended = waiting.length + changed.length
  if (appended > 0) {
    deps.signals.wake('fan-out')
    deps.signals.wake('dispatch')
  }
  return { more: appended >= 50 }
}
