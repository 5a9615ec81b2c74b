import { REMAPPED, type CaseState, type CaseEventType } from '../../schemas/case.ts'
import type { DeliveryState, NoticeClass } from '../../schemas/delivery.ts'
import type { Reporter } from '../../schemas/report.ts'
import type { ChannelRuntime } from '../catalog/catalog.ts'
import { progressTextOf, type ReferenceCodes } from '../mapping/reference.ts'
import type { ReverseResult } from '../mapping/reverse.ts'
import { isSaidAnew } from './moved.ts'
import { isPartial, noticeClassOf } from './notice-class.ts'
import {
  caseEventOf,
  partyOf,
  reverseCaseOf,
  sourceOf,
  type CaseRow,
  type EventRow,
  type PartyRow,
} from './rows.ts'

/** What is stored sealed: the body of a call, or a clerk's text. */
export type DeliveryContent =
  | { readonly kind: 'call'; readonly body?: unknown }
  | { readonly kind: 'task'; readonly text: string; readonly where?: string }

/** One delivery as the mapping makes it, not yet a row. */
export interface PlannedDelivery {
  readonly partyId: string
  readonly caseId: string
  readonly channelId: string
  readonly reportId: string | null
  readonly caseEventId: string
  readonly sequence: number
  readonly eventType: CaseEventType
  readonly stateAfter: CaseState
  readonly class: NoticeClass
  readonly state: DeliveryState
  readonly request: string | null
  readonly code: string | null
  readonly mappingVersion: string
  readonly content: DeliveryContent | null
  readonly dueAt: Date | null
  readonly reason: string | null
}

export interface PlanInput {
  readonly event: EventRow
  readonly party: PartyRow
  readonly case: CaseRow
  /** Undefined: this gateway does not know the channel. */
  readonly runtime: ChannelRuntime | undefined
  readonly codes: ReferenceCodes
  /** Who reported, where the channel's mapping writes to the person. */
  readonly reporter: Reporter | undefined
  readonly now: Date
}

type Decision = Pick<PlannedDelivery, 'state'> &
  Partial<Pick<PlannedDelivery, 'class' | 'request' | 'code' | 'content' | 'dueAt' | 'reason'>>

const maxReason = 1_000
/** PostgreSQL stores no NUL in text. */
export const storable = (text: string): string => text.replaceAll('\u0000', '').slice(0, maxReason)

/** What a party is told of an event. Never throws: what cannot be mapped is blocked, with the reason. */
export function planDelivery(input: PlanInput): PlannedDelivery {
  const { event, party, runtime } = input
  const decision = decide(input)
  return {
    partyId: party.id,
    caseId: event.case_id,
    channelId: party.channel_id,
    reportId: party.report_id,
    caseEventId: event.id,
    sequence: event.sequence,
    eventType: event.type,
    stateAfter: event.state_after,
    mappingVersion: runtime?.mappingVersion ?? 'none',
    class: decision.class ?? noticeClassOf(eventKindOf(event)),
    state: decision.state,
    request: decision.request ?? null,
    code: decision.code === undefined || decision.code === null ? null : storable(decision.code),
    content: decision.content ?? null,
    dueAt: decision.dueAt ?? null,
    reason: decision.reason === undefined || decision.reason === null ? null : storable(decision.reason),
  }
}

const eventKindOf = (event: EventRow) => ({
  type: event.type,
  stateAfter: event.state_after,
  part: event.content.part,
})

function decide(input: PlanInput): Decision {
  const { runtime, party } = input
  if (runtime === undefined) {
    return blocked(
      `The channel ${party.channel_id} is not known here. Set it up and replay this delivery, or waive it.`,
    )
  }
  switch (runtime.state) {
    case 'draft':
    case 'shadow':
      return { state: 'skipped', reason: 'channel in trial' }
    case 'live':
    case 'paused':
    // It takes nothing new, and is told of what it brought while it was in service.
    case 'retired':
      return decideByMapping(input, runtime)
  }
}

function decideByMapping(input: PlanInput, runtime: ChannelRuntime): Decision {
  if (isReadAnew(input.event))
    return { state: 'skipped', reason: 'A record was read otherwise; its source said nothing.' }
  const own = input.party.kind === 'source' ? asSource(input) : undefined
  if (own !== undefined) return own
  const event = caseEventOf(input.event, input.case.number)
  const handled = input.party.kind === 'handler' ? asHandler(input) : {}
  if ('state' in handled) return handled
  let result: ReverseResult
  try {
    result = runtime.mapping.reverse.act({
      event,
      case: reverseCaseOf(input.case),
      source: sourceOf(input.party, input.case.number),
      party: partyOf(input.party),
      reporter: input.reporter,
      ...handled,
      channel: { id: runtime.id, name: runtime.name, settings: runtime.mapping.reverse.settings },
      progressText: progressTextOf(input.codes, event),
    })
  } catch (cause) {
    // Only the class: messages of expressions may quote the event.
    const name = cause instanceof Error ? cause.name : typeof cause
    return blocked(
      `The mapping of ${runtime.id} failed on ${event.type} (${name}). Correct the mapping, then replay this delivery.`,
    )
  }
  return decisionOf(result, runtime, input)
}

