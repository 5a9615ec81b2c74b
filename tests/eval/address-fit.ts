/** Logistic regression over levels: each (field, level) that occurs often enough gets a weight, drawn towards 0. */
import type { AddressLevels } from '../../gateway/linking/reading/address-levels.ts'
import type { AddressWeights } from '../../gateway/linking/reading/address-model.ts'

export interface FitOptions {
  /** Strength with which weights are drawn towards 0, in examples. */
  readonly shrink: number
  readonly rounds: number
  /** Levels seen in fewer examples get no weight. */
  readonly fewest: number
}

interface Coded {
  readonly names: readonly (readonly [field: string, level: string])[]
  readonly rows: readonly Uint16Array[]
}

function coded(examples: readonly AddressLevels[], fewest: number): Coded {
  const counts = new Map<string, number>()
  const keyOf = (field: string, level: string) => `${field}\n${level}`
  const entries = examples.map((levels) => Object.entries(levels).filter(([, level]) => level !== ''))
  for (const levels of entries)
    for (const [field, level] of levels)
      counts.set(keyOf(field, level), (counts.get(keyOf(field, level)) ?? 0) + 1)
  const kept = [...counts].filter(([, count]) => count >= fewest).map(([key]) => key)
  const indexes = new Map(kept.map((key, index) => [key, index]))
  return {
    names: kept.map((key) => key.split('\n') as [string, string]),
    rows: entries.map((levels) =>
      Uint16Array.from(
        levels.flatMap(([field, level]) => {
          const index = indexes.get(keyOf(field, level))
          return index === undefined ? [] : [index]
        }),
      ),
    ),
  }
}

const firstStep = 0.05
const momentum = 0.9
const memory = 0.99

/** Adam over all examples at once, with steps that end small: the problem is convex and the order of nothing matters. */
function solve(
  { names, rows }: Coded,
  truth: readonly boolean[],
  { shrink, rounds }: FitOptions,
): Float64Array {
  const size = names.length + 1
  const weights = new Float64Array(size)
  const mean = new Float64Array(size)
  const square = new Float64Array(size)
  for (let round = 1; round <= rounds; round++) {
    const gradient = gradientOf(weights, rows, truth)
    const step = firstStep * Math.min(1, (2 * (rounds - round)) / rounds + 0.02)
    for (let index = 0; index < size; index++) {
      const pull = index === size - 1 ? 0 : shrink * (weights[index] ?? 0)
      const slope = ((gradient[index] ?? 0) + pull) / rows.length
      mean[index] = momentum * (mean[index] ?? 0) + (1 - momentum) * slope
      square[index] = memory * (square[index] ?? 0) + (1 - memory) * slope * slope
      const speed = Math.sqrt((square[index] ?? 0) / (1 - memory ** round)) + 1e-8
      weights[index] = (weights[index] ?? 0) - (step * (mean[index] ?? 0)) / (1 - momentum ** round) / speed
    }
  }
  return weights
}

function gradientOf(
  weights: Float64Array,
  rows: readonly Uint16Array[],
  truth: readonly boolean[],
): Float64Array {
  const gradient = new Float64Array(weights.length)
  const last = weights.length - 1
  rows.forEach((row, example) => {
    let sum = weights[last] ?? 0
    for (const index of row) sum += weights[index] ?? 0
    const error = 1 / (1 + Math.exp(-sum)) - (truth[example] === true ? 1 : 0)
    for (const index of row) gradient[index] = (gradient[index] ?? 0) + error
    gradient[last] = (gradient[last] ?? 0) + error
  })
  return gradient
}

/** Weights in bits, to two decimals; those that round to nothing are left out. */
export function fitWeights(
  examples: readonly AddressLevels[],
  truth: readonly boolean[],
  options: FitOptions,
): AddressWeights {
  const code = coded(examples, options.fewest)
  const solved = solve(code, truth, options)
  const bits = (value: number) => Number((value / Math.LN2).toFixed(2))
  const weights: { [field: string]: { [level: string]: number } } = {}
  code.names.forEach(([field, level], index) => {
    const weight = bits(solved[index] ?? 0)
    if (weight !== 0) (weights[field] ??= {})[level] = weight
  })
  const inOrder = Object.entries(weights).map(([field, levels]) => [
    field,
    Object.fromEntries(Object.entries(levels).toSorted(([, a], [, b]) => b - a)),
  ])
  return {
    prior: bits(solved.at(-1) ?? 0),
    weights: Object.fromEntries(inOrder) as AddressWeights['weights'],
  }
}

export function scoreOf(levels: AddressLevels, { prior, weights }: AddressWeights): number {
  return Object.entries(levels).reduce((sum, [field, level]) => sum + (weights[field]?.[level] ?? 0), prior)
}
