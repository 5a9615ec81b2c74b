/** The two thresholds fitted to clerks' answers, where there are enough of them. */
import type { Prediction } from './predictions.ts'
import type { ScoringTable } from './scoring-table.ts'

type Thresholds = ScoringTable['thresholds']

/** Fewer answers, or fewer of either kind, change no threshold. */
export const fewestAnswers = { all: 100, ofEach: 30 } as const
const aimedPrecision = 0.97
const provenPrecision = 0.95
/** Of pairs that clerks called the same, at most this share may fall below what is asked about. */
const mostMissed = 0.03
const fewestAbove = 20
const bounds = { link: { least: 0.8, most: 0.99 }, review: { least: 0.1, most: 0.6 } } as const
/** A threshold moves by no more in one training. */
const mostMove = { link: 0.05, review: 0.1 } as const

/**
 * Link: lower only where it is nearly sure (95 %) that nineteen of twenty above it are the same, higher where clerks told apart what lies above it. Review: the
 * highest below which 3 % of "the same" lie; answers exist only of pairs that were asked about, so what is asked about is never widened. Both stay near where they
 * were, as what was linked rightly is never answered.
 */
export function fitThresholds(before: Thresholds, predictions: readonly Prediction[]): Thresholds {
  const same = predictions.filter((each) => each.same)
  const fewer = Math.min(same.length, predictions.length - same.length)
  if (predictions.length < fewestAnswers.all || fewer < fewestAnswers.ofEach) return before
  const link = within(linkThreshold(before, predictions), before.link, 'link')
  const missed = same
    .map(({ probability }) => probability)
    .toSorted((a, b) => a - b)
    .at(Math.floor(same.length * mostMissed))
  const review = within(Math.max(before.review, missed ?? 0), before.review, 'review')
  return { link, review: Math.min(review, link - 0.1) }
}

function linkThreshold(before: Thresholds, predictions: readonly Prediction[]): number {
  const open = predictions.filter(({ gate }) => gate === 'open')
  const shareAbove = (threshold: number) => {
    const above = open.filter(({ probability }) => probability >= threshold)
    return { answers: above.length, same: above.filter(({ same }) => same).length }
  }
  const steps = Array.from({ length: 20 }, (_, index) => (80 + index) / 100)
  const lower = steps.find(
    (threshold) => threshold < before.link && leastShare(shareAbove(threshold)) >= provenPrecision,
  )
  if (lower !== undefined) return lower
  const { answers, same } = shareAbove(before.link)
  if (answers < fewestAbove || same / answers >= provenPrecision) return before.link
  const higher = steps.find((threshold) => {
    const above = shareAbove(threshold)
    return threshold > before.link && above.answers > 0 && above.same / above.answers >= aimedPrecision
  })
  return higher ?? bounds.link.most
}

/** The share that is exceeded with a certainty of 95 % (Wilson's lower bound). */
function leastShare({ answers, same }: { answers: number; same: number }): number {
  if (answers === 0) return 0
  const z = 1.645
  const share = same / answers
  const middle = share + z ** 2 / (2 * answers)
  const spread = z * Math.sqrt((share * (1 - share)) / answers + z ** 2 / (4 * answers ** 2))
  return (middle - spread) / (1 + z ** 2 / answers)
}

function within(wanted: number, before: number, which: 'link' | 'review'): number {
  const near = Math.max(before - mostMove[which], Math.min(before + mostMove[which], wanted))
  return Math.round(Math.max(bounds[which].least, Math.min(bounds[which].most, near)) * 1000) / 1000
}
