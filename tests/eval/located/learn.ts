/** Learns what levels weigh from pairs that people judged. */
import { measuredLevels } from '../../../gateway/linking/located/levels.ts'
import { settings, type LocatedModel } from '../../../gateway/linking/located/model.ts'
import { eachCandidatePair, fittedFields, LevelNumbers } from './candidate-pairs.ts'
import { fitLevels, type Examples, type FittedLevels, type Holds } from './fit.ts'
import type { LocatedSet } from './located-set.ts'

/** Levels that fewer pairs reach weigh nothing: a number learned from a handful is a memory, not a parameter. */
const fewestPairs = 8

/** The more levels a field has, the stronger each is pulled to zero; what was measured is pulled to the levels beside it. */
const shrinkOf: { readonly [field: string]: number } = {
  distance: 0.3,
  time: 0.3,
  categories: 2,
  groups: 2,
  categoryPlace: 3,
  categoryTime: 2,
  channels: 2,
  addressTime: 2,
  channelTime: 3,
  nearer: 1.5,
  repeated: 1.5,
}
const usualShrink = 1
const unlearned = 1e9

/** What nobody judged says little against: many such pairs are duplicates that staff did not write down. What two channels report counts more: to find it is what this is for. */
const pairWeights = { same: 1, sameOfTwoChannels: 1.5, negative: 1, unjudged: [0.1, 0.01, 0.1] }

export interface LearningPairs {
  readonly a: Int32Array
  readonly b: Int32Array
  /** Position in `settings`. */
  readonly setting: Uint8Array
  /** 1 where staff saw both and did not take them for one. */
  readonly negative: Uint8Array
  readonly examples: Examples
  readonly numbers: LevelNumbers
  readonly holds: Holds
}

/** All candidate pairs with their levels as numbers. */
export function learningPairs(set: LocatedSet, model: LocatedModel): LearningPairs {
  const numbers = new LevelNumbers()
  const columns: number[][] = fittedFields.map(() => [])
  const [a, b, setting]: [number[], number[], number[]] = [[], [], []]
  eachCandidatePair(set.reports, model, (pair) => {
    a.push(pair.a)
    b.push(pair.b)
    setting.push(settings.indexOf(pair.setting))
    fittedFields.forEach((field, index) => columns[index]?.push(numbers.of(field, pair.levels[field])))
  })
  const judged = new Set(set.pairs.filter(({ dup }) => !dup).map((pair) => `${pair.a}-${pair.b}`))
  const negative = Uint8Array.from(a, (one, index) => (judged.has(`${one}-${b[index]}`) ? 1 : 0))
  const same = Uint8Array.from(a, (one, index) =>
    set.cluster[one] === set.cluster[b[index] as number] ? 1 : 0,
  )
  const channelOf = (index: number) => set.reports[index]?.report.channelId
  const weight = Float64Array.from(same, (isSame, index) =>
    isSame === 1
      ? channelOf(a[index] as number) === channelOf(b[index] as number)
        ? pairWeights.same
        : pairWeights.sameOfTwoChannels
      : negative[index] === 1
        ? pairWeights.negative
        : (pairWeights.unjudged[setting[index] as number] as number),
  )
  return {
    a: Int32Array.from(a),
    b: Int32Array.from(b),
    setting: Uint8Array.from(setting),
    negative,
    examples: { levels: columns.map((column) => Int32Array.from(column)), same, weight },
    numbers,
    holds: { shrink: shrinkFor(numbers, columns), beside: besideIn(numbers) },
  }
}

function shrinkFor(numbers: LevelNumbers, columns: readonly (readonly number[])[]): Float64Array {
  const counts = new Float64Array(numbers.names.length)
  for (const column of columns) for (const level of column) counts[level] = (counts[level] as number) + 1
  return Float64Array.from(numbers.names, ({ field }, level) =>
    (counts[level] as number) < fewestPairs ? unlearned : (shrinkOf[field] ?? usualShrink),
  )
}

/** For each level of a measured field, those before and after it. */
function besideIn(numbers: LevelNumbers): Holds['beside'] {
  return new Map(
    Object.entries(measuredLevels).flatMap(([field, levels]) =>
      levels.map((level, place): [number, number[]] => [
        numbers.of(field, level),
        [levels[place - 1], levels[place + 1]].flatMap((other) =>
          other === undefined ? [] : numbers.of(field, other),
        ),
      ]),
    ),
  )
}

const rowsOf = (count: number, take: (row: number) => boolean) =>
  Int32Array.from({ length: count }, (_, row) => row).filter(take)

/** What all pairs teach. */
export function fitAll({ a, examples, holds }: LearningPairs): FittedLevels {
  return fitLevels(
    examples,
    holds,
    rowsOf(a.length, () => true),
  )
}

/** Score of each pair: natural logarithm of its odds. */
export function scoresOf({ a, examples }: LearningPairs, { bias, beta }: FittedLevels): Float64Array {
  return Float64Array.from(a, (_, row) =>
    examples.levels.reduce((sum, column) => sum + (beta[column[row] as number] as number), bias),
  )
}

/** Scores of each pair by what was learned from the other folds; `foldOf` is given the first report of the later one's cluster. */
export function heldOutScores(
  learning: LearningPairs,
  set: LocatedSet,
  { folds, foldOf }: { folds: number; foldOf: (cluster: number) => number },
): Float64Array {
  const held = new Float64Array(learning.a.length)
  const fold = Uint8Array.from(learning.b, (later) => foldOf(set.cluster[later] as number))
  for (let out = 0; out < folds; out++) {
    if (!fold.includes(out)) continue
    const rows = rowsOf(fold.length, (row) => fold[row] !== out)
    const scores = scoresOf(learning, fitLevels(learning.examples, learning.holds, rows))
    for (let row = 0; row < fold.length; row++) if (fold[row] === out) held[row] = scores[row] as number
  }
  return held
}
