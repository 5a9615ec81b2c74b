/**
 * A report of a matter whose case was closed: a follow-up soon after reopens the case 重办, another one opens a successor. Where
 * the case was reopened since, or its chain has an open case, the report joins that one.
 */
import type { Tx } from '../../store/client.ts'
import { isFollowUp } from './follow-up.ts'
import type { HeldCase, LinkedReport } from './linked.ts'

const dayMs = 86_400_000
/** Sources give their times to the minute, by clocks of their own. */
const clockSlackMs = 10 * 60_000

/** The open case of each closed one's chain. Served by cases_chain. */
export const openInChains = `
  select w.id as closed_id, o.id from unnest($1::uuid[]) as w(id) join cases c on c.id = w.id
  cross join lateral (
    select n.id from cases n where n.chain_id = c.chain_id and n.state <> 'closed' and n.merged_into is null order by n.opened_at desc limit 1
  ) o`

const predecessorsOf = (batch: readonly LinkedReport[]): string[] => [
  ...new Set(batch.flatMap(({ opens }) => opens?.predecessorId ?? [])),
]

/** The open case in the chain of each closed case that the batch follows. No row is held yet. */
export async function readOpenInChains(
  tx: Tx,
  batch: readonly LinkedReport[],
): Promise<ReadonlyMap<string, string>> {
  const closed = predecessorsOf(batch)
  if (closed.length === 0) return new Map()
  const rows = await tx.unsafe<{ closed_id: string; id: string }[]>(openInChains, [closed as never])
  return new Map(rows.map((row) => [row.closed_id, row.id]))
}

interface ReopenRules {
  readonly held: ReadonlyMap<string, HeldCase>
  readonly openInChain: ReadonlyMap<string, string>
  readonly reopenWithinDays: number
  readonly now: Date
}

export interface Settled<Report> {
  readonly batch: readonly Report[]
  /** The report that reopens each case. */
  readonly reopened: ReadonlyMap<string, Report>
}

/** The batch with the case that each report really joins or opens. Cases that are reopened are changed in `held`. */
export function settleFollowUps<Report extends LinkedReport>(
  batch: readonly Report[],
  rules: ReopenRules,
): Settled<Report> {
  const renamed = new Map<string, string>()
  const reopened = new Map<string, Report>()
  const settled = batch.map((linked) => {
    const closedId = linked.opens?.predecessorId
    if (closedId === undefined || closedId === null) return joining(linked, renamed.get(linked.caseId))
    const target = targetOf(linked, closedId, rules)
    if (target === undefined) return linked
    renamed.set(linked.caseId, target.id)
    const joined = joining(linked, target.id)
    if (target.state === 'closed') {
      target.state = 'reopened'
      reopened.set(target.id, joined)
    }
    return joined
  })
  return { batch: settled, reopened }
}

/** The case that takes the report instead of a successor. */
function targetOf(linked: LinkedReport, closedId: string, rules: ReopenRules): HeldCase | undefined {
  const closed = rules.held.get(closedId)
  if (closed === undefined || closed.state !== 'closed') return closed
  const open = rules.held.get(rules.openInChain.get(closedId) ?? '')
  if (open !== undefined && open.state !== 'closed') return open
  const at = closed.closed_at?.getTime()
  if (at === undefined || linked.row.submitted_at.getTime() < at - clockSlackMs) return undefined
  const soon = rules.now.getTime() - at <= rules.reopenWithinDays * dayMs
  return soon && isFollowUp(linked.features, linked.decision) ? closed : undefined
}

/** The report in that case; its reasons name it, too. */
function joining<Report extends LinkedReport>(linked: Report, caseId: string | undefined): Report {
  if (caseId === undefined || caseId === linked.caseId) return linked
  const { decision } = linked
  const rename = (id: string) => (id === linked.caseId ? caseId : id)
  return {
    ...linked,
    caseId,
    opens: undefined,
    decision: {
      ...decision,
      ...(decision.caseId === undefined ? {} : { caseId: rename(decision.caseId) }),
      matches: decision.matches.map((match) => ({ ...match, caseId: rename(match.caseId) })),
    },
  }
}

/** Writes that they are open again. */
export async function reopenCases(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx`update cases set state = 'reopened', state_before = null, closed_at = null where id = any(${ids as string[]}::uuid[])`
}
