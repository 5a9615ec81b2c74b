import { expect, test } from 'vitest'
import { decide } from '../decide.ts'
import { east, onDay, reported } from '../report-for-test.ts'
import type { Candidate, Features } from '../types.ts'
import { decideWith } from './decide-with.ts'
import { shippedModel, trainedModel } from './link-model.ts'

const caseOf = (...reports: Features[]): Candidate => ({ caseId: 'c1', open: true, reports })
const lamp = reported('翠溪路的路灯整晚不亮，夜里走路看不清', {
  submittedAt: onDay(0),
  location: { point: east(0) },
})
const lampAgain = reported('翠溪路路灯晚上不亮，走路看不清', {
  submittedAt: onDay(2),
  location: { point: east(20) },
})
const lampFarAway = reported('锦坪路的路灯整晚不亮，夜里走路看不清', {
  submittedAt: onDay(0),
  location: { point: east(5000) },
})

/** The shipped model with its told table changed. */
const model = (change: { prior?: number; thresholds?: { link: number; review: number }; weights?: object }) =>
  trainedModel('trained-test', { told: { ...shippedModel().told, ...change } })

test('the shipped model decides as ever', () => {
  expect(decideWith(shippedModel(), lampAgain, [caseOf(lamp)])).toEqual(decide(lampAgain, [caseOf(lamp)]))
})

test('a trained model with the shipped tables decides the same', () => {
  const [match] = decideWith(model({}), lampAgain, [caseOf(lamp)]).matches
  const [shipped] = decide(lampAgain, [caseOf(lamp)]).matches

  expect(match?.decision).toBe(shipped?.decision)
  expect(match?.parts).toEqual(shipped?.parts)
  expect(match?.probability).toBeCloseTo(shipped?.probability ?? 0, 9)
})

test('learned weights change parts, score and probability together', () => {
  const { time } = shippedModel().told.weights
  const doubtful = model({ weights: { time: { ...time, withinWeek: -6 } } })

  const [match] = decideWith(doubtful, lampAgain, [caseOf(lamp)]).matches
  const [shipped] = decide(lampAgain, [caseOf(lamp)]).matches

  expect(match?.score).toBeCloseTo((shipped?.score ?? 0) - 7, 6)
  expect(match?.parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(match?.score ?? 0, 6)
  expect(match?.probability).toBeLessThan(shipped?.probability ?? 0)
})

test('a learned prior links what was asked about, and asks about what was linked', () => {
  const bold = decideWith(model({ prior: shippedModel().told.prior + 20 }), lampAgain, [caseOf(lamp)])
  const shy = decideWith(model({ prior: shippedModel().told.prior - 20 }), lampAgain, [caseOf(lamp)])

  expect(bold.decision).toBe('link')
  expect(shy.decision).toBe('new')
})

test('two places are never linked by machine, whatever was learned', () => {
  const bold = model({ prior: shippedModel().told.prior + 60 })

  expect(decideWith(bold, lampFarAway, [caseOf(lamp)]).decision).not.toBe('link')
})

test('the same number links, whatever was learned', () => {
  const references = [{ issuer: 'city', number: '77' }]
  const known = reported('翠溪路路灯不亮', { references })
  const again = reported('请问上次反映的怎么样了', { references })

  expect(decideWith(model({ prior: -60 }), again, [caseOf(known)]).decision).toBe('link')
})
