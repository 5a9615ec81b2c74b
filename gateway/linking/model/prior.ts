import { probabilityAt, scoreOf, type Weights } from './scoring-table.ts'
import type { Pattern } from './tally.ts'

/** Bits that a prior goes from where it was at most. */
const mostMove = 8

/** Pairs of one matter that a table expects among candidates. */
export function expectedPairs(
  { prior, weights }: { readonly prior: number; readonly weights: Weights },
  candidates: readonly Pattern[],
): number {
  return candidates.reduce(
    (sum, { levels, pairs }) => sum + pairs * probabilityAt(scoreOf({ weights }, levels) + prior),
    0,
  )
}

/** The prior at which weights expect so many pairs of one matter among the candidates. */
export function priorFor(
  expected: number,
  { candidates, weights, around }: { candidates: readonly Pattern[]; weights: Weights; around: number },
): number {
  const scored = candidates.map(({ levels, pairs }) => ({ score: scoreOf({ weights }, levels), pairs }))
  let [low, high] = [around - mostMove, around + mostMove]
  for (let halving = 0; halving < 30; halving++) {
    const prior = (low + high) / 2
    const found = scored.reduce((sum, { score, pairs }) => sum + pairs * probabilityAt(score + prior), 0)
    if (found < expected) low = prior
    else high = prior
  }
  return (low + high) / 2
}
