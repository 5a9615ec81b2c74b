import { expect, test } from 'vitest'
import { separate, type SparseRows } from './svm.ts'

/** Two columns each. */
function rowsOf(points: readonly (readonly [number, number])[]): SparseRows {
  return {
    starts: Uint32Array.from({ length: points.length + 1 }, (_, row) => row * 2),
    columns: Uint32Array.from({ length: points.length * 2 }, (_, at) => at % 2),
    values: Float32Array.from(points.flat()),
    width: 2,
  }
}

const points = [
  [1, 0.1],
  [0.9, 0.3],
  [0.8, 0.1],
  [0.1, 1],
  [0.3, 0.8],
  [0.2, 0.9],
] as const

test('the plane leaves each row on its own side', () => {
  const { weights, bias } = separate(rowsOf(points), (row) => row < 3)

  const sides = points.map(([x, y]) => x * (weights[0] ?? 0) + y * (weights[1] ?? 0) + bias > 0)
  expect(sides).toEqual([true, true, true, false, false, false])
})

test('the same rows give the same plane', () => {
  expect(separate(rowsOf(points), (row) => row < 3)).toEqual(separate(rowsOf(points), (row) => row < 3))
})

test('a class without a member lies beyond every row', () => {
  const { weights, bias } = separate(rowsOf(points), () => false)

  expect(points.every(([x, y]) => x * (weights[0] ?? 0) + y * (weights[1] ?? 0) + bias < 0)).toBe(true)
})

test('the plane is the one of least loss: moving it in any direction costs more', () => {
  const crossed = [...points, [0.15, 0.95], [0.85, 0.2]] as const
  const isMember = (row: number) => row < 3 || row === 6
  const lossOf = (plane: { weights: readonly number[]; bias: number }) =>
    crossed.reduce(
      (sum, [x, y], row) => {
        const value = x * (plane.weights[0] ?? 0) + y * (plane.weights[1] ?? 0) + plane.bias
        return sum + 2 * Math.max(0, 1 - value * (isMember(row) ? 1 : -1)) ** 2
      },
      (plane.weights.reduce((sum, weight) => sum + weight ** 2, 0) + plane.bias ** 2) / 2,
    )
  const { weights, bias } = separate(rowsOf(crossed), isMember)
  const found = { weights: [...weights], bias }

  const around = [0.3, -0.3].flatMap((move) => [
    lossOf({ ...found, bias: bias + move }),
    lossOf({ ...found, weights: [(weights[0] ?? 0) + move, weights[1] ?? 0] }),
    lossOf({ ...found, weights: [weights[0] ?? 0, (weights[1] ?? 0) + move] }),
  ])

  expect(Math.min(...around)).toBeGreaterThan(lossOf(found))
})
