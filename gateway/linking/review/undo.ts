/** Takes a clerk's answer back: what was joined is taken apart again, "not the same" no longer holds, and the item waits. */
import type { ReviewUndo } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { afterMove, moveWithinMs } from '../moves/acts.ts'
import { undoMoveIn } from '../moves/undo.ts'
import { undoVerdicts } from '../moves/verdicts.ts'
import { readMatch, type MatchRow } from './queue.ts'
import { pairsOf } from './standing.ts'
import { holderOf } from './take.ts'
import { unchain } from './unchain.ts'

export interface Undoing {
  readonly id: string
  readonly undo: ReviewUndo
  readonly caller: string
}

/** A repeat changes nothing. Throws `review.unknown`, `review.undo`, and what undoing a move throws. */
export async function undoAnswer(deps: Deps, undoing: Undoing): Promise<void> {
  await deps.db.transaction((tx) => undoIn(tx, deps, undoing), { deadlineMs: moveWithinMs })
  afterMove(deps)
  deps.log.info({
    event: 'review.undone',
    principal: `${undoing.caller} ${holderOf(undoing.undo.clerk)}`,
  })
}

async function undoIn(tx: Tx, deps: Deps, { id, undo, caller }: Undoing): Promise<void> {
  const match = await readMatch(tx, id)
  const by = holderOf(undo.clerk)
  if (match.settled_at === null) return await takeUp(tx, match, by)
  const verdict = await verdictOf(tx, match)
  if (verdict === undefined) throw nothing(match)
  const act = { eventId: undo.eventId, caller, by, reason: undo.note }
  if (verdict.move_id !== null) await undoMoveIn(tx, deps, { ...act, move: verdict.move_id })
  else {
    const [pair] = await pairsOf(tx, [match])
    if (verdict.verdict === 'same' && pair !== undefined) await unchain(tx, deps, pair, act)
    await undoVerdicts(tx, [verdict.id], { at: deps.now(), by })
  }
  // Served by link_verdict_sides_report and matches_report: whatever the same answer settled waits again.
  await tx`
    update matches set settled_at = null, verdict_id = null, later_until = null, later_by = null
    where verdict_id = ${verdict.id} and report_id in (select report_id from link_verdict_sides where verdict_id = ${verdict.id})`
}

/** An item that waits: one that was put off is asked again now; one whose answer this clerk took back stays as it is. */
async function takeUp(tx: Tx, match: MatchRow, by: string): Promise<void> {
  if (match.later_until !== null) {
    await tx`update matches set later_until = null, later_by = null where id = ${match.id}`
    return
  }
  const [undone] = await tx`
    select 1 from link_verdict_sides s join link_verdicts v on v.id = s.verdict_id
    where s.report_id = ${match.report_id} and v.match_id = ${match.id} and v.undone_by = ${by}`
  if (undone === undefined) throw nothing(match)
}

interface VerdictRow {
  readonly id: string
  readonly verdict: 'same' | 'different'
  readonly move_id: string | null
}

async function verdictOf(tx: Tx, match: MatchRow): Promise<VerdictRow | undefined> {
  if (match.verdict_id === null) return undefined
  const [row] = await tx<VerdictRow[]>`
    select id, verdict, move_id from link_verdicts where id = ${match.verdict_id} and undone_at is null`
  return row
}

const nothing = (match: MatchRow): GatewayError =>
  new GatewayError(
    'review.undo',
    match.settled_at === null
      ? 'This item waits for its answer; there is none to take back.'
      : 'No clerk answered this item, or the answer was taken back elsewhere; there is none to take back.',
    { context: { match: match.id } },
  )
