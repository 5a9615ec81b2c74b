import { expect, test } from 'vitest'
import { followed, movedBetween } from './followed.ts'
import { reported } from './report-for-test.ts'
import type { Linked } from './write-links.ts'

function decidedFor(caseId: string, other: Partial<Linked> = {}): Linked {
  const features = reported('翠溪苑三栋停水')
  const { id, channelId, externalId, submittedAt, receivedAt } = features.report
  return {
    row: {
      id,
      channel_id: channelId,
      external_id: externalId,
      version: 1,
      working: { externalId, kind: 'complaint', text: '翠溪苑三栋停水', submittedAt: '', urgency: 'normal' },
      person_keys: [],
      confidential: false,
      submitted_at: submittedAt,
      received_at: receivedAt,
    },
    features,
    keys: [],
    reading: null,
    decision: {
      decision: 'link',
      caseId,
      probability: 0.95,
      matches: [{ caseId, reportId: 'r', decision: 'link', score: 9, probability: 0.95, parts: [] }],
    },
    model: 'shipped',
    caseId,
    opens: undefined,
    ...other,
  }
}

test('reports that were decided for a case which took no more go where its others went', () => {
  const before = [decidedFor('closed'), decidedFor('open')]
  const written = before.map((linked) =>
    linked.caseId === 'closed'
      ? { ...linked, caseId: 'successor', opens: { predecessorId: 'closed' } }
      : linked,
  )

  const moved = movedBetween(before, written)
  const [first, second] = followed([decidedFor('closed'), decidedFor('open')], moved)

  expect(moved).toEqual(new Map([['closed', 'successor']]))
  expect(first?.caseId).toBe('successor')
  expect(first?.decision.caseId).toBe('successor')
  expect(first?.decision.matches.map(({ caseId }) => caseId)).toEqual(['successor'])
  expect(second?.caseId).toBe('open')
})

test('a report that opens a case of its own keeps it, and its reasons name the case that there is now', () => {
  const opening = decidedFor('closed', { caseId: 'own', opens: { predecessorId: null } })

  const [linked] = followed([opening], new Map([['closed', 'successor']]))

  expect(linked?.caseId).toBe('own')
  expect(linked?.decision.matches.map(({ caseId }) => caseId)).toEqual(['successor'])
})

test('where nothing moved, nothing is touched', () => {
  const decided = [decidedFor('open')]

  expect(movedBetween(decided, decided).size).toBe(0)
  expect(followed(decided, new Map())).toBe(decided)
})
