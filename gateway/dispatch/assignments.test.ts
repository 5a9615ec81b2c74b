import { expect, test } from 'vitest'
import type { CaseEventContent, CaseEventType } from '../../schemas/case.ts'
import { applyToAssignments, type AssignmentRow } from './assignments.ts'

const occurredAt = new Date('2026-11-22T02:00:00Z')
let ids = 0
const step = (type: CaseEventType, content: CaseEventContent = {}) => ({ type, content, occurredAt, newId: () => `id-${(ids += 1)}` })
const given = (content: CaseEventContent): readonly AssignmentRow[] => {
  const verdict = applyToAssignments([], step('dispatched', content))
  return verdict.kind === 'refused' ? [] : verdict.assignments
}
const summary = (rows: readonly AssignmentRow[]) => rows.map((row) => `${row.unitCode} ${row.role} ${row.state}`)

test('dispatching makes one lead and its co-handlers', () => {
  expect(summary(given({ leadUnit: 'A', coUnits: ['B', 'C'] }))).toEqual(['A lead dispatched', 'B co dispatched', 'C co dispatched'])
})

test('dispatching without a lead is refused with what to set', () => {
  expect(applyToAssignments([], step('dispatched'))).toMatchObject({ kind: 'refused', detail: expect.stringContaining('content.leadUnit') })
})

test('a co-handler signs for itself, the case stays', () => {
  const verdict = applyToAssignments(given({ leadUnit: 'A', coUnits: ['B'] }), step('signed', { unitCode: 'B' }))

  expect(verdict).toMatchObject({ kind: 'part' })
  expect(verdict.kind === 'refused' ? [] : summary(verdict.assignments)).toEqual(['A lead dispatched', 'B co signed'])
})

test('the lead cannot resolve before its co-handlers', () => {
  expect(applyToAssignments(given({ leadUnit: 'A', coUnits: ['B'] }), step('resolved'))).toMatchObject({ kind: 'refused', detail: expect.stringContaining('B') })
})

test('when the lead returns, the co-handlers are withdrawn', () => {
  const verdict = applyToAssignments(given({ leadUnit: 'A', coUnits: ['B'] }), step('returned'))

  expect(verdict.kind === 'refused' ? [] : summary(verdict.assignments)).toEqual(['A lead returned', 'B co withdrawn'])
})

test('a unit without an assignment is refused, and those that have one are listed', () => {
  expect(applyToAssignments(given({ leadUnit: 'A' }), step('signed', { unitCode: 'Z' }))).toMatchObject({ kind: 'refused', detail: expect.stringContaining('A (lead)') })
})

test('dispatching again withdraws what was open', () => {
  const verdict = applyToAssignments(given({ leadUnit: 'A' }), step('dispatched', { leadUnit: 'D' }))

  expect(verdict.kind === 'refused' ? [] : summary(verdict.assignments)).toEqual(['A lead withdrawn', 'D lead dispatched'])
})
