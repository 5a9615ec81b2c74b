/** Decides with a model: located reports by its table for places, all others by its table for words. */
import { decide } from '../decide.ts'
import { isLocated } from '../located/located-report.ts'
import { matchLocated } from '../located/match-located.ts'
import { locatedModelOf } from '../located/model.ts'
import type { Candidate, Decision, Features, LinkDecision, Match } from '../types.ts'
import type { LinkModel } from './link-model.ts'

const rank: Record<LinkDecision, number> = { link: 0, review: 1, new: 2 }

/** Says whether a report belongs to one of the candidates, by this model. */
export function decideWith(model: LinkModel, report: Features, candidates: readonly Candidate[]): Decision {
  if (!isLocated(report)) return decide(report, candidates, model.told)
  const [located, told] = apart(report, candidates)
  const byPlace = matchLocated(report, located, locatedModelOf(model.located))
  return told.length === 0 ? byPlace : best([...byPlace.matches, ...decide(report, told, model.told).matches])
}

/** Cases with located reports are compared by these, all others by words; so are those that quote a number in common. */
function apart(report: Features, candidates: readonly Candidate[]): [Candidate[], Candidate[]] {
  const located: Candidate[] = []
  const told: Candidate[] = []
  for (const candidate of candidates) {
    const reports = candidate.reports.filter(isLocated)
    const quoted = candidate.reports.some((other) => sharesReference(report, other))
    if (reports.length > 0 && !quoted) located.push({ ...candidate, reports })
    else told.push(candidate)
  }
  return [located, told]
}

const sharesReference = (a: Features, b: Features) =>
  a.references.some(({ key }) => b.references.some((theirs) => theirs.key === key))

/** The strongest decision first, of those the most probable. */
function best(matches: readonly Match[]): Decision {
  const sorted = matches.toSorted(
    (a, b) =>
      rank[a.decision] - rank[b.decision] || b.probability - a.probability || (a.caseId < b.caseId ? -1 : 1),
  )
  const [first] = sorted
  if (first === undefined || first.decision === 'new')
    return { decision: 'new', probability: first?.probability ?? 0, matches: sorted }
  return { decision: first.decision, caseId: first.caseId, probability: first.probability, matches: sorted }
}
