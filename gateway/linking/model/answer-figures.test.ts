import { expect, test } from 'vitest'
import { contributionsOf, figuresOf } from './answer-figures.ts'
import type { Answer } from './answers.ts'
import { shippedModel } from './link-model.ts'
import { predictionsOf } from './predictions.ts'

const told = {
  prior: 0,
  thresholds: { link: 0.9, review: 0.4 },
  weights: { text: { high: 4, none: -4 }, time: { day: 0 } },
}
const model = { ...shippedModel(), told }

const answer = (text: string, same: boolean, gate: Answer['gate'] = 'open'): Answer => ({
  table: 'told',
  levels: { text, time: 'day' },
  gate,
  evidence: true,
  verdictId: 'v',
  same,
})

test('what is foretold is the score, decided by thresholds and gates', () => {
  const decisions = predictionsOf(model, [
    answer('high', true),
    answer('none', false),
    answer('high', false, 'clerk'),
    answer('high', false, 'closed'),
  ]).map(({ decision }) => decision)

  expect(decisions).toEqual(['link', 'new', 'review', 'new'])
})

test('agreement, precision, recall and calibration count what clerks said', () => {
  const answers = [answer('high', true), answer('high', true), answer('high', false), answer('none', true)]

  const figures = figuresOf(predictionsOf(model, answers))

  expect(figures).toMatchObject({
    answers: 4,
    same: 3,
    agreement: { link: { same: 2, different: 1 }, new: { same: 1, different: 0 } },
  })
  expect(figures.precision).toBeCloseTo(2 / 3)
  expect(figures.recall).toBeCloseTo(2 / 3)
  expect(figures.calibration.at(-1)).toMatchObject({ answers: 3, observed: 2 / 3 })
})

test('without answers there is neither precision nor recall', () => {
  const figures = figuresOf([])

  expect(figures).toMatchObject({ answers: 0, logLoss: 0 })
  expect('precision' in figures || 'recall' in figures).toBe(false)
})

test('a comparison that tells same from different contributes, one that says nothing does not', () => {
  const found = contributionsOf(model, [answer('high', true), answer('none', false)])

  expect(found.map(({ field }) => field)).toEqual(['text', 'time'])
  expect(found[0]).toMatchObject({ answers: 2, same: 4, different: -4 })
  expect(found[0]?.lost).toBeGreaterThan(0.5)
  expect(found[1]?.lost).toBe(0)
})
