/** Everything that joining two cases does to them: for a clerk who joins, and for one who undoes a split. */
import type { Deps } from '../../deps.ts'
import { heldAmong, releaseCases, withholdJoined } from '../../store/case-holds.ts'
import type { NewEventRow } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import type { Act, Before } from './acts.ts'
import { leaveBelongings } from './belongings.ts'
import { escalated } from './escalate.ts'
import type { HeldCase } from './held-case.ts'
import { comesBack, moveReports } from './move-reports.ts'
import { recountCases } from './recount.ts'
import { clerk, joinedText, restated, saying } from './said.ts'

interface Carrying {
  readonly from: HeldCase
  readonly into: HeldCase
  /** Reports that go. */
  readonly reports: readonly string[]
  readonly act: Act
  readonly move: string
}

/**
 * Reports that the dispatch knows take a held case out of its hold. A case that ends while it is held stays unheard of; nothing
 * else holds the other one.
 */
async function settleHolds(
  tx: Tx,
  deps: Deps,
  { from, into }: Pick<Carrying, 'from' | 'into'>,
  goes: 'wholly' | 'partly',
): Promise<void> {
  const held = await heldAmong(tx, [from.id, into.id])
  if (!held.has(from.id)) await releaseCases(tx, deps, { ids: [into.id], by: 'act' })
  else if (goes === 'wholly') await withholdJoined(tx, from.id)
}

/** How the reports came, said in the other case; where a source comes back, its state is said anew. */
async function arrive(
  tx: Tx,
  deps: Deps,
  { from, into, reports, act, move }: Carrying,
): Promise<NewEventRow[]> {
  const sequence = into.sequence + 1
  const back = await comesBack(tx, into.id, reports)
  await moveReports(tx, deps, { reports, from: from.id, to: into.id, joinedSequence: sequence })
  const events = [
    saying(deps, {
      caseId: into.id,
      sequence,
      type: 'merged',
      stateAfter: into.state,
      caller: 'gateway',
      eventId: `merged:${move}`,
      actor: clerk(act.by),
      content: { otherCase: from.number, publicText: joinedText(deps, into.state), ...note(act) },
    }),
  ]
  // What the source heard of this case before is behind what it heard of the other one.
  if (back && into.state !== 'received')
    events.push(
      await restated(tx, deps, {
        id: into.id,
        state: into.state,
        sequence: sequence + 1,
        eventId: `restated:${move}`,
      }),
    )
  return events
}

/** Counts both cases anew, and appends what the other one reached by that. */
async function settle(
  tx: Tx,
  deps: Deps,
  { from, into, reports }: Carrying,
  arrived: readonly NewEventRow[],
): Promise<NewEventRow[]> {
  await recountCases(tx, [from.id, into.id], deps.now())
  const sequence = into.sequence + arrived.length
  const events = [...arrived, ...(await escalated(tx, deps, { into, reports, sequence }))]
  await tx`update cases set sequence = ${into.sequence + events.length} where id = ${into.id}`
  return events
}

const note = ({ reason }: Act) => (reason === undefined ? {} : { internalNote: reason })

/** All reports of `from` go to `into`; `from` keeps its state and history and says where they went. */
export async function carryAll(
  tx: Tx,
  deps: Deps,
  carrying: Carrying & { readonly verdictId: string | null },
): Promise<{ events: NewEventRow[]; before: Before }> {
  const { from, into, act } = carrying
  const { stopped, continuedBy } = await unitsAtWork(tx, from.id, into.id)
  await settleHolds(tx, deps, carrying, 'wholly')
  const arrived = await arrive(tx, deps, carrying)
  const left = await leaveBelongings(
    tx,
    { from, into },
    { at: deps.now(), by: act.by, verdictId: carrying.verdictId },
  )
  await tx`update cases set merged_into = ${into.id}, sequence = ${from.sequence + 1}, due_at = null where id = ${from.id}`
  const said = await settle(tx, deps, carrying, arrived)
  const gone = saying(deps, {
    caseId: from.id,
    sequence: from.sequence + 1,
    type: 'merged',
    stateAfter: from.state,
    caller: act.caller,
    eventId: act.eventId,
    actor: clerk(act.by),
    content: {
      reasonCode: 'merged',
      otherCase: into.number,
      publicText: `本件已并入${into.number}一并办理。`,
      stopped,
      ...(continuedBy.length === 0 ? {} : { continuedBy }),
      ...note(act),
    },
  })
  return {
    events: [gone, ...said],
    before: { state: from.state, stateBefore: from.state_before, ...left },
  }
}

/** Some of the reports of `from` go to `into`; `from` goes on without them. */
export async function carrySome(tx: Tx, deps: Deps, carrying: Carrying): Promise<NewEventRow[]> {
  const { from, into, act } = carrying
  await settleHolds(tx, deps, carrying, 'partly')
  const arrived = await arrive(tx, deps, carrying)
  await tx`update cases set sequence = ${from.sequence + 1} where id = ${from.id}`
  const said = await settle(tx, deps, carrying, arrived)
  const gone = saying(deps, {
    caseId: from.id,
    sequence: from.sequence + 1,
    type: 'split',
    stateAfter: from.state,
    caller: act.caller,
    eventId: act.eventId,
    actor: clerk(act.by),
    content: { otherCase: into.number, ...note(act) },
  })
  return [gone, ...said]
}

/** Units at work on the case that is joined: who works on the other one too goes on. */
async function unitsAtWork(
  tx: Tx,
  from: string,
  into: string,
): Promise<{ stopped: string[]; continuedBy: string[] }> {
  const rows = await tx<{ unit_code: string; goes_on: boolean }[]>`
    select distinct a.unit_code, exists (
      select 1 from assignments o where o.case_id = ${into} and o.unit_code = a.unit_code and o.state in ('dispatched', 'signed', 'processing')
    ) as goes_on
    from assignments a where a.case_id = ${from} and a.state in ('dispatched', 'signed', 'processing') order by a.unit_code`
  const units = (goesOn: boolean) => rows.flatMap((row) => (row.goes_on === goesOn ? [row.unit_code] : []))
  return { stopped: units(false), continuedBy: units(true) }
}
