/**
 * Weights estimated without labels (Fellegi and Sunter 1969; expectation maximisation as in Splink): candidate pairs are a mixture of pairs of one matter
 * and others. How often others reach a level by chance (u) comes from random pairs and stays fixed; how often pairs of one matter do (m) and their share
 * (lambda) is estimated. Where pairs were found by a key, the fields of that key tell nothing about them and are left out.
 */
import { dampingMeter } from './damping.ts'
import { isDecided, type EmInput } from './em-input.ts'
import { massesOf, sharesByLevel, weightsFrom, type Masses } from './masses.ts'
import { priorFor } from './prior.ts'
import { entriesOf, probabilityAt, type Weights } from './scoring-table.ts'
import type { Pattern } from './tally.ts'

export interface EmResult {
  readonly weights: Weights
  readonly prior: number
  /** Shares of each level among pairs of one matter, and among others by chance. */
  readonly m: Weights
  readonly u: Weights
  /** Share of pairs of one matter, by how they were found. */
  readonly lambda: { readonly [under: string]: number }
  /** What a group's bits are multiplied by, since its fields say partly the same. */
  readonly damping: { readonly [field: string]: number }
  readonly iterations: number
  readonly converged: boolean
  /** Mean log2 likelihood of a candidate pair, above that of chance alone. */
  readonly logLikelihood: number
  /** Probability of one matter of each candidate pattern. */
  readonly posterior: Float64Array
}

const mostIterations = 200
const settledBits = 0.001
const shareBounds = { least: 1e-4, most: 0.9 } as const
/** The groups' damping is measured anew at these first iterations, then held, so that the weights can settle. */
const dampedIterations = 20

/** Estimates weights; deterministic. Fields that show only one level keep the weights of the base. */
export function estimate(input: EmInput): EmResult {
  const fields = estimatedFields(input)
  const chance = massesOf(input.random, () => 1)
  const measure = dampingMeter(input)
  let lambda = startingShares(input.candidates)
  let weights = input.base.weights
  let damping: { [field: string]: number } = {}
  let matched: Masses = new Map()
  let iterations = 0
  let converged = false
  while (!converged && iterations < mostIterations) {
    iterations += 1
    const posterior = posteriorOf(input, { weights, lambda, fields })
    lambda = sharesOf(input.candidates, posterior)
    matched = massesOf(
      input.candidates,
      (index) => posterior[index] ?? 0,
      (field, under) => fields.has(field) && !isDecided(input, field, under),
    )
    if (iterations <= dampedIterations) damping = measure(posterior)
    const next = weightsFrom(input, { fields, matched, chance, damping })
    converged = iterations > dampedIterations && furthest(weights, next) < settledBits
    weights = next
  }
  return {
    weights,
    prior: priorOf(input, { weights, lambda }),
    m: sharesByLevel(matched),
    u: sharesByLevel(chance),
    lambda,
    damping,
    iterations,
    converged,
    logLikelihood: logLikelihoodOf(input, { weights, lambda, fields }),
    posterior: posteriorOf(input, { weights, lambda, fields }),
  }
}

function estimatedFields({ candidates, random, kept = [] }: EmInput): Set<string> {
  const seen = massesOf([...candidates, ...random], () => 1)
  const telling = [...seen].filter(([, levels]) => levels.size > 1).map(([field]) => field)
  return new Set(telling.filter((field) => !kept.includes(field)))
}

function startingShares(candidates: readonly Pattern[]): { [under: string]: number } {
  return Object.fromEntries(candidates.map(({ under }) => [under, 0.1]))
}

interface State {
  readonly weights: Weights
  readonly lambda: { readonly [under: string]: number }
  readonly fields?: ReadonlySet<string>
}

/** Bits of the fields that say something about a pattern: estimated ones that no key decided, and rules. */
function evidenceOf(input: EmInput, { levels, under }: Pattern, { weights, fields }: State): number {
  let bits = 0
  for (const [field, level] of entriesOf(levels)) {
    if (level === 'unknown' || isDecided(input, field, under)) continue
    if (fields?.has(field) === false && input.kept?.includes(field) !== true) continue
    bits += weights[field]?.[level] ?? 0
  }
  return bits
}

function posteriorOf(input: EmInput, state: State): Float64Array {
  return Float64Array.from(input.candidates, (pattern) =>
    probabilityAt(evidenceOf(input, pattern, state) + logOdds(state.lambda[pattern.under] ?? 0.1)),
  )
}

function sharesOf(candidates: readonly Pattern[], posterior: Float64Array): { [under: string]: number } {
  const sums = new Map<string, { matched: number; all: number }>()
  for (const [index, { under, pairs }] of candidates.entries()) {
    const sum = sums.get(under) ?? { matched: 0, all: 0 }
    sum.matched += pairs * (posterior[index] ?? 0)
    sum.all += pairs
    sums.set(under, sum)
  }
  const { least, most } = shareBounds
  return Object.fromEntries(
    [...sums].map(([under, { matched, all }]) => [under, Math.min(most, Math.max(least, matched / all))]),
  )
}

function logOdds(share: number): number {
  return Math.log2(share / (1 - share))
}

/** By how many bits a weight differs at most. */
function furthest(before: Weights, after: Weights): number {
  let most = 0
  for (const [field, levels] of Object.entries(after))
    for (const [level, bits] of Object.entries(levels))
      most = Math.max(most, Math.abs(bits - (before[field]?.[level] ?? 0)))
  return most
}

/** The likelihood above that of chance alone: u is fixed, so nothing else changes. */
function logLikelihoodOf(input: EmInput, state: State): number {
  let sum = 0
  let pairs = 0
  for (const pattern of input.candidates) {
    const share = state.lambda[pattern.under] ?? 0.1
    sum += pattern.pairs * Math.log2(1 - share + share * 2 ** evidenceOf(input, pattern, state))
    pairs += pattern.pairs
  }
  return pairs === 0 ? 0 : sum / pairs
}

/** The prior at which as many candidate pairs are one matter, all fields counted, as the estimated shares say. */
function priorOf({ candidates, base }: EmInput, { weights, lambda }: State): number {
  const expected = candidates.reduce((sum, { under, pairs }) => sum + pairs * (lambda[under] ?? 0), 0)
  return expected === 0 ? base.prior : priorFor(expected, { candidates, weights, around: base.prior })
}
