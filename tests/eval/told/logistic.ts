/** One labelled pair: the active column of each field. */
export interface Example {
  columns: readonly number[]
  same: boolean
  weight: number
}

export interface Fitting {
  columns: number
  /** Pull of each weight towards 0, and of neighbouring levels towards each other. */
  ridge: number
  smoothing: number
  neighbours: readonly (readonly [number, number])[]
}

export interface Fitted {
  intercept: number
  weights: Float64Array
}

const rounds = 30

/** Logistic regression on indicators by cyclic coordinate descent, in natural log odds. */
export function fitLogistic(examples: readonly Example[], fitting: Fitting): Fitted {
  const intercept = fitting.columns
  const weights = new Float64Array(fitting.columns + 1)
  const scores = new Float64Array(examples.length)
  const rows: number[][] = Array.from({ length: fitting.columns + 1 }, () => [])
  examples.forEach(({ columns }, row) => [...columns, intercept].forEach((column) => rows[column]?.push(row)))
  const beside: number[][] = Array.from({ length: fitting.columns + 1 }, () => [])
  for (const [a, b] of fitting.neighbours) {
    beside[a]?.push(b)
    beside[b]?.push(a)
  }
  for (let round = 0; round < rounds; round++) {
    let largest = 0
    rows.forEach((active, column) => {
      const pull = column === intercept ? 0 : fitting.ridge
      let slope = -pull * (weights[column] as number)
      let curve = pull + 1e-9
      for (const row of active) {
        const { same, weight } = examples[row] as Example
        const probability = 1 / (1 + Math.exp(-(scores[row] as number)))
        slope += weight * ((same ? 1 : 0) - probability)
        curve += weight * probability * (1 - probability)
      }
      for (const other of beside[column] ?? []) {
        slope -= fitting.smoothing * ((weights[column] as number) - (weights[other] as number))
        curve += fitting.smoothing
      }
      const change = Math.max(-1, Math.min(1, slope / curve))
      if (Math.abs(change) < 1e-6) return
      weights[column] = (weights[column] as number) + change
      for (const row of active) scores[row] = (scores[row] as number) + change
      largest = Math.max(largest, Math.abs(change))
    })
    if (largest < 1e-3) break
  }
  return { intercept: weights[intercept] as number, weights: weights.slice(0, intercept) }
}
