import { expect, test } from 'vitest'
import { fitLevels, type Examples } from './fit.ts'

/** Pairs of two fields: levels 0 and 1 of the first, 2 and 3 of the second, by planted weights. */
function planted(weights: readonly number[], bias: number): Examples {
  const cells = [0, 1].flatMap((first) => [2, 3].map((second) => [first, second] as const))
  const rows = cells.flatMap(([first, second]) => {
    const p = 1 / (1 + Math.exp(-(bias + (weights[first] ?? 0) + (weights[second] ?? 0))))
    return [
      { first, second, same: 1, weight: 1000 * p },
      { first, second, same: 0, weight: 1000 * (1 - p) },
    ]
  })
  return {
    levels: [Int32Array.from(rows, ({ first }) => first), Int32Array.from(rows, ({ second }) => second)],
    same: Uint8Array.from(rows, ({ same }) => same),
    weight: Float64Array.from(rows, ({ weight }) => weight),
  }
}

const held = (...shrink: number[]) => ({ shrink: Float64Array.from(shrink), beside: new Map() })
const allRows = (examples: Examples) => Int32Array.from(examples.same.keys())

test('planted weights are found again', () => {
  const examples = planted([1, -1, 0.5, -0.5], -2)

  const { bias, beta } = fitLevels(examples, held(0.01, 0.01, 0.01, 0.01), allRows(examples))

  expect((beta[0] ?? 0) - (beta[1] ?? 0)).toBeCloseTo(2, 1)
  expect((beta[2] ?? 0) - (beta[3] ?? 0)).toBeCloseTo(1, 1)
  expect(bias + (beta[0] ?? 0) + (beta[2] ?? 0)).toBeCloseTo(-0.5, 1)
})

test('a level that is pulled hard weighs nothing', () => {
  const examples = planted([1, -1, 0.5, -0.5], -2)

  const { beta } = fitLevels(examples, held(1e9, 1e9, 0.01, 0.01), allRows(examples))

  expect(Math.abs(beta[0] ?? 1)).toBeLessThan(1e-3)
  expect((beta[2] ?? 0) - (beta[3] ?? 0)).toBeGreaterThan(0.8)
})

test('rows that are left out teach nothing', () => {
  const examples = planted([3, -3, 0, 0], 0)
  const rows = allRows(examples).filter((row) => examples.levels[0]?.[row] === 0)

  const { beta } = fitLevels(examples, held(1, 1, 1, 1), rows)

  expect(beta[1]).toBe(0)
})

test('levels in an order that are held hard weigh alike, and as much as both say', () => {
  const examples = planted([1, 0, 0.5, -0.5], -2)
  const beside = new Map([
    [0, [1]],
    [1, [0]],
  ])

  const { bias, beta } = fitLevels(
    examples,
    { shrink: Float64Array.from([1e5, 1e5, 0.01, 0.01]), beside },
    allRows(examples),
  )

  expect((beta[0] ?? 0) - (beta[1] ?? 0)).toBeCloseTo(0, 1)
  expect((beta[2] ?? 0) - (beta[3] ?? 0)).toBeCloseTo(1, 1)
  expect(bias + (beta[0] ?? 0) + (beta[2] ?? 0)).toBeGreaterThan(-1.5)
})
