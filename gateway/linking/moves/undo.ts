/**
 * Undoes a joining or a split. Histories stay: the undoing is a move of its own, which says how the reports went back. What
 * was joined is taken out of wherever it stands by now; what was split goes back if both cases are open.
 */
import type { Deps } from '../../deps.ts'
import { releaseCases } from '../../store/case-holds.ts'
import { insertCaseEvents, type NewEventRow } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { afterMove, checkUnused, insertMove, moveWithinMs, type Act, type Before, type Move } from './acts.ts'
import { takeBelongingsBack } from './belongings.ts'
import { carryAll, carrySome } from './carry.ts'
import { calmDown } from './escalate.ts'
import { holdCases, reportsOf, survivorOf, type HeldCase } from './held-case.ts'
import { moveReports } from './move-reports.ts'
import { recountCases } from './recount.ts'
import { apartText, assignedStates, clerk, restated, saying, unjoined } from './said.ts'

export interface UndoRequest extends Act {
  /** Id of the move, as the act answered it. */
  readonly move: string
}

export interface UndoneMove {
  /** Id of the move that undid it. */
  readonly move: string
  readonly undone: string
  /** Number of the case that the reports left, and of the one they went back to. */
  readonly from: string
  readonly into: string
  readonly reports: readonly string[]
}

/** Throws `case.move-unknown`, `case.move`, `case.event-reused`. */
export async function undoMove(deps: Deps, request: UndoRequest): Promise<UndoneMove> {
  const undone = await deps.db.transaction(
    async (tx) => {
      const made = await undoMoveIn(tx, deps, request)
      deps.killPoint('linking.before-commit')
      return made
    },
    { deadlineMs: moveWithinMs },
  )
  deps.killPoint('linking.after-commit')
  afterMove(deps)
  deps.log.info({ event: 'case.move-undone', case: undone.into, principal: request.caller })
  return undone
}

/** The same within the caller's transaction; after its commit the caller calls `afterMove`. */
export async function undoMoveIn(tx: Tx, deps: Deps, request: UndoRequest): Promise<UndoneMove> {
  const { move, held } = await holdMove(tx, request.move)
  if (move.undone_by !== null) return await asBefore(tx, move, request)
  if (move.kind === 'undo')
    throw refused('It is an undoing itself. Join the cases, or take the reports out, once more instead.')
  const [left, back] = await ends(tx, move, held)
  await checkUnused(tx, left, request)
  const moved = new Set(move.reports)
  const reports = (await reportsOf(tx, left.id)).filter((id) => moved.has(id))
  if (reports.length === 0)
    throw refused(
      `None of its reports stands in ${left.number} any more: they were taken out since. Undo that first.`,
    )
  const id = deps.newId()
  const undoing = { move: id, undone: move, from: left, into: back, reports, act: request }
  const before = move.kind === 'merge' ? await takeApart(tx, deps, undoing) : await putBack(tx, deps, undoing)
  await insertMove(
    tx,
    {
      id,
      kind: 'undo',
      from_case_id: left.id,
      to_case_id: back.id,
      reports,
      before: { ...before, undid: move.id },
    },
    { ...request, at: deps.now() },
  )
  await tx`update case_moves set undone_by = ${id} where id = ${move.id}`
  await takeVerdictsBack(tx, deps, undoing)
  return { move: id, undone: move.id, from: left.number, into: back.number, reports }
}

interface Undoing {
  readonly move: string
  readonly undone: Move
  readonly from: HeldCase
  readonly into: HeldCase
  readonly reports: readonly string[]
  readonly act: Act
}

/** The move and the cases that its reports went between, by now. Two clerks who undo it wait for each other at the cases. */
async function holdMove(tx: Tx, id: string): Promise<{ move: Move; held: ReadonlyMap<string, HeldCase> }> {
  const read = async () => {
    const [move] = await tx<Move[]>`
      select id, kind, from_case_id, to_case_id, reports, before, caller, event_id, undone_by from case_moves where id = ${id}`
    if (move === undefined)
      throw new GatewayError(
        'case.move-unknown',
        `There is no move ${id}. GET /v1/dispatch/cases/{number}/moves lists those of a case.`,
      )
    return move
  }
  const { from_case_id, to_case_id } = await read()
  const ids = [from_case_id, to_case_id]
  const survivors = await Promise.all(ids.map((one) => survivorOf(tx, one)))
  const held = await holdCases(tx, [...new Set([...ids, ...survivors])])
  return { move: await read(), held }
}

