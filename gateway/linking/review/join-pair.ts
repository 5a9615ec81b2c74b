/** "One matter": what both sides hold becomes one case, or one chain where a side is closed. */
import type { CaseState } from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { chainCasesIn } from '../moves/chain.ts'
import { joinCasesIn } from '../moves/merge.ts'
import type { Pair, SideCase } from './standing.ts'

/** How far a case has come. What was refused or answered at once goes on least: the other side is being worked on. */
const progress: { readonly [state in CaseState]: number } = {
  rejected: 0,
  answered: 0,
  received: 1,
  checking: 2,
  registered: 3,
  reopened: 3,
  suspended: 3,
  dispatched: 4,
  signed: 5,
  processing: 6,
  resolved: 7,
  verified: 8,
  followed_up: 9,
  closed: -1,
}

const progressOf = ({ state, state_before }: SideCase): number =>
  progress[state === 'suspended' && state_before !== null ? state_before : state]

/** The case that goes on is the one further along; of two alike the older. Nobody begins again who was being helped. */
export function survivorOf(pair: Pick<Pair, 'own' | 'other'>): { from: SideCase; into: SideCase } {
  const [into, from] = [pair.own, pair.other].toSorted(
    (a, b) =>
      progressOf(b) - progressOf(a) ||
      a.opened_at.getTime() - b.opened_at.getTime() ||
      (a.number < b.number ? -1 : 1),
  ) as [SideCase, SideCase]
  return { from, into }
}

export interface Joining {
  readonly pair: Pair
  readonly caller: string
  readonly by: string
  readonly eventId: string
  readonly reason: string | undefined
}

/**
 * The id of the verdict "same" that it leaves. A closed case is not joined: the open one becomes its successor. Throws what
 * `joinCasesIn` and `chainCasesIn` throw.
 */
export async function joinPair(tx: Tx, deps: Deps, { pair, ...act }: Joining): Promise<string> {
  const { from, into } = survivorOf(pair)
  const { match } = pair
  const closed = [from, into].find(({ state }) => state === 'closed')
  if (closed === undefined)
    await joinCasesIn(tx, deps, { ...act, from: from.number, into: into.number, matchId: match.id })
  else {
    const open = closed === from ? into : from
    await chainCasesIn(tx, deps, { ...act, open: open.number, closed: closed.number, matchId: match.id })
  }
  // Served by link_verdict_sides_report.
  const [verdict] = await tx<{ id: string }[]>`
    select v.id from link_verdict_sides s join link_verdicts v on v.id = s.verdict_id
    where s.report_id = ${match.report_id} and v.match_id = ${match.id} and v.verdict = 'same' and v.undone_at is null
    order by v.decided_at desc limit 1`
  if (verdict === undefined) throw new Error('Joining two cases left no verdict.')
  return verdict.id
}
