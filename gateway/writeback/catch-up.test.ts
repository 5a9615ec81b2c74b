import { expect, test } from 'vitest'
import type { CaseEventType, CaseState } from '../../schemas/case.ts'
import { catchUp, eventsFor } from './catch-up.ts'
import type { EventRow, PartyRow } from './rows.ts'

const event = (sequence: number, type: CaseEventType, stateAfter: CaseState): EventRow => ({
  id: `${sequence}`,
  case_id: 'c',
  sequence,
  type,
  event_id: `${sequence}`,
  actor: { kind: 'gateway' },
  occurred_at: '2026-11-23T01:00:00Z',
  recorded_at: '2026-11-23T01:00:00Z',
  state_after: stateAfter,
  content: {},
})
const party: PartyRow = {
  id: 'p', case_id: 'c', kind: 'source', channel_id: 'x', report_id: 'r', unit_code: null, joined_sequence: 0, left_at: null,
  external_id: 'x-1', references: null, extra: null, title: null, submitted_at: null,
} // prettier-ignore
const told = (events: readonly EventRow[]) => events.map(({ type, sequence }) => `${sequence} ${type}`)

test('acceptance and the present state are told, in the order of the case', () => {
  const history = [
    event(1, 'received', 'received'),
    event(2, 'registered', 'registered'),
    event(3, 'dispatched', 'dispatched'),
    event(4, 'linked', 'dispatched'),
  ]

  expect(told(catchUp(event(4, 'linked', 'dispatched'), history))).toEqual(['2 registered', '3 dispatched'])
})

test('one event that is both is told once', () => {
  const history = [event(1, 'received', 'received'), event(2, 'registered', 'registered')]

  expect(told(catchUp(event(3, 'linked', 'registered'), history))).toEqual(['2 registered'])
})

test('the event that moved the case there counts, not what happened in that state since', () => {
  const history = [
    event(1, 'registered', 'registered'), event(2, 'dispatched', 'dispatched'), event(3, 'processing', 'processing'),
    event(4, 'signed', 'processing'), event(5, 'noted', 'processing'),
  ] // prettier-ignore

  expect(told(catchUp(event(6, 'linked', 'processing'), history))).toEqual(['1 registered', '3 processing'])
})

test('a returned case is told by its return', () => {
  const history = [
    event(1, 'registered', 'registered'),
    event(2, 'dispatched', 'dispatched'),
    event(3, 'returned', 'registered'),
  ]

  expect(told(catchUp(event(4, 'linked', 'registered'), history))).toEqual(['1 registered', '3 returned'])
})

test('a source that joins after the result is told the result too', () => {
  const history = [
    event(1, 'registered', 'registered'),
    event(2, 'resolved', 'resolved'),
    event(3, 'verified', 'verified'),
  ]

  expect(told(catchUp(event(4, 'linked', 'verified'), history))).toEqual([
    '1 registered',
    '2 resolved',
    '3 verified',
  ])
})

test('what happened after the joining is not part of the catch-up', () => {
  const history = [
    event(1, 'registered', 'registered'),
    event(2, 'linked', 'registered'),
    event(3, 'dispatched', 'dispatched'),
  ]

  expect(told(catchUp(event(2, 'linked', 'registered'), history))).toEqual(['1 registered'])
})

test('a party from the beginning gets every event', () => {
  const pending = [event(1, 'received', 'received'), event(2, 'registered', 'registered')]

  expect(told(eventsFor(party, pending, { history: [] }))).toEqual(['1 received', '2 registered'])
})

test('a party that left gets what was recorded before it left', () => {
  const pending = [
    event(1, 'registered', 'registered'),
    { ...event(2, 'split', 'registered'), recorded_at: '2026-11-23T02:00:00Z' },
  ]

  expect(told(eventsFor({ ...party, left_at: '2026-11-23T02:00:00Z' }, pending, { history: [] }))).toEqual([
    '1 registered',
  ])
})
