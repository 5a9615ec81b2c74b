import type { Deps } from '../../deps.ts'
import { GatewayError } from '../../telemetry/errors.ts'

/** One move of reports between cases 并案 · 拆案 · 撤销, as people see it. */
export interface ListedMove {
  readonly id: string
  readonly kind: 'merge' | 'split' | 'undo'
  readonly from: string
  readonly into: string
  readonly reports: readonly string[]
  readonly at: string
  readonly decidedBy: string
  readonly reason?: string
  /** The move that undid this one. */
  readonly undoneBy?: string
}

interface MoveRow {
  readonly id: string
  readonly kind: ListedMove['kind']
  readonly from: string
  readonly into: string
  readonly reports: readonly string[]
  readonly at: Date
  readonly decided_by: string
  readonly reason: string | null
  readonly undone_by: string | null
}

/** Moves out of `$1` and into it. Served by case_moves_caller and case_moves_to. */
export const MOVES_OF_CASE = `
  select m.id, m.kind, f.number as from, t.number as into, m.reports, m.at, m.decided_by, m.reason, m.undone_by
  from (select * from case_moves where from_case_id = $1::uuid union select * from case_moves where to_case_id = $1::uuid) m
  join cases f on f.id = m.from_case_id join cases t on t.id = m.to_case_id order by m.at, m.id`

/** What went out of a case and into it, oldest first. Throws `case.unknown`. */
export async function readMoves({ db }: Deps, number: string): Promise<ListedMove[]> {
  const [found] = await db.sql<{ id: string }[]>`select id from cases where number = ${number}`
  if (found === undefined)
    throw new GatewayError('case.unknown', `There is no case ${number}.`, { context: { case: number } })
  const rows = await db.sql.unsafe<MoveRow[]>(MOVES_OF_CASE, [found.id])
  return rows.map(({ at, decided_by, reason, undone_by, ...row }) => ({
    ...row,
    at: at.toISOString(),
    decidedBy: decided_by,
    ...(reason === null ? {} : { reason }),
    ...(undone_by === null ? {} : { undoneBy: undone_by }),
  }))
}
