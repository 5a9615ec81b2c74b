/**
 * Gives each row at most one column and each column at most one row, so that the sum of the worths is largest (the Hungarian
 * method with potentials, O(rows² · columns)). A pair worth nothing is left out. Result: for each row its column.
 */
export function assign(worth: readonly (readonly number[])[]): (number | undefined)[] {
  const rows = worth.length
  const columns = worth[0]?.length ?? 0
  // Each row has a column of its own that is worth nothing, so that it may stay without one.
  const width = columns + rows
  const cost = (row: number, column: number): number => -(worth[row]?.[column] ?? 0)
  const rowPotential = new Float64Array(rows + 1)
  const columnPotential = new Float64Array(width + 1)
  const rowOf = new Int32Array(width + 1)
  const before = new Int32Array(width + 1)
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row
    let column = 0
    const slack = new Float64Array(width + 1).fill(Number.POSITIVE_INFINITY)
    const used = new Uint8Array(width + 1)
    do {
      used[column] = 1
      const at = rowOf[column] ?? 0
      let delta = Number.POSITIVE_INFINITY
      let next = 0
      for (let other = 1; other <= width; other++) {
        if (used[other] === 1) continue
        const reduced = cost(at - 1, other - 1) - (rowPotential[at] ?? 0) - (columnPotential[other] ?? 0)
        if (reduced < (slack[other] ?? 0)) {
          slack[other] = reduced
          before[other] = column
        }
        if ((slack[other] ?? 0) < delta) {
          delta = slack[other] ?? 0
          next = other
        }
      }
      for (let other = 0; other <= width; other++) {
        if (used[other] === 1) {
          const owner = rowOf[other] ?? 0
          rowPotential[owner] = (rowPotential[owner] ?? 0) + delta
          columnPotential[other] = (columnPotential[other] ?? 0) - delta
        } else slack[other] = (slack[other] ?? 0) - delta
      }
      column = next
    } while (rowOf[column] !== 0)
    do {
      const previous = before[column] ?? 0
      rowOf[column] = rowOf[previous] ?? 0
      column = previous
    } while (column !== 0)
  }
  const result: (number | undefined)[] = Array.from({ length: rows }, () => undefined)
  for (let column = 1; column <= columns; column++) {
    const row = (rowOf[column] ?? 0) - 1
    if (row >= 0 && (worth[row]?.[column - 1] ?? 0) > 0) result[row] = column - 1
  }
  return result
}
