/** Logistic regression on level indicators, by cyclic Newton steps, pulled towards nothing by an L2 penalty per level. */

/** Pairs by column: the number of their level in each field, whether they are one matter, how much they count. */
export interface Examples {
  readonly levels: readonly Int32Array[]
  readonly same: Uint8Array
  readonly weight: Float64Array
}

export interface FittedLevels {
  /** Natural logarithm of the odds. */
  readonly bias: number
  readonly beta: Float64Array
}

const mostSweeps = 25
const longestStep = 1
const settled = 0.01
const firstBias = -5

interface State {
  readonly examples: Examples
  readonly rows: Int32Array
  /** Of each row, the natural logarithm of its odds. */
  readonly eta: Float64Array
  readonly beta: Float64Array
  readonly shrink: Float64Array
}

/** Fits one coefficient for each level from the given rows. `shrink` is the penalty of each level. Deterministic. */
export function fitLevels(examples: Examples, shrink: Float64Array, rows: Int32Array): FittedLevels {
  const eta = new Float64Array(rows.length).fill(firstBias)
  const state = { examples, rows, eta, beta: new Float64Array(shrink.length), shrink }
  let bias = firstBias
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    bias += moveBias(state)
    const steps = examples.levels.map((column) => moveField(state, column))
    if (Math.max(...steps) < settled) break
  }
  return { bias, beta: state.beta }
}

function moveBias({ examples: { same, weight }, rows, eta }: State): number {
  let slope = 0
  let bend = 1e-9
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number
    const p = 1 / (1 + Math.exp(-(eta[index] as number)))
    slope += (weight[row] as number) * ((same[row] as number) - p)
    bend += (weight[row] as number) * p * (1 - p)
  }
  const step = bounded(slope / bend)
  for (let index = 0; index < rows.length; index++) eta[index] = (eta[index] as number) + step
  return step
}

/** The longest step of its levels. */
function moveField(
  { examples: { same, weight }, rows, eta, beta, shrink }: State,
  column: Int32Array,
): number {
  const slopes = new Float64Array(beta.length)
  const bends = new Float64Array(beta.length)
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number
    const level = column[row] as number
    const p = 1 / (1 + Math.exp(-(eta[index] as number)))
    slopes[level] = (slopes[level] as number) + (weight[row] as number) * ((same[row] as number) - p)
    bends[level] = (bends[level] as number) + (weight[row] as number) * p * (1 - p)
  }
  const steps = stepsOf({ slopes, bends, beta, shrink })
  let longest = 0
  for (const step of steps) longest = Math.max(longest, Math.abs(step))
  for (let index = 0; index < rows.length; index++)
    eta[index] = (eta[index] as number) + (steps[column[rows[index] as number] as number] as number)
  return longest
}

/** Moves the coefficients; a level that no row has stays. */
function stepsOf(given: {
  slopes: Float64Array
  bends: Float64Array
  beta: Float64Array
  shrink: Float64Array
}): Float64Array {
  const { slopes, bends, beta, shrink } = given
  return slopes.map((slope, level) => {
    const bend = bends[level] as number
    if (bend === 0) return 0
    const pull = shrink[level] as number
    const step = bounded((slope - pull * (beta[level] as number)) / (bend + pull))
    beta[level] = (beta[level] as number) + step
    return step
  })
}

const bounded = (step: number) => Math.max(-longestStep, Math.min(longestStep, step))
