import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { assign } from './assign.ts'

/** Tries everything. */
function best(worth: readonly (readonly number[])[], row = 0, used: readonly number[] = []): number {
  if (row === worth.length) return 0
  const without = best(worth, row + 1, used)
  return (worth[row] ?? []).reduce(
    (most, value, column) =>
      used.includes(column) ? most : Math.max(most, value + best(worth, row + 1, [...used, column])),
    without,
  )
}

test('the sum of the worths is the largest that there is, and no column is given twice', () => {
  const matrix = fc.integer({ min: 1, max: 5 }).chain((columns) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: columns, maxLength: columns }), {
      minLength: 1,
      maxLength: 4,
    }),
  )

  fc.assert(
    fc.property(matrix, (worth) => {
      const given = assign(worth)
      const columns = given.filter((column) => column !== undefined)

      expect(new Set(columns).size).toBe(columns.length)
      expect(
        given.reduce<number>(
          (sum, column, row) => sum + (column === undefined ? 0 : (worth[row]?.[column] ?? 0)),
          0,
        ),
      ).toBe(best(worth))
    }),
  )
})

test('what is worth nothing is not given', () => {
  const given = assign([
    [0, 0],
    [0.5, 0],
  ])

  expect(given).toEqual([undefined, 0])
})
