/** Where the two sides of a match stand now: a question that no longer arises is settled, not shown. */
import type { CaseState } from '../../../schemas/case.ts'
import type { Urgency } from '../../../schemas/report.ts'
import type { Deps } from '../../deps.ts'
import type { Sql, Tx } from '../../store/client.ts'
import type { MatchRow } from './queue.ts'

export interface SideCase {
  readonly id: string
  readonly number: string
  readonly chain_id: string
  readonly predecessor_id: string | null
  readonly state: CaseState
  readonly state_before: CaseState | null
  readonly kind: string
  readonly category: string | null
  readonly urgency: Urgency
  readonly sensitive: boolean
  readonly confidential: boolean
  readonly opened_at: Date
  readonly closed_at: Date | null
  readonly due_at: Date | null
  /** The dispatch hears of it by then at the latest; null where it has. */
  readonly held_until: Date | null
}

/** Two cases that may be one: `own` holds the report that asked. */
export interface Pair {
  readonly match: MatchRow
  readonly own: SideCase
  readonly other: SideCase
}

export interface Standing {
  readonly pairs: readonly Pair[]
  /** Those that need no answer any more. */
  readonly obsolete: readonly MatchRow[]
}

/** A case that was closed so long ago gets no successor for a question that waited meanwhile. */
const closedTooLongMs = 180 * 86_400_000

/** Each case that was asked for, as the one that holds its reports now 并案. Served by cases_pkey. */
export const casesAsTheyStand = `
  with recursive line as (
    select id as asked, id, merged_into, 0 as hops from cases where id = any($1::uuid[])
    union all select line.asked, c.id, c.merged_into, line.hops + 1 from line join cases c on c.id = line.merged_into where line.hops < 50
  )
  select line.asked, c.id, c.number, c.chain_id, c.predecessor_id, c.state, c.state_before, c.kind, c.category, c.urgency, c.sensitive, c.confidential, c.opened_at, c.closed_at, c.due_at, h.until as held_until
  from line cross join lateral (select * from cases where id = line.id limit 1) c left join case_holds h on h.case_id = c.id where line.merged_into is null`

/** Pairs of which a clerk has said something that holds. Served by reports_case and link_verdict_sides_report. */
export const pairsWithVerdict = `
  select w.n from json_to_recordset($1::text::json) as w(n int, own uuid, other uuid)
  where exists (
    select 1 from reports a join link_verdict_sides s on s.report_id = a.id
    join link_verdicts v on v.id = s.verdict_id and v.undone_at is null
    join link_verdict_sides t on t.verdict_id = s.verdict_id and t.side <> s.side
    join reports b on b.id = t.report_id
    where a.case_id = w.own and b.case_id = w.other)`

/** Both cases of each match as they stand, whatever became of them. */
export async function pairsOf(sql: Sql | Tx, matches: readonly MatchRow[]): Promise<Pair[]> {
  if (matches.length === 0) return []
  const ids = [...new Set(matches.flatMap((match) => [match.own_case_id, match.case_id]))]
  const rows = await sql.unsafe<(SideCase & { asked: string })[]>(casesAsTheyStand, [ids as never], {
    prepare: true,
  })
  const cases = new Map(rows.map(({ asked, ...found }) => [asked, found]))
  return matches.flatMap((match): Pair[] => {
    const [own, other] = [cases.get(match.own_case_id), cases.get(match.case_id)]
    return own === undefined || other === undefined ? [] : [{ match, own, other }]
  })
}

/** Sorts matches into pairs that stand and obsolete ones; changes nothing. */
export async function standingOf(sql: Sql | Tx, matches: readonly MatchRow[], now: Date): Promise<Standing> {
  const pairs = (await pairsOf(sql, matches)).filter(({ own, other }) => !related(own, other, now))
  const said =
    pairs.length === 0
      ? []
      : await sql.unsafe<{ n: number }[]>(
          pairsWithVerdict,
          [JSON.stringify(pairs.map(({ own, other }, n) => ({ n, own: own.id, other: other.id })))],
          { prepare: true },
        )
  const answered = new Set(said.map(({ n }) => n))
  const standing = pairs.filter((_, n) => !answered.has(n))
  const kept = new Set(standing.map(({ match }) => match.id))
  return { pairs: standing, obsolete: matches.filter(({ id }) => !kept.has(id)) }
}

/** One case, one chain, or nothing left to join. */
function related(own: SideCase, other: SideCase, now: Date): boolean {
  if (own.id === other.id || own.chain_id === other.chain_id) return true
  const closed = [own, other].filter(({ state }) => state === 'closed')
  if (closed.length === 2) return true
  // A case follows one other: it cannot follow this one too.
  const open = own.state === 'closed' ? other : own
  if (closed.length === 1 && open.predecessor_id !== null) return true
  return closed.some(
    ({ closed_at }) => closed_at !== null && now.getTime() - closed_at.getTime() > closedTooLongMs,
  )
}

/** What waits under several matches of the same two cases is one question. */
export const pairName = ({ own, other }: Pair): string => `review:${[own.id, other.id].toSorted().join(':')}`

export async function settleObsolete(deps: Deps, matches: readonly MatchRow[]): Promise<void> {
  if (matches.length === 0) return
  // What somebody else is answering or settling just now is theirs.
  await deps.db.sql`
    update matches set settled_at = ${deps.now()} where id in (
      select id from matches where id = any(${matches.map(({ id }) => id)}::uuid[]) and settled_at is null for update skip locked)`
}
