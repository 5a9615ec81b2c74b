/** Decides for a located report: which case it belongs to, whether a clerk is asked, or whether it is new. */
import type { Candidate, Features, LinkDecision } from '../types.ts'
import { compareLocated, type LocatedComparison, type LocatedPart } from './compare-located.ts'
import { surroundingsOf, type Surroundings } from './levels.ts'
import { locatedReport } from './located-report.ts'
import { locatedBits, type LocatedModel } from './model.ts'

const keptMatches = 5
const comparedReports = 30
/** Of a report that a clerk is asked about, so many cases are proposed, where they are a quarter as likely as the best. */
const proposals = 3
const shareOfBest = 0.25

export interface LocatedMatch {
  caseId: string
  /** The case's report that came nearest. */
  reportId: string
  decision: LinkDecision
  /** Sum of the parts, in bits, before the prior. */
  score: number
  probability: number
  parts: LocatedPart[]
  /** Bits above what the setting asks of a link. */
  margin: number
}

export interface LocatedDecision {
  decision: LinkDecision
  /** The case to link to, or the first one to review; absent for `new`. */
  caseId?: string
  probability: number
  /** Best first, at most five. */
  matches: LocatedMatch[]
}

const rank: Record<LinkDecision, number> = { link: 0, review: 1, new: 2 }

/** Says whether a located report belongs to one of the candidates. A `link` to a closed case means: a successor in its chain. */
export function matchLocated(
  report: Features,
  candidates: readonly Candidate[],
  model: LocatedModel,
): LocatedDecision {
  const others = candidates.flatMap(({ reports }) => reports.map((other) => locatedReport(other, model)))
  const around = surroundingsOf(locatedReport(report, model), others)
  const matches = candidates
    .flatMap((candidate) => matchOf(report, candidate, { model, around }) ?? [])
    .toSorted(
      (a, b) =>
        rank[a.decision] - rank[b.decision] ||
        (a.decision === 'link' ? b.margin - a.margin : b.score - a.score) ||
        (a.caseId < b.caseId ? -1 : 1),
    )
    .slice(0, keptMatches)
  const [best] = matches
  propose(best?.decision === 'link' ? matches.slice(1) : matches)
  if (best === undefined || best.decision === 'new')
    return { decision: 'new', probability: best?.probability ?? 0, matches }
  return { decision: best.decision, caseId: best.caseId, probability: best.probability, matches }
}

/**
 * A clerk's look is paid once: who is asked at all sees what else is likely, the likeliest first, and no more than that. Beside a link is asked too: three in ten of
 * the duplicates that are missed although they were compared belong to another case than the one that their report was linked to.
 */
function propose(matches: readonly LocatedMatch[]): void {
  const [best] = matches
  if (best === undefined || best.decision === 'new') return
  for (const [place, match] of matches.entries()) {
    if (match.decision === 'link') continue
    const isLikely = match.decision === 'review' || match.probability >= best.probability * shareOfBest
    match.decision = isLikely && place < proposals ? 'review' : 'new'
  }
}

type Compared = LocatedComparison & { reportId: string }

function matchOf(
  report: Features,
  { caseId, open, reports }: Candidate,
  context: { model: LocatedModel; around: Surroundings },
): LocatedMatch | undefined {
  const compared = reports.slice(-comparedReports).map((other) => {
    const comparison = compareLocated(report, other, context)
    return { reportId: other.report.id, ...(open ? comparison : closed(comparison, context.model)) }
  })
  const [first, ...rest] = compared.filter(({ gate }) => gate !== 'closed')
  if (first === undefined) return undefined
  const { model } = context
  const best = rest.reduce(
    (kept, next) => (marginOf(next, model) > marginOf(kept, model) ? next : kept),
    first,
  )
  const mayLink =
    best.gate === 'open' && holdsTogether(compared, model) && !isGainsaid(best, [first, ...rest], model)
  const { reportId, score, parts } = best
  const probability = 1 / (1 + 2 ** -(score + model.prior))
  const decision = decisionOf(best, { probability, mayLink, model })
  return { caseId, reportId, decision, score, probability, parts, margin: marginOf(best, model) }
}

/** What was reported again within a day is the same matter even where the case is closed; later it is more often a new one. */
function closed(comparison: LocatedComparison, model: LocatedModel): LocatedComparison {
  const level = comparison.hours <= 24 ? 'closedToday' : 'closed'
  const weight = locatedBits(model, 'case', level)
  if (weight === 0) return comparison
  const part: LocatedPart = { field: 'case', level, weight, detail: 'case is closed' }
  return { ...comparison, score: comparison.score + weight, parts: [...comparison.parts, part] }
}

/** Bits above what its setting asks of a link. */
function marginOf({ score, setting }: LocatedComparison, { prior, linkAt }: LocatedModel): number {
  const least = linkAt[setting]
  return score + prior - Math.log2(least / (1 - least))
}

/** A chain does not run away: the case stays small in place and time, and most of its reports may be about this place. */
function holdsTogether(compared: readonly Compared[], { cluster }: LocatedModel): boolean {
  const widest = Math.max(...compared.map(({ distanceM }) => distanceM ?? 0))
  const longest = Math.max(...compared.map(({ hours }) => hours))
  const elsewhere = compared.filter(({ gate }) => gate === 'closed').length
  return widest <= cluster.diameterM && longest <= cluster.hours && elsewhere * 2 <= compared.length
}

/** Whether another report of the case speaks against one that is only near: rows of houses are not joined from one to the next. */
function isGainsaid(best: LocatedComparison, compared: readonly Compared[], model: LocatedModel): boolean {
  return (
    best.setting === 'near' && compared.some((other) => marginOf(other, model) < -model.cluster.weakestBits)
  )
}

function decisionOf(
  best: LocatedComparison,
  { probability, mayLink, model }: { probability: number; mayLink: boolean; model: LocatedModel },
): LinkDecision {
  if (mayLink && marginOf(best, model) >= 0) return 'link'
  return probability >= model.thresholds.review ? 'review' : 'new'
}
