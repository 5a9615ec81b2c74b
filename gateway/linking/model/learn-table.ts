/** One table's training: estimated from pairs without labels, then refined by clerks' answers. */
import type { Answer } from './answers.ts'
import { carefully } from './careful.ts'
import { decidedByKeys, dependentFields, keptFields } from './compared-pair.ts'
import { estimate, type EmResult } from './em.ts'
import type { EmInput } from './em-input.ts'
import { logLossOf, unseenPredictions, type Prediction } from './predictions.ts'
import { refine, type Pull } from './refine.ts'
import type { ScoringTable } from './scoring-table.ts'
import type { Pattern } from './tally.ts'
import { fitThresholds } from './thresholds.ts'

export interface TableFigures {
  readonly pairs: number
  readonly randomPairs: number
  readonly answers: number
  readonly iterations: number
  readonly converged: boolean
  readonly logLikelihood: number
  readonly lambda: EmResult['lambda']
  readonly damping: EmResult['damping']
  readonly m: EmResult['m']
  readonly u: EmResult['u']
  /** Weights that moved by a tenth of a bit or more: before and after. */
  readonly moved: { readonly [field: string]: { readonly [level: string]: readonly [number, number] } }
  readonly prior: readonly [number, number]
  /** How far the weights went to what was estimated without labels, and how far from there the answers may move one. */
  readonly step: number
  readonly deviationBits: number
  readonly thresholds: ScoringTable['thresholds']
}

/** Without many answers, how sure a weight is thought to be. */
const usualDeviationBits = 0.25
const triedDeviationsBits = [0.25, 0.5, 1] as const
/**
 * Without many answers, how far the estimate without labels is followed: a quarter of the way found fewer duplicates of 2,442 real texts than the shipped weights.
 */
const usualStep = 0.1
/** As many answers as all candidates count: what answers to doubtful pairs teach may not harm the others. */
const anchorMass = 1_000
const triedSteps = [0, 0.1, 0.25, 0.5] as const
/**
 * Of fewer answers, five folds say little about how far to follow them: many answers are about few matters, and what foretells those is not what foretells others.
 */
const fewestToChoose = 300

export interface Lessons {
  readonly candidates: readonly Pattern[]
  readonly random: readonly Pattern[]
  readonly answers: readonly Answer[]
}

export interface Learned {
  readonly table: ScoringTable
  readonly figures: TableFigures
  /** What is said of each answer by what was learned without it. */
  readonly unseen: Prediction[]
}

/** Learns; with no pairs only from the answers, with no answers only from the pairs. */
export function learnTable(before: ScoringTable, from: Lessons): Learned {
  const input: EmInput = {
    candidates: from.candidates,
    random: from.random,
    base: before,
    decidedBy: decidedByKeys,
    kept: keptFields,
    dependent: dependentFields,
    ordered: orderOf(before),
  }
  const estimated = estimate(input)
  const { start, step, deviationBits, unseen } = chosen(input, estimated, from.answers)
  const refined = refine(start, from.answers, pullOf(input, deviationBits))
  const { prior, weights } = refined
  const table = { prior, thresholds: fitThresholds(before.thresholds, unseen), weights }
  const count = (patterns: readonly Pattern[]) => patterns.reduce((sum, { pairs }) => sum + pairs, 0)
  const { iterations, converged, logLikelihood, lambda, damping, m, u } = estimated
  const figures: TableFigures = {
    pairs: count(from.candidates),
    randomPairs: count(from.random),
    answers: from.answers.length,
    iterations,
    converged,
    logLikelihood,
    lambda,
    damping,
    m,
    u,
    moved: movedWeights(before, table),
    prior: [before.prior, prior],
    step,
    deviationBits,
    thresholds: table.thresholds,
  }
  return { table, figures, unseen }
}

const pullOf = ({ candidates }: EmInput, deviationBits: number): Pull => ({
  deviationBits,
  kept: keptFields,
  ...(candidates.length > 0 && { anchors: { patterns: candidates, mass: anchorMass } }),
})

interface Choice {
  readonly start: ScoringTable
  readonly step: number
  readonly deviationBits: number
  readonly unseen: Prediction[]
  readonly loss: number
}

/** How far to follow the answers, and then the estimate without labels: what foretells the answers that were left out best. */
function chosen(input: EmInput, estimated: EmResult, answers: readonly Answer[]): Choice {
  const attempt = (step: number, deviationBits: number): Choice => {
    const start = carefully(input, estimated, step)
    const unseen = unseenPredictions(start, answers, pullOf(input, deviationBits))
    return { start, step, deviationBits, unseen, loss: logLossOf(unseen) }
  }
  if (answers.length < fewestToChoose) return attempt(usualStep, usualDeviationBits)
  const best = (choices: readonly Choice[]) =>
    choices.reduce((least, next) => (next.loss < least.loss ? next : least))
  const { deviationBits } = best(triedDeviationsBits.map((each) => attempt(usualStep, each)))
  return best(triedSteps.map((each) => attempt(each, deviationBits)))
}

/** Each field's levels, strongest first, as the table before has them. */
function orderOf({ weights }: ScoringTable): { [field: string]: string[] } {
  return Object.fromEntries(
    Object.entries(weights).map(([field, levels]) => [
      field,
      Object.entries(levels)
        .filter(([level]) => level !== 'unknown')
        .toSorted(([, a], [, b]) => b - a)
        .map(([level]) => level),
    ]),
  )
}

function movedWeights(before: ScoringTable, after: ScoringTable): TableFigures['moved'] {
  const rounded = (bits: number) => Math.round(bits * 100) / 100
  return Object.fromEntries(
    Object.entries(after.weights).flatMap(([field, levels]) => {
      const moved = Object.entries(levels).flatMap(([level, bits]) => {
        const was = before.weights[field]?.[level] ?? 0
        return Math.abs(bits - was) >= 0.1 ? [[level, [rounded(was), rounded(bits)]] as const] : []
      })
      return moved.length === 0 ? [] : [[field, Object.fromEntries(moved)]]
    }),
  )
}
