import { compare, part, type Comparison } from './compare.ts'
import type { ScoringTable } from './model/scoring-table.ts'
import type { Candidate, Decision, Features, LinkDecision, Match } from './types.ts'
import { priorBits, thresholds, weights } from './weights.ts'

const keptMatches = 5
/** Of a case's reports, the newest are compared: a case of thousands costs no more than one of thirty. */
const comparedReports = 30
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
  const matches = candidates
    .flatMap((candidate) => matchOf(report, candidate, context) ?? [])
    .toSorted(
      (a, b) => rank[a.decision] - rank[b.decision] || b.score - a.score || (a.caseId < b.caseId ? -1 : 1),
    )
    .slice(0, keptMatches)
  const best = matches[0]
  if (best?.decision === 'link') for (const match of matches.slice(1)) dropWeaker(match, table)
  if (!best || best.decision === 'new')
    return { decision: 'new', probability: best?.probability ?? 0, matches }
  return { decision: best.decision, caseId: best.caseId, probability: best.probability, matches }
}

/** Beside a link a clerk is asked only about cases that would have been linked alone: perhaps the two are one. */
function dropWeaker(match: Match, { thresholds: { link } }: ScoringTable): void {
  if (match.decision === 'review' && match.probability < link) match.decision = 'new'
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

function matchOf(
  report: Features,
  { caseId, open, reports }: Candidate,
  { table, repeats }: Context,
): Match | undefined {
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
  const score = best.comparison.score + state.weight
  const probability = probabilityOf(score + table.prior)
  const elsewhere =
    compared.filter(({ comparison }) => comparison.gate === 'closed').length * 2 > compared.length
  const decision = decisionOf(best.comparison, probability, { elsewhere, thresholds: table.thresholds })
  return {
    caseId,
    reportId: best.other.report.id,
    decision,
    score,
    probability,
    parts: [...best.comparison.parts, state],
  }
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
  if (gate === 'closed' && !samePerson) return 'new'
  if (probability < review) return nearAndSoon ? 'review' : 'new'
  const mayLink = gate === 'open' && textEvidence && !elsewhere
  return mayLink && probability >= link ? 'link' : 'review'
}

function probabilityOf(bits: number): number {
  return 1 / (1 + 2 ** -bits)
}
