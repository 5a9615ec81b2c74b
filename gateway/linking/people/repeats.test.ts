import { describe, expect, test } from 'vitest'
import { reported } from '../report-for-test.ts'
import type { Decision } from '../types.ts'
import { escalationsOf } from './escalations.ts'
import { isFollowUp } from './follow-up.ts'

describe('escalations', () => {
  const rules = {
    person: [{ reports: 3, withinDays: 30, level: 1 }],
    people: [
      { people: 5, level: 1 },
      { people: 20, level: 2 },
    ],
    reports: [{ reports: 10, level: 1 }],
  }

  test('name each threshold that is reached, and say why in words', () => {
    const found = escalationsOf(rules, { reports: 9, people: 6, person: (days) => (days === 30 ? 3 : 0) })

    expect(found.map(({ eventId, level }) => [eventId, level])).toEqual([
      ['escalated:repeat-person:3:30', 1],
      ['escalated:many-people:5', 1],
    ])
    expect(found.map(({ internalNote }) => internalNote)).toEqual([
      '同一人在30天内反映了3次（督办级别1）。',
      '已有6人反映同一事项（督办级别1）。',
    ])
  })

  test('are none below the thresholds', () => {
    expect(escalationsOf(rules, { reports: 9, people: 4, person: () => 2 })).toEqual([])
  })
})

describe('a follow-up', () => {
  const linkedBy = (...parts: [field: 'person' | 'reference', level: string][]): Decision => ({
    decision: 'link',
    caseId: 'c',
    probability: 1,
    matches: [
      {
        caseId: 'c',
        reportId: 'r',
        decision: 'link',
        score: 9,
        probability: 1,
        parts: parts.map(([field, level]) => ({ field, level, weight: 1, detail: '' })),
      },
    ],
  })

  test.each(['上次反映的路灯修好两天又坏了', '路灯仍然不亮，没有人来修', '已经反映过三次，至今未处理'])(
    'is what the same person says again: %s',
    (text) => {
      expect(isFollowUp(reported(text), linkedBy(['person', 'same']))).toBe(true)
      expect(isFollowUp(reported(text), linkedBy(['person', 'different']))).toBe(false)
    },
  )

  test('is what quotes the number of the earlier one', () => {
    expect(isFollowUp(reported('路灯不亮'), linkedBy(['reference', 'related']))).toBe(true)
  })

  test('is not what the same person says for the first time', () => {
    expect(isFollowUp(reported('翠溪路的路灯不亮，请派人维修'), linkedBy(['person', 'same']))).toBe(false)
  })
})