/** After a replay: what was said is what it was, and everybody heard it. */
const isReadAnew = ({ type, actor, content }: EventRow): boolean =>
  type === 'noted' && actor.kind === 'gateway' && content.reasonCode === REMAPPED

/** What a source need not hear. */
function asSource({ event, party }: PlanInput): Decision | undefined {
  // A citizen told 办结 while the lead unit still works would be told wrong; whoever handles the case sees every step.
  if (isPartial(eventKindOf(event)))
    return { state: 'skipped', reason: 'One of several units did its part; the case goes on.' }
  const { publicText } = event.content
  if (isAboutAnother(event, party)) return { state: 'skipped', reason: 'It is about another source.' }
  // Who came hears of it; who was here is not told that others came or went.
  if ((event.type === 'merged' || event.type === 'split') && party.joined_sequence !== event.sequence)
    return { state: 'skipped', reason: 'It is about other sources that came or went.' }
  if (isSaidAnewByGateway(event) && party.joined_sequence !== event.sequence - 1)
    return { state: 'skipped', reason: 'The source knows this state.' }
  if (event.type === 'noted' && publicText === undefined)
    return { state: 'skipped', reason: 'A note without public text stays inside.' }
  return undefined
}

const isSaidAnewByGateway = ({ actor, content }: EventRow): boolean =>
  actor.kind === 'gateway' && isSaidAnew(content.reasonCode)

/** What one source or its citizen said: no news to the others. */
const isSaid: ReadonlySet<CaseEventType> = new Set([
  'linked',
  'supplemented',
  'urged',
  'withdrawn',
  'noted',
  'evaluated',
])

/** Whether an event is what another source said, or how it came. */
export function isAboutAnother(event: EventRow, party: Pick<PartyRow, 'kind' | 'report_id'>): boolean {
  const { report } = event.content
  return (
    party.kind === 'source' && report !== undefined && report !== party.report_id && isSaid.has(event.type)
  )
}

/** What a handler itself said is no news to it. Where its part went to another unit, it is told to stop (撤单). */
function asHandler({ event, party, case: row }: PlanInput): Decision | { as?: CaseEventType } {
  if (event.actor.kind === 'channel' && event.actor.id === party.channel_id)
    return { state: 'skipped', reason: 'The handler said so itself.' }
  if (isSaidAnewByGateway(event))
    return {
      state: 'skipped',
      reason: 'It is said to sources that came back; the handler has no part in it.',
    }
  const parts = row.assigned?.filter((assignment) => assignment.unit === party.unit_code) ?? []
  if (event.type === 'merged' && event.content.stopped !== undefined) return asJoined(event, party)
  if (event.type !== 'dispatched' && event.type !== 'transferred') {
    const gone = parts.length > 0 && !parts.some(({ open }) => open) && event.type !== 'returned'
    return gone ? noLongerTheirs : {}
  }
  const { leadUnit, coUnits = [] } = event.content
  const unit = party.unit_code ?? ''
  if (leadUnit === unit || coUnits.includes(unit)) return {}
  if (event.type === 'transferred' && event.content.unitCode !== unit) return otherUnits
  return parts.some(({ taken }) => taken) ? { as: 'withdrawn' } : otherUnits
}

/** The case was joined with another one: who is not at work there is told to stop (撤单), the others are told as it is mapped. */
function asJoined({ content }: EventRow, { unit_code }: PartyRow): Decision | { as?: CaseEventType } {
  const unit = unit_code ?? ''
  if (content.stopped?.includes(unit) === true) return { as: 'withdrawn' }
  return content.continuedBy?.includes(unit) === true ? {} : noLongerTheirs
}

const noLongerTheirs: Decision = {
  state: 'skipped',
  reason: 'The handler gave the case back, or it was taken from it.',
}
const otherUnits: Decision = { state: 'skipped', reason: 'The case went to other units.' }

function decisionOf(result: ReverseResult, runtime: ChannelRuntime, input: PlanInput): Decision {
  const code = result.code === undefined ? {} : { code: result.code }
  if (result.action === 'skip') return { state: 'skipped', reason: result.reason, ...code }
  const told = { ...code, ...(result.class === undefined ? {} : { class: result.class }) }
  if (result.missing.length > 0) {
    return {
      ...told,
      ...blocked(
        `${runtime.id} must be told ${input.event.type} with what is missing here: ${result.missing.join('; ')}. ` +
          'Have it supplied or correct the mapping, then replay this delivery; or waive it.',
      ),
    }
  }
  if (result.action === 'task') {
    const where = result.where === undefined ? {} : { where: result.where }
    return { state: 'task', ...told, content: { kind: 'task', text: result.text, ...where } }
  }
  const call = { ...told, request: result.request, content: { kind: 'call' as const, body: result.body } }
  if (runtime.back === null) {
    if (runtime.mapping.reverse.pull) return { state: 'waiting', ...call, dueAt: null }
    return {
      ...told,
      ...blocked(
        `The mapping of ${runtime.id} calls "${result.request}", but the channel has no way back. Set "reverse" up or make it manual, then replay this delivery.`,
      ),
    }
  }
  const [firstDelayMs = 0] = runtime.deliveries.delaysMs
  return { state: 'waiting', ...call, dueAt: new Date(input.now.getTime() + firstDelayMs) }
}

const blocked = (reason: string): Decision => ({ state: 'blocked', reason })
