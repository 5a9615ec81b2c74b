/** A sparse text: columns and values, of length one. */
export interface Row {
  columns: Uint32Array
  values: Float64Array
}

export interface View {
  one: Row
  other: Row
}

const batchSize = 768
const temperature = 0.1
const learningRate = 0.01
const weightDecay = 1e-4 / batchSize

/**
 * Learns a direction for each column so that two views of one text (title and body, every second clause and the rest, message and reply) point the same way and views of different
 * texts apart: gradient descent (Adam) on the symmetrical cross-entropy within batches. Changes `directions` (columns × size) in place. Deterministic.
 */
export function learnDirections(
  views: readonly View[],
  directions: Float64Array,
  { size, epochs }: { size: number; epochs: number },
): void {
  const first = new Float64Array(directions.length)
  const second = new Float64Array(directions.length)
  const order = views.map((_, index) => index)
  const random = randomFrom(7)
  let step = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let index = order.length - 1; index > 0; index--) {
      const other = Math.floor(random() * (index + 1))
      const kept = order[index] as number
      order[index] = order[other] as number
      order[other] = kept
    }
    for (let start = 0; start + batchSize <= order.length; start += batchSize) {
      const batch = order.slice(start, start + batchSize).map((index) => views[index] as View)
      const gradient = gradientOf(batch, directions, size)
      step++
      const [bias, squareBias] = [1 - 0.9 ** step, 1 - 0.999 ** step]
      for (let k = 0; k < directions.length; k++) {
        const slope = (gradient[k] as number) + weightDecay * (directions[k] as number)
        first[k] = 0.9 * (first[k] as number) + 0.1 * slope
        second[k] = 0.999 * (second[k] as number) + 0.001 * slope * slope
        const pace = Math.sqrt((second[k] as number) / squareBias) + 1e-8
        directions[k] = (directions[k] as number) - (learningRate * (first[k] as number)) / bias / pace
      }
    }
  }
}

function gradientOf(batch: readonly View[], directions: Float64Array, size: number): Float64Array {
  const ones = batch.map(({ one }) => projected(one, directions, size))
  const others = batch.map(({ other }) => projected(other, directions, size))
  const n = batch.length
  const errors = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      errors[i * n + j] = Math.exp((product(ones[i] as Projected, others[j] as Projected) - 1) / temperature)
  const rows = new Float64Array(n)
  const columns = new Float64Array(n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      rows[i] = (rows[i] as number) + (errors[i * n + j] as number)
      columns[j] = (columns[j] as number) + (errors[i * n + j] as number)
    }
  const slopesOne = batch.map(() => new Float64Array(size))
  const slopesOther = batch.map(() => new Float64Array(size))
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const share = errors[i * n + j] as number
      const error =
        (share / (rows[i] as number) + share / (columns[j] as number) - (i === j ? 2 : 0)) /
        (temperature * 2 * n)
      addTimes(slopesOne[i] as Float64Array, (others[j] as Projected).unit, error)
      addTimes(slopesOther[j] as Float64Array, (ones[i] as Projected).unit, error)
    }
  const gradient = new Float64Array(directions.length)
  batch.forEach(({ one, other }, i) => {
    backProject(gradient, one, tangent(slopesOne[i] as Float64Array, ones[i] as Projected))
    backProject(gradient, other, tangent(slopesOther[i] as Float64Array, others[i] as Projected))
  })
  return gradient
}

interface Projected {
  unit: Float64Array
  length: number
}

function projected({ columns, values }: Row, directions: Float64Array, size: number): Projected {
  const unit = new Float64Array(size)
  columns.forEach((column, index) => {
    const value = values[index] as number
    for (let k = 0; k < size; k++)
      unit[k] = (unit[k] as number) + value * (directions[column * size + k] as number)
  })
  const length = Math.hypot(...unit) + 1e-6
  return { unit: unit.map((value) => value / length), length }
}

function product(a: Projected, b: Projected): number {
  let sum = 0
  for (let k = 0; k < a.unit.length; k++) sum += (a.unit[k] as number) * (b.unit[k] as number)
  return sum
}

function addTimes(into: Float64Array, vector: Float64Array, factor: number): void {
  for (let k = 0; k < into.length; k++) into[k] = (into[k] as number) + factor * (vector[k] as number)
}

/** The part of a slope that turns a unit vector, before it was made one. */
function tangent(slope: Float64Array, { unit, length }: Projected): Float64Array {
  let along = 0
  for (let k = 0; k < slope.length; k++) along += (slope[k] as number) * (unit[k] as number)
  return slope.map((value, k) => (value - along * (unit[k] as number)) / length)
}

function backProject(gradient: Float64Array, { columns, values }: Row, slope: Float64Array): void {
  columns.forEach((column, index) => {
    const value = values[index] as number
    for (let k = 0; k < slope.length; k++)
      gradient[column * slope.length + k] =
        (gradient[column * slope.length + k] as number) + value * (slope[k] as number)
  })
}

export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
