import { expect, test } from 'vitest'
import { treesScore, unpackedTrees } from '../../gateway/linking/reading/address-trees.ts'
import { fitTrees } from './address-fit.ts'

const options = { trees: 40, leaves: 4, rate: 0.3, fewest: 5, shrink: 1, measures: 1, examples: 1 }
const count = 400
const across = Float32Array.from({ length: count }, (_, index) => index % 20)
const down = Float32Array.from({ length: count }, (_, index) => Math.floor(index / 20))

test('trees learn what no sum of two measures says', () => {
  const truth = Array.from(across, (value, index) => value < 8 === (down[index] ?? 0) < 6)

  const trees = unpackedTrees(fitTrees([across, down], truth, options))

  const right = truth.filter(
    (isTrue, index) =>
      treesScore(trees, Float32Array.of(across[index] ?? 0, down[index] ?? 0)) > 0 === isTrue,
  )
  expect(right).toHaveLength(count)
})

test('a measure’s shares and the prior make up the score', () => {
  const truth = Array.from(across, (value, index) => value + (down[index] ?? 0) > 19)
  const trees = unpackedTrees(fitTrees([across, down], truth, options))
  const shares = new Float64Array(2)

  const score = treesScore(trees, Float32Array.of(15, 3), shares)

  expect(trees.prior + (shares[0] ?? 0) + (shares[1] ?? 0)).toBeCloseTo(score, 9)
  expect(shares[0]).toBeGreaterThan(0)
  expect(shares[1]).toBeLessThan(0)
})

test('the same examples make the same trees, none with a leaf of fewer examples than asked for', () => {
  const truth = Array.from(across, (value) => value > 3)

  const one = fitTrees([across, down], truth, options)

  expect(fitTrees([across, down], truth, options)).toEqual(one)
  expect(fitTrees([across, down], truth, { ...options, fewest: count }).trees[0]).toHaveLength(1)
})
