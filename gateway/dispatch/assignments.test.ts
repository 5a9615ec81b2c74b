import { expect, test } from 'vitest'
import type { CaseEventContent, CaseEventType } from '../../schemas/case.ts'
import { applyToAssignments, type AssignmentRow } from './assignments.ts'

const occurredAt = new Date('2026-11-22T02:00:00Z')
let ids = 0
const step = (type: CaseEventType, content: CaseEventContent = {}) => ({
  type,
  content,
  occurredAt,
  newId: () => `id-${(ids += 1)}`,
})
const given = (content: CaseEventContent): readonly AssignmentRow[] => {
  const verdict = applyToAssignments([], step('dispatched', content))
  return verdict.kind === 'refused' ? [] : verdict.assignments
}
const summary = (rows: readonly AssignmentRow[]) =>
  rows.map((row) => `${row.unitCode} ${row.role} ${row.state}`)

test('dispatching makes one lead and its co-handlers', () => {
  expect(summary(given({ leadUnit: 'A', coUnits: ['B', 'C'] }))).toEqual([
    'A lead dispatched',
    'B co dispatched',
    'C co dispatched',
  ])
})

test('dispatching without a lead is refused with what to set', () => {
  expect(applyToAssignments([], step('dispatched'))).toMatchObject({
    kind: 'refused',
    detail: expect.stringContaining('content.leadUnit'),
  })
})

test('a co-handler signs for itself, the case stays', () => {
  const verdict = applyToAssignments(
    given({ leadUnit: 'A', coUnits: ['B'] }),
    step('signed', { unitCode: 'B' }),
  )

  expect(verdict).toMatchObject({ kind: 'part' })
  expect(verdict.kind === 'refused' ? [] : summary(verdict.assignments)).toEqual([
    'A lead dispatched',
    'B co signed',
  ])
})

test('the lead cannot resolve before its co-handlers', () => {
  expect(applyToAssignments(given({ leadUnit: 'A', coUnits: ['B'] }), step('resolved'))).toMatchObject({
    kind: 'refused',
    detail: expect.stringContaining('B'),
  })
})

test('when the lead returns, the co-handlers are withdrawn', () => {
  const verdict = applyToAssignments(given({ leadUnit: 'A', coUnits: ['B'] }), step('returned'))

  expect(verdict.kind === 'refused' ? [] : summary(verdict.assignments)).toEqual([
    'A lead returned',
    'B co withdrawn',
  ])
})

test('a unit without an assignment is refused, and those that have one are listed', () => {
  expect(applyToAssignments(given({ leadUnit: 'A' }), step('signed', { unitCode: 'Z' }))).toMatchObject({
    kind: 'refused',
    detail: expect.stringContaining('A (lead)'),
  })
})

test('a transfer gives the assignment with its time to another unit', () => {
  const verdict = applyToAssignments(
    given({ leadUnit: 'A', coUnits: ['B'], dueAt: '2026-11-30T00:00:00.000Z' }),
    step('transferred', { leadUnit: 'C' }),
  )

  expect(verdict.kind === 'refused' ? [] : summary(verdict.assignments)).toEqual([
    'A lead withdrawn',
    'B co dispatched',
    'C lead dispatched',
  ])
  expect(verdict).toMatchObject({
    assignments: expect.arrayContaining([
      expect.objectContaining({ unitCode: 'C', dueAt: new Date('2026-11-30T00:00:00.000Z') }),
    ]),
  })
})

test('only a granted extension moves the due time', () => {
  const dueAt = '2026-12-05T00:00:00.000Z'
  const asked = applyToAssignments(
    given({ leadUnit: 'A' }),
    step('extended', { decision: 'requested', dueAt }),
  )
  const granted = applyToAssignments(
    given({ leadUnit: 'A' }),
    step('extended', { decision: 'granted', dueAt }),
  )

  expect(asked).toMatchObject({ kind: 'part', assignments: [{ dueAt: null }] })
  expect(granted).toMatchObject({ kind: 'part', assignments: [{ dueAt: new Date(dueAt) }] })
})

test('dispatching again withdraws what was open', () => {
  const verdict = applyToAssignments(given({ leadUnit: 'A' }), step('dispatched', { leadUnit: 'D' }))

  expect(verdict.kind === 'refused' ? [] : summary(verdict.assignments)).toEqual([
    'A lead withdrawn',
    'D lead dispatched',
  ])
})
