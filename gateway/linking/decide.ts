import { compare, part, type Comparison } from './compare.ts'
import type { ScoringTable } from './model/scoring-table.ts'
import type { Candidate, Decision, Features, LinkDecision, Match, MatchPart } from './types.ts'
import { priorBits, thresholds, weights } from './weights.ts'

const keptMatches = 5
/** Of a case's reports, the newest are compared: a case of thousands costs no more than one of thirty. */
const comparedReports = 30
/** Of the cases that one report is asked about. */
const mostShown = 3
/** Probabilities from which a case is asked about beside a link, and from which it is shown beside another one. */
const askedBesideLink = 0.8
const leastShown = 0.05
/** Upper bounds of the bits that a case's next best report falls behind its best. */
const othersLevels = [
  ['alike', 1],
  ['near', 2],
  ['less', 4],
] as const
const detailOfOthers = {
  alone: 'one report of the case was compared',
  alike: 'another report of the case is as near',
  near: 'another report of the case is nearly as near',
  less: 'other reports of the case are less near',
  far: 'other reports of the case are much less near',
} as const
const rank: Record<LinkDecision, number> = { link: 0, review: 1, new: 2 }

/**
 * Says whether a report belongs to one of the candidates. A `link` to a closed case means: a successor in its chain.
 */
export function decide(
  report: Features,
  candidates: readonly Candidate[],
  table: ScoringTable = { prior: priorBits, thresholds, weights },
): Decision {
  const context = { table, repeats: repeatsAmong(report, candidates) }
  const weighed = candidates
    .flatMap((candidate) => weigh(report, candidate, context) ?? [])
    .toSorted(
      ({ match: a }, { match: b }) =>
        rank[a.decision] - rank[b.decision] || b.score - a.score || (a.caseId < b.caseId ? -1 : 1),
    )
    .slice(0, keptMatches)
  askBest(weighed)
  const matches = weighed.map(({ match }) => match)
  const best = matches[0]
  if (!best || best.decision === 'new')
    return { decision: 'new', probability: best?.probability ?? 0, matches }
  return { decision: best.decision, caseId: best.caseId, probability: best.probability, matches }
}

interface Weighed {
  readonly match: Match
  /** Whether a clerk who is asked about the report at all is shown this case too. */
  readonly isShown: boolean
}

/**
 * Beside a link a clerk is asked only where the other case is likely too: perhaps the two are one. Who is asked at all is shown
 * the best three that are at all likely, for one of them may be the matter where the first is not.
 */
function askBest([best, ...others]: readonly Weighed[]): void {
  if (best?.match.decision === 'link')
    for (const { match } of others)
      if (match.decision === 'review' && match.probability < askedBesideLink) match.decision = 'new'
  const asked = others.filter(({ match }) => match.decision !== 'new').length
  const first = best?.match.decision === 'review' ? 1 : 0
  if (asked + first === 0) return
  const further = others.filter(({ match, isShown }) => isShown && match.decision === 'new')
  for (const { match } of further.slice(0, Math.max(0, mostShown - asked - first))) match.decision = 'review'
}

interface Context {
  table: ScoringTable
  repeats: number
}

/** How many reports of the same person are among the candidates. */
function repeatsAmong({ report: { personKeys } }: Features, candidates: readonly Candidate[]): number {
  let repeats = 0
  for (const { reports } of candidates)
    for (const { report } of reports) if (report.personKeys.some((key) => personKeys.includes(key))) repeats++
  return repeats
}

function weigh(
  report: Features,
  { caseId, open, reports }: Candidate,
  { table, repeats }: Context,
): Weighed | undefined {
  const compared = reports
    .slice(-comparedReports)
    .map((other) => ({ other, comparison: compare(report, other, { repeats, weights: table.weights }) }))
  const [first, ...others] = compared
  if (!first) return undefined
  const best = others.reduce((kept, next) => (better(kept.comparison, next.comparison) ? kept : next), first)
  const state = part(
    table.weights,
    'case',
    open ? 'open' : 'closed',
    open ? 'case is open' : 'case is closed',
  )
  const beside = othersOf(compared, best, table)
  const score = best.comparison.score + state.weight + beside.weight
  const probability = probabilityOf(score + table.prior)
  const elsewhere =
    compared.filter(({ comparison }) => comparison.gate === 'closed').length * 2 > compared.length
  const decision = decisionOf(best.comparison, probability, { elsewhere, thresholds: table.thresholds })
  const { gate, samePerson } = best.comparison
  return {
    match: {
      caseId,
      reportId: best.other.report.id,
      decision,
      score,
      probability,
      parts: [...best.comparison.parts, state, beside],
    },
    isShown: gate !== 'closed' && !samePerson && probability >= leastShown,
  }
}

/** How far the case's next best report falls behind its best: of many reports one is near by chance. */
function othersOf(
  compared: readonly { comparison: Comparison }[],
  best: { comparison: Comparison },
  table: ScoringTable,
): MatchPart {
  let second = Number.NEGATIVE_INFINITY
  for (const one of compared) if (one !== best && one.comparison.score > second) second = one.comparison.score
  const behind = best.comparison.score - second
  const level =
    compared.length === 1 ? 'alone' : (othersLevels.find(([, most]) => behind < most)?.[0] ?? 'far')
  return part(table.weights, 'others', level, detailOfOthers[level])
}

/** A number in common first, then reports that are not about another place, then the score. */
function better(a: Comparison, b: Comparison): boolean {
  if (a.sameReference !== b.sameReference) return a.sameReference
  if ((a.gate === 'closed') !== (b.gate === 'closed')) return b.gate === 'closed'
  return a.score >= b.score
}

/** `elsewhere`: most reports of the case are about another place than this one. */
function decisionOf(
  { sameReference, samePerson, nearAndSoon, gate, textEvidence }: Comparison,
  probability: number,
  { elsewhere, thresholds: { link, review } }: { elsewhere: boolean; thresholds: ScoringTable['thresholds'] },
): LinkDecision {
  if (sameReference) return 'link'
  if (gate === 'closed') return 'new'
  // Who writes often writes of many matters in like words: below a link a clerk would nearly always say no.
  if (probability < (samePerson ? link : review)) return nearAndSoon ? 'review' : 'new'
  const mayLink = gate === 'open' && textEvidence && !elsewhere
  return mayLink && probability >= link ? 'link' : 'review'
}

function probabilityOf(bits: number): number {
  return 1 / (1 + 2 ** -bits)
}
