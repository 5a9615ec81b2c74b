import { expect, test } from 'vitest'
import { CaseEventType } from '../../schemas/case.ts'
import { progressTextOf } from './progress-text.ts'

test('the text for the citizen goes before the answer, and both before the standing wording', () => {
  expect(progressTextOf({ type: 'resolved', content: { publicText: '已修复', answer: '答复' } })).toBe(
    '已修复',
  )
  expect(progressTextOf({ type: 'resolved', content: { answer: '答复' } })).toBe('答复')
  expect(progressTextOf({ type: 'resolved', content: { internalNote: '内部' } })).toBe('您的诉求已办结')
})

test('every event type has a wording, and an extension says how it was decided', () => {
  const types = CaseEventType.anyOf.flatMap((union) => union.enum)

  expect(
    types.map((type) => progressTextOf({ type, content: {} })).filter((text) => text.length < 3),
  ).toEqual([])
  expect(progressTextOf({ type: 'extended', content: { decision: 'refused' } })).toBe('延期申请未获同意')
})
