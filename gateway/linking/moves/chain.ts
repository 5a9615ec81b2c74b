/** A closed case and an open one of the same matter: they are not joined, the open one follows the closed one in its chain 关联链. */
import { CHAINED } from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import { releaseCases } from '../../store/case-holds.ts'
import { insertCaseEvents } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { afterMove, checkUnused, reusedId, type Act } from './acts.ts'
import { holdByNumbers, joinedElsewhere, reportsOf, type HeldCase } from './held-case.ts'
import { clerk, saying } from './said.ts'
import { recordVerdict, verdictsBetween } from './verdicts.ts'

export interface ChainRequest extends Act {
  /** Number of the open case. */
  readonly open: string
  /** Number of the closed case that it follows. */
  readonly closed: string
  /** The match that a clerk answered with this, for the verdict. */
  readonly matchId?: string | undefined
}

export interface ChainedCases {
  readonly open: string
  readonly closed: string
  /** Shared by both. */
  readonly chain: string
}

/** Throws `case.unknown`, `case.merge`, `case.merged`, `case.verdict`, `case.event-reused`. */
export async function chainCases(deps: Deps, request: ChainRequest): Promise<ChainedCases> {
  const chained = await deps.db.transaction((tx) => chainCasesIn(tx, deps, request))
  afterMove(deps)
  deps.log.info({ event: 'case.chained', case: request.open, principal: request.caller })
  return chained
}

/** The same within the caller's transaction; after its commit the caller calls `afterMove`. */
export async function chainCasesIn(tx: Tx, deps: Deps, request: ChainRequest): Promise<ChainedCases> {
  if (request.open === request.closed)
    throw refused(request.open, `Case ${request.open} cannot follow itself. Name two cases.`)
  const [open, closed] = (await holdByNumbers(tx, [request.open, request.closed])) as [HeldCase, HeldCase]
  if (await chainedBefore(tx, { open, closed }, request)) return answerOf(open, closed)
  await checkUnused(tx, open, request)
  checkChainable(open, closed)
  const sides = [await reportsOf(tx, open.id), await reportsOf(tx, closed.id)] as const
  if ((await verdictsBetween(tx, ...sides)).some(({ verdict }) => verdict === 'different'))
    throw new GatewayError(
      'case.verdict',
      `A clerk said that ${open.number} and ${closed.number} are not the same matter. Take that back first.`,
      { context: { case: open.number } },
    )
  await tx`update cases set chain_id = ${closed.chain_id} where chain_id = ${open.chain_id}`
  await tx`update cases set predecessor_id = ${closed.id}, sequence = sequence + 1 where id = ${open.id}`
  await recordVerdict(tx, {
    id: deps.newId(),
    verdict: 'same',
    sides,
    by: request.by,
    at: deps.now(),
    origin: request.matchId === undefined ? 'merge' : 'review',
    matchId: request.matchId,
    reason: request.reason,
  })
  await insertCaseEvents(tx, [
    saying(deps, {
      caseId: open.id,
      sequence: open.sequence + 1,
      type: 'noted',
      stateAfter: open.state,
      caller: request.caller,
      eventId: request.eventId,
      actor: clerk(request.by),
      content: {
        reasonCode: CHAINED,
        otherCase: closed.number,
        ...(request.reason === undefined ? {} : { internalNote: request.reason }),
      },
    }),
  ])
  await releaseCases(tx, deps, { ids: [open.id], by: 'act' })
  return answerOf(open, closed)
}

const answerOf = (open: HeldCase, closed: HeldCase): ChainedCases => ({
  open: open.number,
  closed: closed.number,
  chain: closed.chain_id,
})

async function chainedBefore(
  tx: Tx,
  { open, closed }: { open: HeldCase; closed: HeldCase },
  act: Act,
): Promise<boolean> {
  const [known] = await tx<{ type: string; other: string | null }[]>`
    select type, content->>'otherCase' as other from case_events
    where case_id = ${open.id} and caller = ${act.caller} and event_id = ${act.eventId}`
  if (known === undefined) return false
  if (known.type === 'noted' && known.other === closed.number && open.predecessor_id === closed.id)
    return true
  throw reusedId(act, open.number)
}

const refused = (number: string, detail: string): GatewayError =>
  new GatewayError('case.merge', detail, { context: { case: number } })

/** One case follows one other, and none follows one that follows it. */
function checkChainable(open: HeldCase, closed: HeldCase): void {
  for (const held of [open, closed]) if (held.merged_into !== null) throw joinedElsewhere(held)
  if (open.state === 'closed')
    throw refused(
      open.number,
      `Case ${open.number} is closed 结案归档 itself. Two closed cases stay as they are.`,
    )
  if (closed.state !== 'closed')
    throw refused(
      closed.number,
      `Case ${closed.number} is open. Join the two (POST /v1/dispatch/cases/{number}/merge).`,
    )
  if (open.chain_id === closed.chain_id)
    throw refused(open.number, `Cases ${open.number} and ${closed.number} stand in one chain 关联链 already.`)
  if (open.predecessor_id !== null)
    throw refused(
      open.number,
      `Case ${open.number} follows another closed case already, and a case has one predecessor.`,
    )
}
