/** Takes a case out of the chain 关联链 that a clerk's answer put it into. */
import { CHAINED } from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import { insertCaseEvents } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import type { Act } from '../moves/acts.ts'
import { holdCases } from '../moves/held-case.ts'
import { clerk, saying } from '../moves/said.ts'
import type { Pair } from './standing.ts'

/** The case and those that follow it are a chain of their own again. Nothing happens where neither follows the other any more. */
export async function unchain(tx: Tx, deps: Deps, { own, other }: Pair, act: Act): Promise<void> {
  const held = [...(await holdCases(tx, [own.id, other.id])).values()]
  const later = held.find(({ predecessor_id: before }) => held.some(({ id }) => id === before))
  const earlier = held.find(({ id }) => id === later?.predecessor_id)
  if (later === undefined || earlier === undefined) return
  // Served by cases_chain.
  await tx`
    with recursive line as (
      select id from cases where id = ${later.id}
      union all select c.id from line join cases c on c.chain_id = ${later.chain_id} and c.predecessor_id = line.id
    ) update cases set chain_id = ${later.id} where id in (select id from line)`
  await tx`update cases set predecessor_id = null, sequence = sequence + 1 where id = ${later.id}`
  await insertCaseEvents(tx, [
    saying(deps, {
      caseId: later.id,
      sequence: later.sequence + 1,
      type: 'noted',
      stateAfter: later.state,
      caller: act.caller,
      eventId: act.eventId,
      actor: clerk(act.by),
      content: {
        reasonCode: CHAINED,
        internalNote: act.reason ?? `No longer follows ${earlier.number}.`,
      },
    }),
  ])
}
