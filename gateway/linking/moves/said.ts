/** What cases say of reports that came and went: events whose content names no channel, no caller and no other source. */
import {
  RESTATED,
  UNJOINED,
  type Actor,
  type CaseEventContent,
  type CaseEventType,
  type CaseState,
} from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import type { NewEventRow } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'

/** Who has worked on a case, or could: these states end with its assignments 派单. */
export const assignedStates: ReadonlySet<CaseState> = new Set(['dispatched', 'signed', 'processing'])

/** Where a case stands, in the words that citizens read: 办理中. */
function stateText({ catalog }: Deps, state: CaseState): string {
  const { events, nodes } = catalog.codes.progress
  const node = events.get(state)?.node
  return nodes.find((one) => one.node === node)?.zh ?? state
}

/** "handled together with …, state …": what the sources that came read. Never that theirs was closed, or a duplicate. */
export const joinedText = (deps: Deps, state: CaseState): string =>
  `您反映的问题已与其他诉求合并办理，当前状态：${stateText(deps, state)}。`

/** What the sources read whose case is its own again. */
export const apartText = (deps: Deps, state: CaseState): string =>
  `您反映的问题已单独办理，当前状态：${stateText(deps, state)}。`

interface Saying {
  readonly caseId: string
  readonly sequence: number
  readonly type: CaseEventType
  readonly stateAfter: CaseState
  readonly content: CaseEventContent
  readonly caller: string
  readonly eventId: string
  readonly actor: Actor
  readonly occurredAt?: Date
}

/** A row for `insertCaseEvents`. */
export function saying(deps: Deps, event: Saying): NewEventRow {
  const now = deps.now()
  return { ...event, id: deps.newId(), occurredAt: event.occurredAt ?? now, recordedAt: now }
}

/** By the gateway itself: of news to the dispatch, whoever acted. */
export const byGateway = { caller: 'gateway', actor: { kind: 'gateway' } } as const

/** A clerk's act as an actor. */
export const clerk = (by: string): Actor => ({ kind: 'clerk', id: by })

const results: readonly (keyof CaseEventContent)[] = [
  'publicText',
  'answer',
  'substantiated',
  'solved',
  'contactedAt',
]

/**
 * The state of a case said anew, for sources that came back to it: what they heard last is another case's. It carries what was
 * said when the case came there.
 */
export async function restated(
  tx: Tx,
  deps: Deps,
  {
    id,
    state,
    sequence,
    eventId,
    text,
  }: {
    id: string
    state: CaseState
    sequence: number
    eventId: string
    /** Read by citizens where the case came there without words of its own. */
    text?: string
  },
): Promise<NewEventRow> {
  const [there] = await tx<{ content: CaseEventContent }[]>`
    select content from case_events where case_id = ${id} and state_after = ${state} and type = ${state} and coalesce(content->>'reasonCode', '') <> ${RESTATED}
    order by sequence desc limit 1`
  const said = Object.fromEntries(
    results.flatMap((name) => (there?.content[name] === undefined ? [] : [[name, there.content[name]]])),
  )
  return saying(deps, {
    ...byGateway,
    caseId: id,
    sequence,
    type: state,
    stateAfter: state,
    eventId,
    content: { ...(text === undefined ? {} : { publicText: text }), ...said, reasonCode: RESTATED },
  })
}

/** A case whose assignments were withdrawn by a joining that is undone: it is to be dispatched anew. */
export function unjoined(
  deps: Deps,
  { id, sequence, eventId }: { id: string; sequence: number; eventId: string },
): NewEventRow {
  return saying(deps, {
    ...byGateway,
    caseId: id,
    sequence,
    type: 'returned',
    stateAfter: 'registered',
    eventId,
    content: { publicText: apartText(deps, 'registered'), reasonCode: UNJOINED },
  })
}
