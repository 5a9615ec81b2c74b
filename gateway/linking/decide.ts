import { compare, part, type Comparison } from './compare.ts'
import type { Candidate, Decision, Features, LinkDecision, Match } from './types.ts'
import { priorBits, thresholds } from './weights.ts'

const keptMatches = 5
/** Of a case's reports, the newest are compared: a case of thousands costs no more than one of thirty. */
const comparedReports = 30
const rank: Record<LinkDecision, number> = { link: 0, review: 1, new: 2 }

/**
 * Says whether a report belongs to one of the candidates. A `link` to a closed case means: a successor in its chain.
 */
export function decide(report: Features, candidates: readonly Candidate[]): Decision {
  const matches = candidates
    .flatMap((candidate) => matchOf(report, candidate) ?? [])
    .toSorted(
      (a, b) => rank[a.decision] - rank[b.decision] || b.score - a.score || (a.caseId < b.caseId ? -1 : 1),
    )
    .slice(0, keptMatches)
  const best = matches[0]
  if (!best || best.decision === 'new')
    return { decision: 'new', probability: best?.probability ?? 0, matches }
  return { decision: best.decision, caseId: best.caseId, probability: best.probability, matches }
}

function matchOf(report: Features, { caseId, open, reports }: Candidate): Match | undefined {
  const compared = reports
    .slice(-comparedReports)
    .map((other) => ({ reportId: other.report.id, ...compare(report, other) }))
  const [first, ...others] = compared
  if (!first) return undefined
  const best = others.reduce((kept, next) => (better(kept, next) ? kept : next), first)
  const state = part('case', open ? 'open' : 'closed', open ? 'case is open' : 'case is closed')
  const score = best.score + state.weight
  const probability = probabilityOf(score)
  const elsewhere = compared.filter(({ gate }) => gate === 'closed').length * 2 > compared.length
  const decision = decisionOf(best, probability, elsewhere)
  return { caseId, reportId: best.reportId, decision, score, probability, parts: [...best.parts, state] }
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
  elsewhere: boolean,
): LinkDecision {
  if (sameReference) return 'link'
  if (gate === 'closed' && !samePerson) return 'new'
  if (probability < thresholds.review) return nearAndSoon ? 'review' : 'new'
  const mayLink = gate === 'open' && textEvidence && !elsewhere
  return mayLink && probability >= thresholds.link ? 'link' : 'review'
}

function probabilityOf(score: number): number {
  return 1 / (1 + 2 ** -(score + priorBits))
}
