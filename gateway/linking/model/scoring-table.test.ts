import { expect, test } from 'vitest'
import { bitsOf, movedOn, probabilityAt, scoreOf, type ScoringTable } from './scoring-table.ts'

const table = (prior: number, weights: ScoringTable['weights']): ScoringTable => ({
  prior,
  thresholds: { link: 0.9, review: 0.35 },
  weights,
})

test('a score is the sum of what each level weighs; what is not known weighs nothing', () => {
  const { weights } = table(-2, { place: { same: 3 }, text: { high: 2, none: -1 } })

  expect(scoreOf({ weights }, { place: 'same', text: 'none', moon: 'full' })).toBe(2)
  expect(bitsOf({ weights }, 'place', 'other')).toBe(0)
  expect(probabilityAt(0)).toBe(0.5)
})

test('what a training moved is moved on a newer table, whose other changes stay', () => {
  const from = table(-2, { place: { same: 3, other: -1 } })
  const to = { ...table(-2.5, { place: { same: 4, other: -1 } }), thresholds: { link: 0.92, review: 0.35 } }
  const newer = {
    ...table(-3, { place: { same: 5, other: -2 }, plate: { same: 6 } }),
    thresholds: { link: 0.8, review: 0.3 },
  }

  expect(movedOn(newer, { from, to })).toEqual({
    prior: -3.5,
    thresholds: { link: 0.92, review: 0.3 },
    weights: { place: { same: 6, other: -2 }, plate: { same: 6 } },
  })
})

test('a table that a training did not move is as it was', () => {
  const shipped = table(-2, { place: { same: 3 } })

  expect(movedOn(shipped, { from: shipped, to: shipped })).toEqual(shipped)
})
