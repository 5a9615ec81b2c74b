interface Entry {
  column: number
  value: number
}

/** The first right singular vectors of a sparse matrix, each times its singular value to the power of -½; `columns` × `size`, row by row. Deterministic. */
export function singularDirections(
  rows: readonly (readonly Entry[])[],
  { columns, size, rounds }: { columns: number; size: number; rounds: number },
): Float64Array {
  let state = 0x2545f491
  const random = () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
    state ^= state >>> 12
    return (state >>> 0) / 2 ** 32 - 0.5
  }
  let basis = Float64Array.from({ length: columns * size }, random)
  let lengths: number[] = []
  for (let round = 0; round < rounds; round++) {
    const projected = new Float64Array(columns * size)
    const sums = new Float64Array(size)
    for (const row of rows) {
      sums.fill(0)
      for (const { column, value } of row)
        for (let k = 0; k < size; k++) sums[k] = (sums[k] ?? 0) + value * (basis[column * size + k] ?? 0)
      for (const { column, value } of row)
        for (let k = 0; k < size; k++)
          projected[column * size + k] = (projected[column * size + k] ?? 0) + value * (sums[k] ?? 0)
    }
    lengths = orthonormalise(projected, { columns, size })
    basis = projected
  }
  // A squared singular value is what one round multiplies by.
  const scales = lengths.map((length) => 1 / Math.max(1e-9, length) ** 0.25)
  return basis.map((value, index) => value * (scales[index % size] ?? 0))
}

/** Gram–Schmidt over the columns of the basis, in place; returns each one's length before. */
function orthonormalise(basis: Float64Array, { columns, size }: { columns: number; size: number }): number[] {
  const lengths: number[] = []
  for (let k = 0; k < size; k++) {
    for (let before = 0; before < k; before++) {
      let product = 0
      for (let c = 0; c < columns; c++)
        product += (basis[c * size + k] ?? 0) * (basis[c * size + before] ?? 0)
      for (let c = 0; c < columns; c++)
        basis[c * size + k] = (basis[c * size + k] ?? 0) - product * (basis[c * size + before] ?? 0)
    }
    let square = 0
    for (let c = 0; c < columns; c++) square += (basis[c * size + k] ?? 0) ** 2
    const length = Math.sqrt(square) || 1
    lengths.push(length)
    for (let c = 0; c < columns; c++) basis[c * size + k] = (basis[c * size + k] ?? 0) / length
  }
  return lengths
}
