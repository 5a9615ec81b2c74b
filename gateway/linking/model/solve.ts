/** Solves a symmetrical, positive definite system by Cholesky's decomposition; `matrix` is overwritten. */
export function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const size = right.length
  const at = (row: number, column: number) => matrix[row]?.[column] ?? 0
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = at(row, column)
      for (let before = 0; before < column; before++) sum -= at(row, before) * at(column, before)
      const line = matrix[row] as Float64Array
      line[column] = row === column ? Math.sqrt(sum) : sum / at(column, column)
    }
  const found = Float64Array.from(right)
  for (let row = 0; row < size; row++) {
    let sum = found[row] ?? 0
    for (let column = 0; column < row; column++) sum -= at(row, column) * (found[column] ?? 0)
    found[row] = sum / at(row, row)
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = found[row] ?? 0
    for (let column = row + 1; column < size; column++) sum -= at(column, row) * (found[column] ?? 0)
    found[row] = sum / at(row, row)
  }
  return found
}
