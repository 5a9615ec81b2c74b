/** Feeds located reports in the order of their time through keys, candidates and decisions, with the linker's caps, in memory. */
import { keysLocated, lookupKeysLocated } from '../../../gateway/linking/located/keys-located.ts'
import { matchLocated } from '../../../gateway/linking/located/match-located.ts'
import type { LocatedModel } from '../../../gateway/linking/located/model.ts'
import type { Features } from '../../../gateway/linking/types.ts'
import type { LocatedSet } from './located-set.ts'

export interface Caps {
  /** Of a key, so many of its newest reports are looked at. */
  readonly newest: number
  /** So many cases are compared, those with the most in common. */
  readonly cases: number
  readonly reportsOfCase: number
  /** What a case must have in common with a report to be compared: a key that is shared by few, or two that more share. */
  readonly leastWorth: number
}

export interface Fed {
  /** Case of each report: the position of its first one. */
  readonly cases: readonly number[]
  /** Cases put before a clerk, best first, and how probable the best is. */
  readonly reviews: readonly { readonly cases: readonly number[]; readonly probability: number }[]
}

/** What the linker would come to. */
export function feedLocated(reports: readonly Features[], model: LocatedModel, caps: Caps): Fed {
  const index = new Map<string, number[]>()
  const cases: number[] = []
  const members = new Map<number, Features[]>()
  const reviews = reports.map((report, own) => {
    const candidates = worthOf(report, { index, cases, model, caps }).map((id) => ({
      caseId: String(id),
      open: true,
      reports: (members.get(id) ?? []).slice(-caps.reportsOfCase),
    }))
    const decision = matchLocated(report, candidates, model)
    const id = decision.decision === 'link' ? Number(decision.caseId) : own
    cases.push(id)
    members.set(id, [...(members.get(id) ?? []), report])
    for (const { kind, key } of keysLocated(report, model)) {
      const list = index.get(`${kind}|${key}`)
      if (list === undefined) index.set(`${kind}|${key}`, [own])
      else list.push(own)
    }
    const asked = decision.matches.filter((match) => match.decision !== 'new' && Number(match.caseId) !== id)
    return {
      cases: asked.map(({ caseId }) => Number(caseId)),
      probability: asked[0]?.probability ?? 0,
    }
  })
  return { cases, reviews }
}

/** Cases with the most in common: the more share a key, the less it says. */
function worthOf(
  report: Features,
  given: { index: Map<string, number[]>; cases: readonly number[]; model: LocatedModel; caps: Caps },
): number[] {
  const worths = new Map<number, number>()
  for (const { kind, key } of lookupKeysLocated(report, given.model)) {
    const newest = (given.index.get(`${kind}|${key}`) ?? []).slice(-given.caps.newest)
    for (const id of newest.map((other) => given.cases[other] as number))
      worths.set(id, (worths.get(id) ?? 0) + 3 / Math.sqrt(newest.length))
  }
  return [...worths]
    .filter(([, worth]) => worth >= given.caps.leastWorth)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, given.caps.cases)
    .map(([id]) => id)
}

export interface LocatedFigures {
  readonly recall: number
  readonly cross_channel_recall: number
  readonly cross_type_recall: number
  readonly false_merge_rate: number
  readonly joined_share: number
  readonly parent_in_top3: number
  readonly review_per_100: number
}

/** The figures of the 311 set, as its score says them. */
export function figuresOf({ pairs }: LocatedSet, { cases, reviews }: Fed): LocatedFigures {
  type Pair = LocatedSet['pairs'][number]
  const together = ({ a, b }: Pair) => cases[a] === cases[b]
  const names = (one: number, other: number) =>
    reviews[one]?.cases.slice(0, 3).includes(cases[other] as number) === true
  const proposed = ({ a, b }: Pair) => names(a, b) || names(b, a)
  const share = (of: readonly Pair[], hit: (pair: Pair) => boolean) =>
    of.length === 0 ? 0 : of.filter(hit).length / of.length
  const dups = pairs.filter(({ dup }) => dup)
  return {
    recall: share(dups, together),
    cross_channel_recall: share(
      dups.filter(({ crossChannel }) => crossChannel),
      together,
    ),
    cross_type_recall: share(
      dups.filter(({ crossType }) => crossType),
      together,
    ),
    false_merge_rate: share(
      pairs.filter(({ dup }) => !dup),
      together,
    ),
    joined_share: cases.filter((id, own) => id !== own).length / cases.length,
    parent_in_top3: share(dups, (pair) => together(pair) || proposed(pair)),
    review_per_100: (100 * reviews.filter((review) => review.cases.length > 0).length) / reviews.length,
  }
}
