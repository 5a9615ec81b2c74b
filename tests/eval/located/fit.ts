/** Logistic regression on level indicators, by cyclic Newton steps, pulled towards nothing, or towards the levels beside them, by an L2 penalty per level. */

/** Pairs by column: the number of their level in each field, whether they are one matter, how much they count. */
export interface Examples {
  readonly levels: readonly Int32Array[]
  readonly same: Uint8Array
  readonly weight: Float64Array
}

/** How levels are held: the penalty of each, and for levels that stand in an order those beside it. */
export interface Holds {
  readonly shrink: Float64Array
  readonly beside: ReadonlyMap<number, readonly number[]>
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
  readonly holds: Holds
}

/** Fits one coefficient for each level from the given rows. Deterministic. */
export function fitLevels(examples: Examples, holds: Holds, rows: Int32Array): FittedLevels {
  const eta = new Float64Array(rows.length).fill(firstBias)
  const state = { examples, rows, eta, beta: new Float64Array(holds.shrink.length), holds }
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
  { examples: { same, weight }, rows, eta, beta, holds }: State,
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
  const steps = stepsOf({ slopes, bends, beta, holds })
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
  holds: Holds
}): Float64Array {
  const { slopes, bends, holds } = given
  const before = given.beta.slice()
  return slopes.map((slope, level) => {
    const bend = bends[level] as number
    if (bend === 0) return 0
    const own = before[level] as number
    const held = holds.beside.get(level)?.map((other) => before[other] as number) ?? [0]
    const pull = holds.shrink[level] as number
    const away = held.reduce((sum, other) => sum + own - other, 0)
    const step = bounded((slope - pull * away) / (bend + pull * held.length))
    given.beta[level] = own + step
    return step
  })
}

const bounded = (step: number) => Math.max(-longestStep, Math.min(longestStep, step))
