/** What is known of acts on cases: rows of `case_moves`, one for each set of reports that went together. */
import type { CaseState } from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'

/** Of an act on cases with tens of thousands of reports, whose parties and keys go in one commit. */
export const moveWithinMs = 120_000

/** Who decided what, and under which id of the caller's. */
export interface Act {
  readonly eventId: string
  readonly caller: string
  /** `clerk:C-07` */
  readonly by: string
  readonly reason?: string | undefined
}

/** How it was before, for whoever undoes it. */
export interface Before {
  /** The act's own id at its caller, where it made several moves. */
  readonly act?: string
  readonly state?: CaseState
  readonly stateBefore?: CaseState | null
  /** Assignments 派单 that were open. */
  readonly assignments?: readonly string[]
  /** Tags that the other case got. */
  readonly tags?: readonly string[]
  readonly topics?: readonly string[]
  readonly umbrella?: 'moved' | 'ended'
  /** Matches under review that were settled, and those that ask about the other case since. */
  readonly settled?: readonly string[]
  readonly turned?: readonly string[]
  /** Verdicts that were taken back. */
  readonly overruled?: readonly string[]
  /** Of an undo: the move that it undid. */
  readonly undid?: string
}

export interface Move {
  readonly id: string
  readonly kind: 'merge' | 'split' | 'undo'
  readonly from_case_id: string
  readonly to_case_id: string
  readonly reports: readonly string[]
  readonly before: Before
  readonly caller: string
  readonly event_id: string
  readonly undone_by: string | null
}

/** The moves that the caller made of a case under this id, in their order. Served by case_moves_caller. */
export async function earlierMoves(tx: Tx, fromCaseId: string, act: Act): Promise<Move[]> {
  const rows = await tx<Move[]>`
    select id, kind, from_case_id, to_case_id, reports, before, caller, event_id, undone_by from case_moves
    where from_case_id = ${fromCaseId} and caller = ${act.caller}`
  return rows
    .filter((row) => row.event_id === act.eventId || row.before.act === act.eventId)
    .toSorted((a, b) => a.event_id.length - b.event_id.length || (a.event_id < b.event_id ? -1 : 1))
}

export const reusedId = (act: Act, number: string): GatewayError =>
  new GatewayError(
    'case.event-reused',
    `Event id "${act.eventId}" was used on case ${number} for something else. Give each act an id of its own.`,
    { context: { case: number } },
  )

/** Throws `case.event-reused` where the caller's id stands for another event of the case. */
export async function checkUnused(tx: Tx, held: { id: string; number: string }, act: Act): Promise<void> {
  const [known] = await tx`
    select 1 from case_events where case_id = ${held.id} and caller = ${act.caller} and event_id = ${act.eventId}`
  if (known !== undefined) throw reusedId(act, held.number)
}

export async function insertMove(
  tx: Tx,
  move: Omit<Move, 'undone_by' | 'caller' | 'event_id'>,
  act: Act & { readonly at: Date },
): Promise<void> {
  await tx`
    insert into case_moves (id, kind, from_case_id, to_case_id, reports, before, caller, event_id, decided_by, reason, at)
    values (${move.id}, ${move.kind}, ${move.from_case_id}, ${move.to_case_id}, ${move.reports as string[]}::uuid[], ${tx.json(move.before as never)},
      ${act.caller}, ${act.eventId}, ${act.by}, ${act.reason ?? null}, ${act.at})`
}

/** After the commit: those who tell sources, dispatch and units. */
export function afterMove(deps: Deps): void {
  for (const stage of ['fan-out', 'dispatch', 'messages'] as const) deps.signals.wake(stage)
}
