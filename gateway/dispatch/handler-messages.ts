/** What a handler 承办方 says of a case that was handed to it becomes events of the case, as if its unit worked here. */
import type { CaseEventContent, CaseEventType } from '../../schemas/case.ts'
import type { MessageContent } from '../../schemas/message.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { appendIn, type AppendRequest } from './append.ts'

interface HandlerMessage {
  readonly id: string
  readonly channel_id: string
  readonly kind: MessageContent['kind']
  readonly working: MessageContent
  readonly occurred_at: Date
  readonly unit_code: string | null
  readonly number: string
  /** Number of the case in which all that stands by now, where this one was joined with another. */
  readonly joined_with: string | null
}

interface Said {
  readonly type: CaseEventType
  readonly content: CaseEventContent
}

/** Many systems report the end only; what lies before it in the flow happened too. */
const before: { readonly [type in CaseEventType]?: readonly CaseEventType[] } = {
  processing: ['signed'],
  resolved: ['signed', 'processing'],
}
const doesNotFit: ReadonlySet<string> = new Set(['case.transition', 'case.assignment'])

/** Appends what the message says. False where another process did. Throws what `appendIn` throws beside a step that does not fit. */
export async function appendHandlerMessage(
  tx: Tx,
  deps: Deps,
  { id, partyId }: { id: string; partyId: string },
): Promise<boolean> {
  await tx`select 1 from cases where id = (select case_id from parties where id = ${partyId}) for update`
  const [message] = await tx<HandlerMessage[]>`
    select m.id, m.channel_id, m.kind, m.working, m.occurred_at, h.unit_code, c.number, (
      with recursive went as (
        select c.merged_into as id union all select w.merged_into from went join cases w on w.id = went.id where w.merged_into is not null
      ) select s.number from went join cases s on s.id = went.id where s.merged_into is null
    ) as joined_with
    from messages m join parties h on h.id = m.party_id join cases c on c.id = h.case_id
    where m.id = ${id} and m.appended_at is null`
  if (message === undefined) return false
  const said = saidBy(message)
  if (message.joined_with !== null) {
    await noteIn(tx, deps, message, said)
    return true
  }
  for (const type of before[said.type] ?? [])
    await appendIfItFits(tx, deps, {
      ...requestOf(message, deps),
      eventId: `${message.id}:${type}`,
      type,
      content: { ...unitOf(message), reasonCode: 'implied' },
    })
  const whole = { ...requestOf(message, deps), eventId: message.id, ...said }
  if (!(await appendIfItFits(tx, deps, whole)))
    await appendIn(tx, deps, {
      ...whole,
      type: 'noted',
      content: { ...said.content, reasonCode: `handler-${said.type}` },
    })
  await tx`update messages set appended_at = ${deps.now()} where id = ${id}`
  return true
}

/** Its case was joined with another one, where its word ends nothing: the dispatch is told and decides. */
async function noteIn(tx: Tx, deps: Deps, message: HandlerMessage, said: Said): Promise<void> {
  await appendIn(tx, deps, {
    ...requestOf(message, deps),
    number: message.joined_with ?? message.number,
    eventId: message.id,
    type: 'noted',
    content: { ...said.content, reasonCode: `handler-${said.type}`, otherCase: message.number },
  })
  await tx`update messages set appended_at = ${deps.now()} where id = ${message.id}`
}

function requestOf(
  message: HandlerMessage,
  deps: Deps,
): Pick<AppendRequest, 'number' | 'caller' | 'actor' | 'occurredAt'> {
  return {
    number: message.number,
    caller: `message:${message.channel_id}`,
    actor: { kind: 'channel', id: message.channel_id, ...unitOf(message) },
    occurredAt: new Date(Math.min(message.occurred_at.getTime(), deps.now().getTime())),
  }
}

const unitOf = ({ working, unit_code }: HandlerMessage): { unitCode?: string } => {
  const unitCode = working.unitCode ?? unit_code
  return unitCode === null || unitCode === undefined ? {} : { unitCode }
}

/** The event that a message stands for; what has no event of its own is noted. */
function saidBy(message: HandlerMessage): Said {
  const { working, kind } = message
  const content = contentOf(message)
  if (kind === 'partner_event' && working.event !== undefined) return { type: working.event, content }
  if (kind === 'verdict' && working.request === 'verify' && working.granted === true)
    return { type: 'verified', content }
  if (kind === 'supplement') return { type: 'supplemented', content }
  if (kind === 'urge') return { type: 'urged', content }
  return { type: 'noted', content: { reasonCode: working.request ?? kind, ...content } }
}

function contentOf(message: HandlerMessage): CaseEventContent {
  const { text, granted, reasonCode, attachments, publicText, answer, substantiated, solved, contactedAt } =
    message.working
  const isCheck = message.working.request === 'check'
  return {
    ...unitOf(message),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(text === undefined ? {} : { internalNote: text.slice(0, 20_000) }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(publicText === undefined ? {} : { publicText }),
    ...(answer === undefined ? {} : { answer }),
    ...(substantiated === undefined
      ? isCheck && granted !== undefined
        ? { substantiated: granted }
        : {}
      : { substantiated }),
    ...(solved === undefined ? {} : { solved }),
    ...(contactedAt === undefined ? {} : { contactedAt }),
    ...(granted === undefined ? {} : { decision: granted ? 'granted' : 'refused' }),
  }
}

/** False where the flow or the assignments do not allow it now: a partner's system goes its own way. */
async function appendIfItFits(tx: Tx, deps: Deps, request: AppendRequest): Promise<boolean> {
  try {
    await appendIn(tx, deps, request)
    return true
  } catch (cause) {
    if (cause instanceof GatewayError && doesNotFit.has(cause.code)) return false
    throw cause
  }
}
