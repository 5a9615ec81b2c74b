/**
 * Weights refined by clerks' answers: logistic regression on the levels of the pairs that were answered, pulled towards the weights before, so that
 * few answers move little. Clerks are asked about doubtful pairs only, and what holds among those need not hold among others: what the table before says of
 * all candidates is held as well.
 */
import { isGate } from './careful.ts'
import { solve } from './solve.ts'
import { probabilityAt, scoreOf, type Levels, type ScoringTable } from './scoring-table.ts'
import type { Pattern } from './tally.ts'

/** A pair that a clerk, or a label, says something of. */
export interface AnsweredPair {
  readonly levels: Levels
  readonly same: boolean
}

/** Candidate pairs as the table before sees them: away from what was answered, what it says of them is held. */
export interface Anchors {
  readonly patterns: readonly Pattern[]
  /** As many answers as all of them together count. */
  readonly mass: number
}

export interface Pull {
  /** Standard deviation, in bits, with which the weights before are thought to be right. */
  readonly deviationBits: number
  /** Fields that are rules and stay. */
  readonly kept?: readonly string[]
  readonly anchors?: Anchors
}

const mostSteps = 25
const settledBits = 0.0005
const mostAnchors = 1_500
/** Levels that most answers show are learned; it bounds time. */
const mostLevels = 120
/** The prior moves with every answer, so it is held closer than a weight. */
const priorDeviationShare = 0.7

/** The table after the answers; thresholds stay. Deterministic. */
export function refine(before: ScoringTable, answers: readonly AnsweredPair[], pull: Pull): ScoringTable {
  const movable = movableLevels(before, answers, pull)
  const rowOf = (levels: Levels) => ({
    fixed: scoreOf(before, levels) + before.prior,
    places: [
      0,
      ...Object.entries(levels).flatMap(([field, level]) => movable.get(`${field} ${level}`) ?? []),
    ],
  })
  const rows = [
    ...answers.map(({ levels, same }) => ({ ...rowOf(levels), target: same ? 1 : 0, mass: 1 })),
    ...anchorRows(pull.anchors, rowOf),
  ]
  const size = movable.size + 1
  const precision = Float64Array.from({ length: size }, () => pull.deviationBits ** -2)
  precision[0] = (pull.deviationBits * priorDeviationShare) ** -2
  let moves = new Float64Array(size)
  for (let steps = 0; steps < mostSteps; steps++) {
    const { gradient, curvature } = slopeAt(moves, rows, precision)
    const change = solve(curvature, gradient)
    moves = moves.map((move, index) => move - (change[index] ?? 0))
    if (Math.max(...change.map(Math.abs)) < settledBits) break
  }
  return moved(before, movable, moves)
}

/** Places in the vector of moves, from 1; 0 is the prior. */
function movableLevels(
  before: ScoringTable,
  answers: readonly AnsweredPair[],
  { kept = [] }: Pull,
): Map<string, number> {
  const seen = new Map<string, number>()
  for (const { levels } of answers)
    for (const [field, level] of Object.entries(levels))
      if (level !== 'unknown' && !kept.includes(field) && !isGate(before, field, level))
        seen.set(`${field} ${level}`, (seen.get(`${field} ${level}`) ?? 0) + 1)
  const names = [...seen]
    .toSorted(([a, often], [b, oftenToo]) => oftenToo - often || (a < b ? -1 : 1))
    .slice(0, mostLevels)
  return new Map(names.map(([name], index) => [name, index + 1]))
}

function anchorRows(
  anchors: Anchors | undefined,
  rowOf: (levels: Levels) => Pick<Row, 'fixed' | 'places'>,
): Row[] {
  if (anchors === undefined) return []
  const patterns = anchors.patterns.toSorted((a, b) => b.pairs - a.pairs).slice(0, mostAnchors)
  const pairs = patterns.reduce((sum, pattern) => sum + pattern.pairs, 0)
  return patterns.map((pattern) => {
    const row = rowOf(pattern.levels)
    return { ...row, target: probabilityAt(row.fixed), mass: (anchors.mass * pattern.pairs) / pairs }
  })
}

interface Row {
  readonly target: number
  readonly mass: number
  readonly fixed: number
  readonly places: readonly number[]
}

/** Gradient and curvature of the loss (log loss in nats, and the pull) at these moves. */
function slopeAt(
  moves: Float64Array,
  rows: readonly Row[],
  precision: Float64Array,
): { gradient: Float64Array; curvature: Float64Array[] } {
  const gradient = moves.map((move, index) => move * (precision[index] ?? 0))
  const curvature = Array.from({ length: moves.length }, (_, index) => {
    const line = new Float64Array(moves.length)
    line[index] = precision[index] ?? 0
    return line
  })
  for (const { target, mass, fixed, places } of rows) {
    const probability = probabilityAt(fixed + places.reduce((sum, place) => sum + (moves[place] ?? 0), 0))
    const slope = mass * Math.LN2 * (probability - target)
    const bend = mass * Math.LN2 ** 2 * probability * (1 - probability)
    for (const place of places) {
      gradient[place] = (gradient[place] ?? 0) + slope
      const line = curvature[place] as Float64Array
      for (const other of places) line[other] = (line[other] ?? 0) + bend
    }
  }
  return { gradient, curvature }
}

function moved(
  before: ScoringTable,
  movable: ReadonlyMap<string, number>,
  moves: Float64Array,
): ScoringTable {
  const weights: { [field: string]: { [level: string]: number } } = {}
  for (const [field, levels] of Object.entries(before.weights)) weights[field] = { ...levels }
  for (const [name, place] of movable) {
    const [field = '', level = ''] = name.split(' ')
    const levels = (weights[field] ??= {})
    levels[level] = (levels[level] ?? 0) + (moves[place] ?? 0)
  }
  return { ...before, prior: before.prior + (moves[0] ?? 0), weights }
}
