import type { CaseState } from '../../schemas/case.ts'
import { isStateEvent } from './notice-class.ts'
import type { EventRow, PartyRow } from './rows.ts'

const acceptanceTypes: ReadonlySet<string> = new Set(['registered', 'rejected', 'answered'])
const afterResult: ReadonlySet<CaseState> = new Set<CaseState>(['verified', 'followed_up', 'closed'])

/**
 * The pending event at which a source joined a case that is already past `received`; undefined: nothing to catch up on. A
 * handler begins with the event that hands the case to it.
 */
export function joiningEvent(party: PartyRow, pending: readonly EventRow[]): EventRow | undefined {
  if (party.kind === 'handler') return undefined
  const joins = pending.find((event) => event.sequence === party.joined_sequence)
  return joins === undefined || joins.state_after === 'received' ? undefined : joins
}

/**
 * What a late source is told instead of all that happened before it joined: the last acceptance (or refusal, or direct
 * answer), the result where the case is already past it, and the event that put the case where it is. In the case's order.
 * `history` is the case's events in order.
 */
export function catchUp(joins: EventRow, history: readonly EventRow[]): EventRow[] {
  const before = history.filter((event) => event.sequence <= joins.sequence && isStateEvent(event.type))
  const moves = before.filter((event, index) => event.state_after !== before[index - 1]?.state_after)
  const accepted = moves.findLast((event) => acceptanceTypes.has(event.type))
  const present = moves.findLast((event) => event.state_after === joins.state_after)
  const result = afterResult.has(joins.state_after)
    ? moves.findLast((event) => event.type === 'resolved' && event.sequence > (accepted?.sequence ?? 0))
    : undefined
  const told = new Set([accepted, result, present].filter((event) => event !== undefined))
  return before.filter((event) => told.has(event))
}

/** The events that a party gets, in order. An event from before a party left still reaches it. */
export function eventsFor(
  party: PartyRow,
  pending: readonly EventRow[],
  history: readonly EventRow[],
): EventRow[] {
  const joins = joiningEvent(party, pending)
  const leftAt = party.left_at === null ? Number.POSITIVE_INFINITY : new Date(party.left_at).getTime()
  const later = pending.filter(
    (event) => event.sequence > party.joined_sequence && new Date(event.recorded_at).getTime() < leftAt,
  )
  return joins === undefined || party.left_at !== null ? later : [...catchUp(joins, history), ...later]
}
