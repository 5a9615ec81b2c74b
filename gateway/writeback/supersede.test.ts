import { expect, test } from 'vitest'
import type { DeliveryState, NoticeClass } from '../../schemas/delivery.ts'
import type { PlannedDelivery } from './plan.ts'
import { supersedersOf, supersedeWithin } from './supersede.ts'

const planned = (sequence: number, noticeClass: NoticeClass, state: DeliveryState): PlannedDelivery => ({
  partyId: 'p', caseId: 'c', channelId: 'x', reportId: null, caseEventId: `${sequence}`, sequence, eventType: 'noted', stateAfter: 'processing',
  class: noticeClass, state, request: null, code: null, mappingVersion: 'v', content: null, dueAt: null, reason: null,
}) // prettier-ignore
const states = (list: readonly PlannedDelivery[]) => list.map((item) => item.state)

test('the last of several states is told', () => {
  const batch = [
    planned(1, 'progress', 'waiting'),
    planned(2, 'progress', 'task'),
    planned(3, 'progress', 'waiting'),
  ]

  expect(states(supersedeWithin(batch))).toEqual(['superseded', 'superseded', 'waiting'])
})

test('acceptance, result and notes are told whatever follows', () => {
  const batch = [
    planned(1, 'acceptance', 'waiting'),
    planned(2, 'result', 'waiting'),
    planned(3, 'note', 'waiting'),
    planned(4, 'progress', 'waiting'),
  ]

  expect(states(supersedeWithin(batch))).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
})

test('a result supersedes progress; a note and an acceptance do not', () => {
  const after = (noticeClass: NoticeClass) =>
    states(supersedeWithin([planned(1, 'progress', 'waiting'), planned(2, noticeClass, 'waiting')]))[0]

  expect([after('result'), after('note'), after('acceptance')]).toEqual(['superseded', 'waiting', 'waiting'])
})

test('what cannot be told itself supersedes nothing that can', () => {
  const batch = [
    planned(1, 'progress', 'blocked'),
    planned(2, 'progress', 'waiting'),
    planned(3, 'progress', 'blocked'),
    planned(4, 'progress', 'skipped'),
  ]

  expect(states(supersedeWithin(batch))).toEqual(['superseded', 'waiting', 'blocked', 'skipped'])
  expect(supersedersOf(batch)).toEqual([
    { party_id: 'p', sequence: 2, blocked_only: false },
    { party_id: 'p', sequence: 3, blocked_only: true },
  ])
})
