/** A clerk who knows the gold: answers what waits at the real desk, in its order, as the reports come in. */
import type { Deps } from '../../../gateway/deps.ts'
import { answerItem } from '../../../gateway/linking/review/answer.ts'
import { takePairs } from '../../../gateway/linking/review/take.ts'
import type { GoldCluster, GoldPair } from './scores.ts'

/** Which matter a report is about; undefined where the gold does not say. */
export type MatterOf = (id: string) => string | undefined

export interface Answers {
  /** Reports about which the clerk was asked, and questions answered. */
  readonly reports: Set<string>
  same: number
  different: number
}

export const noAnswers = (): Answers => ({ reports: new Set(), same: 0, different: 0 })

const clerk = 'eval'
const atOnce = 20

/** Pairs that are one matter, and whatever hangs together by them. */
export function mattersOf(gold: {
  readonly clusters?: readonly GoldCluster[]
  readonly pairs: readonly GoldPair[]
}): MatterOf {
  const first = new Map<string, string>()
  const rootOf = (id: string): string => {
    let root = id
    for (let next = first.get(root); next !== undefined && next !== root; next = first.get(root)) root = next
    return root
  }
  const join = (a: string, b: string) => {
    if (!first.has(a)) first.set(a, a)
    first.set(rootOf(b), rootOf(a))
  }
  for (const { ids } of gold.clusters ?? []) for (const id of ids) join(String(ids[0]), String(id))
  if (gold.clusters === undefined)
    for (const { a, b, dup } of gold.pairs) if (dup === 1) join(String(a), String(b))
  return (id) => (first.has(id) ? rootOf(id) : undefined)
}

interface Sides {
  readonly id: string
  readonly own: string[]
  readonly other: string[]
}

/** Answers everything that waits now: one matter where any report of one side is about a matter of the other, else not the same. */
export async function answerAll(deps: Deps, matterOf: MatterOf, answers: Answers): Promise<void> {
  for (;;) {
    const pairs = await takePairs(deps, { clerk, limit: atOnce })
    if (pairs.length === 0) return
    for (const { match } of pairs) {
      const [sides] = await deps.db.sql<Sides[]>`
        select m.id, array(select external_id from reports where case_id = p.case_id) as own, array(select external_id from reports where case_id = o.id) as other
        from matches m join reports p on p.id = m.report_id join cases c on c.id = m.case_id join cases o on o.id = coalesce(c.merged_into, c.id)
        where m.id = ${match.id} and m.settled_at is null`
      // An answer before it has answered this one too.
      if (sides === undefined) continue
      const matters = new Set(sides.own.flatMap((id) => matterOf(id) ?? []))
      const decision = sides.other.some((id) => matters.has(matterOf(id) ?? '')) ? 'link' : 'different'
      await answerItem(deps, { id: match.id, answer: { decision, clerk, eventId: match.id }, caller: 'cli' })
      answers.reports.add(match.report_id)
      answers[decision === 'link' ? 'same' : 'different'] += 1
    }
  }
}
