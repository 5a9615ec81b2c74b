import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CaseEventType, CaseState, Flow } from '../../schemas/case.ts'
import { allowedEvents, allowedTransitions, stateAfter } from './flow.ts'

/** Walks a flow; answers with the states, or where it was refused. */
function walk(flow: Flow, events: readonly CaseEventType[]): string[] {
  let state: CaseState = 'received'
  return events.map((event) => {
    if (!allowedEvents(state, flow).includes(event)) return `refused ${event} in ${state}`
    state = stateAfter(state, event, null)
    return state
  })
}

test('the simple flow is registered, dispatched, resolved, closed', () => {
  expect(walk('simple', ['registered', 'dispatched', 'resolved', 'closed'])).toEqual([
    'registered',
    'dispatched',
    'resolved',
    'closed',
  ])
})

test('the general flow has all states', () => {
  const all = [
    'checking',
    'registered',
    'dispatched',
    'signed',
    'processing',
    'resolved',
    'verified',
    'followed_up',
    'closed',
  ] as const

  expect(walk('general', all)).toEqual(all)
})

test.each<[Flow, CaseEventType[], string]>([
  ['general', ['registered', 'dispatched', 'resolved'], 'refused resolved in dispatched'],
  ['simple', ['registered', 'dispatched', 'signed'], 'refused signed in dispatched'],
  ['general', ['registered', 'closed'], 'refused closed in registered'],
  ['general', ['rejected', 'registered'], 'refused registered in rejected'],
  [
    'simple',
    ['registered', 'dispatched', 'resolved', 'closed', 'dispatched'],
    'refused dispatched in closed',
  ],
])('in the %s flow %j ends as: %s', (flow, events, end) => {
  expect(walk(flow, events).at(-1)).toBe(end)
})

test('a returned case is registered again, a resumed one is where it was', () => {
  expect(stateAfter('signed', 'returned', null)).toBe('registered')
  expect(stateAfter('suspended', 'resumed', 'processing')).toBe('processing')
})

test('whatever is appended, a case never reaches a state that it cannot leave, but for the end', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Flow>('simple', 'general'),
      fc.array(fc.nat(5), { maxLength: 40 }),
      (flow, choices) => {
        let state: CaseState = 'received'
        let before: CaseState | null = null
        for (const choice of choices) {
          const next = allowedTransitions(state, flow)
          expect(next.length).toBeGreaterThan(0)
          const event = next[choice % next.length] as (typeof next)[number]
          const after = stateAfter(state, event, before)
          before = event === 'suspended' ? state : event === 'resumed' ? null : before
          state = after
        }
        expect(allowedTransitions(state, flow).length).toBeGreaterThan(0)
      },
    ),
  )
})
