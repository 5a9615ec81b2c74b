import { describe, expect, test } from 'vitest'
import { RESTATED, type CaseEventType, type CaseState } from '../../schemas/case.ts'
import { eventsFor } from './catch-up.ts'
import { knownAlready, type MovedSource, type Told } from './moved.ts'
import type { EventRow, PartyRow } from './rows.ts'

const event = (sequence: number, type: CaseEventType, other: Partial<EventRow> = {}): EventRow => ({
  id: `${sequence}`,
  case_id: 'c',
  sequence,
  type,
  event_id: `${sequence}`,
  actor: { kind: 'gateway' },
  occurred_at: '2026-11-23T01:00:00Z',
  recorded_at: '2026-11-23T01:00:00Z',
  state_after: type as CaseState,
  content: {},
  ...other,
})
const told = (type: CaseEventType, other: Partial<Told> = {}): Told => ({
  type,
  state_after: type as CaseState,
  content: {},
  ...other,
})
const joined = (...list: Told[]): MovedSource => ({ joined_by: 'merged', told: list })
const party = (joined_sequence: number): PartyRow => ({
  id: 'p', case_id: 'c', kind: 'source', channel_id: 'x', report_id: 'r', unit_code: null, joined_sequence, left_at: null,
  external_id: 'x-1', references: null, extra: null, title: null, submitted_at: null,
}) // prettier-ignore

/** What a source is told that joined by the last event of the history. */
function heard(history: readonly EventRow[], moved: MovedSource, later: readonly EventRow[] = []): string[] {
  const last = history.at(-1) as EventRow
  const pending = [last, ...later]
  return eventsFor(party(last.sequence), pending, { history: [...history, ...later], moved }).map(
    ({ type }) => type,
  )
}

const until = (state: CaseState, ...types: CaseEventType[]) => [
  ...types.map((type, index) => event(index + 1, type)),
  event(types.length + 1, 'merged', { state_after: state }),
]

describe('a source whose case was joined with another one', () => {
  test('hears of the joining first, then of what it does not know', () => {
    expect(heard(until('dispatched', 'registered', 'dispatched'), joined(told('received')))).toEqual([
      'merged',
      'registered',
      'dispatched',
    ])
  })

  test('hears of the joining alone where it knows acceptance and state', () => {
    expect(
      heard(until('dispatched', 'registered', 'dispatched'), joined(told('registered'), told('dispatched'))),
    ).toEqual(['merged'])
  })

  test('hears a state that lies before the one it knows, after the word', () => {
    expect(
      heard(until('dispatched', 'registered', 'dispatched'), joined(told('registered'), told('processing'))),
    ).toEqual(['merged', 'dispatched'])
  })

  test('hears a result in other words than it was told, and not again in the same', () => {
    const answer = (words: string) => ({ content: { answer: words } })
    const history = [
      event(1, 'registered'),
      event(2, 'resolved', answer('已修复')),
      event(3, 'merged', { state_after: 'resolved' }),
    ]

    expect(heard(history, joined(told('registered'), told('resolved', answer('已修复'))))).toEqual(['merged'])
    expect(heard(history, joined(told('registered'), told('resolved', answer('已更换'))))).toEqual([
      'merged',
      'resolved',
    ])
  })

  test('is not told an acceptance twice, but is told of another decision', () => {
    const moved = { ...joined(told('registered')), saysApart: false }

    expect(knownAlready(event(9, 'registered'), moved)).toContain('told already')
    expect(knownAlready(event(9, 'rejected'), moved)).toBeUndefined()
    expect(knownAlready(event(9, 'registered'), { ...moved, told: [] })).toBeUndefined()
  })
})

describe('a source whose case is its own again', () => {
  const anew = (state: CaseState) => event(9, state, { content: { reasonCode: RESTATED } })
  const back = (...list: Told[]) => ({ joined_by: 'split' as const, told: list, saysApart: false })

  test('is told its state anew where it heard of another one, or of the joining, last', () => {
    expect(
      knownAlready(anew('registered'), back(told('registered'), told('merged'), told('processing'))),
    ).toBeUndefined()
    expect(
      knownAlready(
        anew('registered'),
        back(told('registered'), told('merged', { state_after: 'registered' })),
      ),
    ).toBeUndefined()
  })

  test('is not told what it heard last, nor what the word itself said', () => {
    expect(knownAlready(anew('registered'), back(told('registered')))).toBeDefined()
    expect(knownAlready(anew('registered'), { ...back(told('processing')), saysApart: true })).toBeDefined()
  })

  test('gets its result in its own words, whatever the word said', () => {
    expect(knownAlready(anew('resolved'), { ...back(told('processing')), saysApart: true })).toBeUndefined()
  })

  test('is not told its state twice: the event that put the case there is behind the one that says it anew', () => {
    const history = [event(1, 'registered'), event(2, 'split', { state_after: 'registered' })]
    const restated = event(3, 'registered', { content: { reasonCode: RESTATED } })

    expect(heard(history, { joined_by: 'split', told: [] }, [restated])).toEqual(['split', 'registered'])
  })
})
