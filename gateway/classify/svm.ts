/** Rows of numbers, most of them 0: row i has its columns and values from `starts[i]` to before `starts[i + 1]`. */
export interface SparseRows {
  readonly starts: Uint32Array
  readonly columns: Uint32Array
  readonly values: Float32Array
  readonly width: number
}

/** A plane: a row lies on its own side where the sum of its values times `weights`, and `bias`, is above 0. */
export interface Plane {
  readonly weights: Float64Array
  readonly bias: number
}

/** How much an example on the wrong side costs. From 1 to 4 makes no difference beyond chance. */
const cost = 2
/** A pass whose largest projected gradient is below this is the last. */
const tolerance = 0.1
const maxPasses = 30

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const moved = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = moved
  }
}

/**
 * The plane between the rows of one class and all others: a support vector machine with squared hinge loss, by dual coordinate descent (Hsieh et
 * al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008, algorithm 1). The bias is a column of ones. Leaving out the rows that
 * rest on their own side, as algorithm 3 does, saved nothing on complaints.
 * @param isMember for each row, whether it is of the class
 */
export function separate(rows: SparseRows, isMember: (row: number) => boolean): Plane {
  const count = rows.starts.length - 1
  const sides = Int8Array.from({ length: count }, (_, row) => (isMember(row) ? 1 : -1))
  const curvature = curvatures(rows)
  const plane = { weights: new Float64Array(rows.width), bias: 0 }
  const multipliers = new Float64Array(count)
  const order = Uint32Array.from({ length: count }, (_, row) => row)
  const random = seeded(1)
  for (let pass = 0; pass < maxPasses; pass++) {
    shuffle(order, random)
    let steepest = 0
    for (const row of order) {
      const side = sides[row] ?? 1
      const multiplier = multipliers[row] ?? 0
      const gradient = valueAt(rows, row, plane) * side - 1 + multiplier / (2 * cost)
      if (multiplier === 0 && gradient >= 0) continue
      steepest = Math.max(steepest, Math.abs(gradient))
      const moved = Math.max(0, multiplier - gradient / (curvature[row] ?? 1))
      multipliers[row] = moved
      move(rows, row, { plane, step: (moved - multiplier) * side })
    }
    if (steepest < tolerance) break
  }
  return plane
}

function valueAt({ starts, columns, values }: SparseRows, row: number, { weights, bias }: Plane): number {
  const end = starts[row + 1] ?? 0
  let value = bias
  for (let at = starts[row] ?? 0; at < end; at++)
    value += (weights[columns[at] ?? 0] ?? 0) * (values[at] ?? 0)
  return value
}

/** Adds `step` times a row to the plane. */
function move(
  { starts, columns, values }: SparseRows,
  row: number,
  { plane, step }: { plane: { weights: Float64Array; bias: number }; step: number },
): void {
  const { weights } = plane
  const end = starts[row + 1] ?? 0
  for (let at = starts[row] ?? 0; at < end; at++) {
    const column = columns[at] ?? 0
    weights[column] = (weights[column] ?? 0) + step * (values[at] ?? 0)
  }
  plane.bias += step
}

/** The second derivative along each row's multiplier. */
function curvatures({ starts, values }: SparseRows): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, row) => {
    let squares = 1 + 1 / (2 * cost)
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++) squares += (values[at] ?? 0) ** 2
    return squares
  })
}
