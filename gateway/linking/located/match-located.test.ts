import { expect, test } from 'vitest'
import type { Features } from '../types.ts'
import { located, smallModel } from './located-for-test.ts'
import { matchLocated } from './match-located.ts'

const aCase = (caseId: string, ...reports: Features[]) => ({ caseId, open: true, reports })
const at = (address: string, metres: number, hours = 0) => located({ address, metres, hours })

test('a second report of an address within the hour is linked', () => {
  const decision = matchLocated(
    at('翠景路18号', 2, 1),
    [aCase('other', at('翠景路40号', 90)), aCase('lamp', at('翠景路18号', 0))],
    smallModel,
  )

  expect(decision).toMatchObject({ decision: 'link', caseId: 'lamp' })
  expect(decision.matches[0]?.probability).toBeGreaterThan(0.9)
})

test('the house next door is a question for a clerk', () => {
  const decision = matchLocated(at('翠景路20号', 15, 1), [aCase('lamp', at('翠景路18号', 0))], smallModel)

  expect(decision).toMatchObject({ decision: 'review', caseId: 'lamp' })
})

test('another street is new', () => {
  const decision = matchLocated(at('金牛西路7号', 120, 1), [aCase('lamp', at('翠景路18号', 0))], smallModel)

  expect(decision).toMatchObject({ decision: 'new' })
  expect(decision.caseId).toBeUndefined()
})

test('where many report the same, being near says less', () => {
  const crowd = Array.from({ length: 10 }, (_, n) => aCase(`c${n}`, at(`翠景路${100 + 2 * n}号`, 20 + n)))
  const nextDoor = aCase('lamp', at('翠景路18号', 0))
  const report = at('翠景路20号', 15, 1)

  const alone = matchLocated(report, [nextDoor], smallModel)
  const crowded = matchLocated(report, [nextDoor, ...crowd], smallModel)

  const probabilityOf = (decision: typeof alone) =>
    decision.matches.find(({ caseId }) => caseId === 'lamp')?.probability ?? 0
  expect(probabilityOf(crowded)).toBeLessThan(probabilityOf(alone))
})

test('a case does not grow along a street', () => {
  const chain = aCase('lamp', at('翠景路18号', 0), at('翠景路60号', 310))

  const decision = matchLocated(at('翠景路60号', 320, 1), [chain], smallModel)

  expect(decision).toMatchObject({ decision: 'review', caseId: 'lamp' })
})

test('a case most of whose reports are about another place is a question for a clerk', () => {
  const mixed = aCase(
    'lamp',
    at('翠景路18号', 0),
    at('金牛西路7号', 200),
    at('金牛西路9号', 210),
    at('金牛西路11号', 220),
  )

  const decision = matchLocated(at('翠景路18号', 2, 1), [mixed], smallModel)

  expect(decision).toMatchObject({ decision: 'review', caseId: 'lamp' })
})

test('another component of the type is never linked by machine', () => {
  const stored = located({ address: '翠景路18号', metres: 0, component: '7' })
  const report = located({ address: '翠景路18号', metres: 0, component: '8' })

  const decision = matchLocated(report, [aCase('lamp', stored)], smallModel)

  expect(decision.decision).not.toBe('link')
})

test('a closed case of the day links as an open one, an older one less surely', () => {
  const probabilityOf = (open: boolean, hours: number) =>
    matchLocated(at('翠景路18号', 2, hours), [{ ...aCase('lamp', at('翠景路18号', 0)), open }], smallModel)
      .probability

  expect(probabilityOf(false, 20)).toBe(probabilityOf(true, 20))
  expect(probabilityOf(false, 30)).toBeLessThan(probabilityOf(true, 30))
})

test('a clerk who is asked sees up to three cases, those that are nearly as likely', () => {
  const cases = [16, 20, 14, 22].map((number) => aCase(`c${number}`, at(`翠景路${number}号`, 15)))
  const unlikely = aCase('far', at('金牛西路7号', 100))

  const { decision, matches } = matchLocated(at('翠景路18号', 0, 1), [...cases, unlikely], smallModel)

  expect(decision).toBe('review')
  expect(matches.map((match) => match.decision)).toEqual(['review', 'review', 'review', 'new', 'new'])
  expect(matches.find(({ caseId }) => caseId === 'far')?.decision).toBe('new')
})

test('beside a link a clerk is asked about another case that is likely', () => {
  const cases = [
    aCase('here', at('翠景路18号', 0)),
    aCase('next', at('翠景路20号', 15)),
    aCase('far', at('金牛西路7号', 100)),
  ]

  const { decision, caseId, matches } = matchLocated(at('翠景路18号', 0, 1), cases, smallModel)

  expect([decision, caseId]).toEqual(['link', 'here'])
  expect(matches.map((match) => [match.caseId, match.decision])).toEqual([
    ['here', 'link'],
    ['next', 'review'],
    ['far', 'new'],
  ])
})

test('a row of houses is not joined from one to the next', () => {
  const bold = {
    ...smallModel,
    prior: -4,
    cluster: { ...smallModel.cluster, weakestBits: 1 },
    weights: { address: { next2: 5, next4: 1 } },
  }
  const row = [at('翠景路18号', 0), at('翠景路20号', 15)]

  const nextDoor = matchLocated(at('翠景路22号', 30, 1), [aCase('one', ...row.slice(1))], bold)
  const third = matchLocated(at('翠景路22号', 30, 1), [aCase('two', ...row)], bold)

  expect(nextDoor.decision).toBe('link')
  expect(third).toMatchObject({ decision: 'review', caseId: 'two' })
})