/** The case that the reports leave now, and the one they go back to. Throws `case.move`. */
async function ends(
  tx: Tx,
  move: Move,
  held: ReadonlyMap<string, HeldCase>,
): Promise<[left: HeldCase, back: HeldCase]> {
  const left = held.get(await survivorOf(tx, move.to_case_id))
  const back = held.get(move.kind === 'merge' ? move.from_case_id : await survivorOf(tx, move.from_case_id))
  if (left === undefined || back === undefined)
    throw refused('Its cases were joined with others at this moment. Send it again.')
  if (left.id === back.id)
    throw refused(`Both of its cases stand in ${left.number} by a later joining. Undo that one first.`)
  for (const { state, number } of [left, back])
    if (state === 'closed')
      throw refused(`Case ${number} was closed 结案归档 since. Append "reopened" to it first.`)
  return [left, back]
}

const refused = (why: string): GatewayError =>
  new GatewayError('case.move', `This move cannot be undone. ${why}`)

/** A repeat answers as before; a second undoing is refused. */
async function asBefore(tx: Tx, move: Move, act: Act): Promise<UndoneMove> {
  const [undo] = await tx<(Move & { from: string; into: string })[]>`
    select m.*, f.number as from, t.number as into from case_moves m join cases f on f.id = m.from_case_id join cases t on t.id = m.to_case_id
    where m.id = ${move.undone_by}`
  if (undo === undefined || undo.caller !== act.caller || undo.event_id !== act.eventId)
    throw refused('It was undone already, and a move is undone once.')
  return {
    move: undo.id,
    undone: move.id,
    from: undo.from,
    into: undo.into,
    reports: undo.reports,
  }
}

/** Undoes a joining: the reports go back to their case, which is open again where it was. */
async function takeApart(tx: Tx, deps: Deps, undoing: Undoing): Promise<Before> {
  const { from, into, reports, act, move, undone } = undoing
  const sequence = into.sequence + 1
  const withdrawn = assignedStates.has(into.state)
  const now = withdrawn ? 'registered' : into.state
  const said = { actor: clerk(act.by), ...(act.reason === undefined ? {} : { note: act.reason }) }
  await moveReports(tx, deps, { reports, from: from.id, to: into.id, joinedSequence: sequence })
  const apart = (held: HeldCase, other: HeldCase, caller: { caller: string; eventId: string }): NewEventRow =>
    saying(deps, {
      ...caller,
      caseId: held.id,
      sequence: held.sequence + 1,
      type: 'split',
      stateAfter: held.state,
      actor: said.actor,
      content: {
        otherCase: other.number,
        ...(held === into ? { publicText: apartText(deps, now) } : {}),
        ...(said.note === undefined ? {} : { internalNote: said.note }),
      },
    })
  const anew = { id: into.id, state: into.state, sequence: sequence + 1, eventId: `undone:${move}` }
  await insertCaseEvents(tx, [
    apart(from, into, act),
    apart(into, from, { caller: 'gateway', eventId: `split:${move}` }),
    withdrawn
      ? unjoined(deps, anew)
      : await restated(tx, deps, { ...anew, text: apartText(deps, into.state) }),
  ])
  await tx`update cases set sequence = ${from.sequence + 1} where id = ${from.id}`
  const waits = into.state_before !== null && assignedStates.has(into.state_before)
  await tx`
    update cases set merged_into = null, sequence = ${sequence + 1}, state = ${now},
      state_before = ${waits ? 'registered' : into.state_before} where id = ${into.id}`
  await takeBelongingsBack(tx, { from: into, into: from }, undone.before)
  await releaseCases(tx, deps, { ids: [into.id], by: 'act' })
  await recountCases(tx, [from.id, into.id], deps.now())
  await calmDown(tx, deps, { move, left: [from, into] })
  return { state: from.state }
}

/** Undoes a split: the reports go back to the case they were taken from. */
async function putBack(tx: Tx, deps: Deps, undoing: Undoing): Promise<Before> {
  const { from, reports } = undoing
  const all = await reportsOf(tx, from.id)
  if (all.length > reports.length) {
    await insertCaseEvents(tx, await carrySome(tx, deps, undoing))
    await calmDown(tx, deps, { move: undoing.move, left: [from] })
    return { state: from.state }
  }
  const carried = await carryAll(tx, deps, { ...undoing, verdictId: null })
  await insertCaseEvents(tx, carried.events)
  return carried.before
}

/** What the act said is taken back with it; what it overruled holds again. */
async function takeVerdictsBack(tx: Tx, deps: Deps, { undone, act }: Undoing): Promise<void> {
  await tx`
    update link_verdicts set undone_at = ${deps.now()}, undone_by = ${act.by} where move_id = ${undone.id} and undone_at is null`
  const overruled = [...(undone.before.overruled ?? [])]
  if (overruled.length > 0)
    await tx`update link_verdicts set undone_at = null, undone_by = null where id = any(${overruled}::uuid[])`
}
