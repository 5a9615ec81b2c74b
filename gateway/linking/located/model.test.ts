import { expect, test } from 'vitest'
import { locatedFields } from './levels.ts'
import { groupOf, isUnplaced, locatedBits, locatedModelOf, settings, shippedLocatedModel } from './model.ts'

test('the shipped parameters weigh known fields only, each level by a finite number of bits', () => {
  const { weights } = shippedLocatedModel()

  expect([...locatedFields, 'case']).toEqual(expect.arrayContaining(Object.keys(weights)))
  expect(
    Object.values(weights)
      .flatMap((levels) => Object.values(levels))
      .every(Number.isFinite),
  ).toBe(true)
})

test('a link asks for more than a question to a clerk does', () => {
  const { thresholds, linkAt } = shippedLocatedModel()

  for (const setting of settings) expect(linkAt[setting]).toBeGreaterThan(thresholds.review)
})

test('an unknown level weighs nothing', () => {
  expect(locatedBits(shippedLocatedModel(), 'category', 'no-such-category')).toBe(0)
})

test('a category that no group is known of is grouped by its code', () => {
  expect(groupOf(shippedLocatedModel(), '0203')).toBe('02')
  expect(groupOf(shippedLocatedModel(), undefined)).toBeUndefined()
})

test('a trained table keeps what the release knows beside it, and stays one object', () => {
  const table = { prior: -3, thresholds: { link: 0.9, review: 0.2 }, weights: { time: { withinDay: 1 } } }

  const model = locatedModelOf(table)

  expect(model).toMatchObject({ ...table, linkAt: shippedLocatedModel().linkAt })
  expect(locatedModelOf(table)).toBe(model)
})

test('a point counts as none when it is written as such, to some ten metres', () => {
  const model = { ...shippedLocatedModel(), unplaced: ['22.5000,114.0000'] }

  expect(isUnplaced(model, { latitude: 22.50001, longitude: 114 })).toBe(true)
  expect(isUnplaced(model, { latitude: 22.501, longitude: 114 })).toBe(false)
})
