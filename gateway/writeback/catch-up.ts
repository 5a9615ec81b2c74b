import type { CaseState } from '../../schemas/case.ts'
import { isKnown, isSaidAnew, type MovedSource } from './moved.ts'
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
 * `history` is the case's state events in order.
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

/**
 * The events that a party gets, in order. What was recorded before it left is still found; the plan says what becomes of it.
 * `moved`: a clerk moved its report here from another case, of which it heard.
 */
export function eventsFor(
  party: PartyRow,
  pending: readonly EventRow[],
  { history, moved }: { history: readonly EventRow[]; moved?: MovedSource | undefined },
): EventRow[] {
  const joins = joiningEvent(party, pending)
  const leftAt = party.left_at === null ? Number.POSITIVE_INFINITY : new Date(party.left_at).getTime()
  const later = pending.filter(
    (event) => event.sequence > party.joined_sequence && new Date(event.recorded_at).getTime() < leftAt,
  )
  if (party.left_at !== null) return later
  if (moved !== undefined) return [...arrival(party, pending, { history, moved }), ...later]
  return joins === undefined ? later : [...catchUp(joins, history), ...later]
}

/**
 * What a moved source is told first: that its matter is handled together with another one, or by itself again, then what of the
 * case it does not know yet. Where its state is said anew the event that put the case there is behind that.
 */
function arrival(
  party: PartyRow,
  pending: readonly EventRow[],
  { history, moved }: { history: readonly EventRow[]; moved: MovedSource },
): EventRow[] {
  const joins = pending.find((event) => event.sequence === party.joined_sequence)
  if (joins === undefined) return []
  const anew = pending.find(
    (event) => event.sequence === joins.sequence + 1 && isSaidAnew(event.content.reasonCode),
  )
  const isBehind = (event: EventRow) =>
    anew?.type === event.type ||
    (anew !== undefined && event.state_after === joins.state_after && !acceptanceTypes.has(event.type))
  const caught = joins.state_after === 'received' ? [] : catchUp(joins, history)
  const fresh = caught.filter((event) => !isBehind(event) && !isKnown(event, moved.told))
  return [joins, ...fresh]
}
