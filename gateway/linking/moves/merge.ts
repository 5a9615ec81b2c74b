/** Joins two cases 并案: one matter, one case. The reports of the one go to the other; its number answers with where they went. */
import type { Deps } from '../../deps.ts'
import { insertCaseEvents } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { afterMove, checkUnused, earlierMoves, insertMove, moveWithinMs, reusedId, type Act } from './acts.ts'
import { carryAll } from './carry.ts'
import { holdByNumbers, joinedElsewhere, reportsOf, type HeldCase } from './held-case.ts'
import { recordVerdict, undoVerdicts, verdictsBetween } from './verdicts.ts'

export interface JoinRequest extends Act {
  /** Number of the case that ends up joined: its reports go to the other. */
  readonly from: string
  /** Number of the case that goes on. */
  readonly into: string
  /** Takes back what a clerk said before: that the two are not the same. */
  readonly overrule?: boolean | undefined
  /** The match that a clerk answered with this, for the verdict. */
  readonly matchId?: string | undefined
}

export interface JoinedCases {
  /** Id of the move: what `undoMove` takes. */
  readonly move: string
  readonly from: string
  readonly into: string
}

/** Throws `case.unknown`, `case.merge`, `case.merged`, `case.verdict`, `case.event-reused`. */
export async function joinCases(deps: Deps, request: JoinRequest): Promise<JoinedCases> {
  const joined = await deps.db.transaction(
    async (tx) => {
      const made = await joinCasesIn(tx, deps, request)
      deps.killPoint('linking.before-commit')
      return made
    },
    { deadlineMs: moveWithinMs },
  )
  deps.killPoint('linking.after-commit')
  afterMove(deps)
  deps.log.info({ event: 'case.joined', case: request.into, from: request.from, principal: request.caller })
  return joined
}

/** The same within the caller's transaction; after its commit the caller calls `afterMove`. */
export async function joinCasesIn(tx: Tx, deps: Deps, request: JoinRequest): Promise<JoinedCases> {
  const { from: fromNumber, into: intoNumber } = request
  if (fromNumber === intoNumber)
    throw refused(fromNumber, `Case ${fromNumber} cannot be joined with itself. Name two cases.`)
  const [from, into] = (await holdByNumbers(tx, [fromNumber, intoNumber])) as [HeldCase, HeldCase]
  const [earlier] = await earlierMoves(tx, from.id, request)
  if (earlier !== undefined) {
    if (earlier.kind !== 'merge' || earlier.to_case_id !== into.id) throw reusedId(request, fromNumber)
    return { move: earlier.id, from: fromNumber, into: intoNumber }
  }
  await checkUnused(tx, from, request)
  checkJoinable(from, into)
  const sides = [await reportsOf(tx, from.id), await reportsOf(tx, into.id)] as const
  const overruled = await overruledBy(tx, deps, request, sides)
  const move = deps.newId()
  const verdictId = deps.newId()
  await recordVerdict(tx, {
    id: verdictId,
    verdict: 'same',
    sides,
    by: request.by,
    at: deps.now(),
    origin: request.matchId === undefined ? 'merge' : 'review',
    matchId: request.matchId,
    moveId: move,
    reason: request.reason,
  })
  const left = await carryAll(tx, deps, { from, into, reports: sides[0], act: request, move, verdictId })
  await insertCaseEvents(tx, left.events)
  await insertMove(
    tx,
    {
      id: move,
      kind: 'merge',
      from_case_id: from.id,
      to_case_id: into.id,
      reports: sides[0],
      before: { ...left.before, overruled },
    },
    { ...request, at: deps.now() },
  )
  return { move, from: fromNumber, into: intoNumber }
}

const refused = (number: string, detail: string): GatewayError =>
  new GatewayError('case.merge', detail, { context: { case: number } })

function checkJoinable(from: HeldCase, into: HeldCase): void {
  for (const held of [from, into]) {
    if (held.merged_into !== null) throw joinedElsewhere(held)
    if (held.state === 'closed')
      throw refused(
        held.number,
        `Case ${held.number} is closed 结案归档, and a closed case is not joined. Append "reopened" first; or let the open one follow it in its chain 关联链 (POST /v1/dispatch/cases/{number}/chain).`,
      )
  }
}

/** The verdicts that an overruling takes back. Throws `case.verdict` where a clerk told the two apart and nobody overrules it. */
async function overruledBy(
  tx: Tx,
  deps: Deps,
  request: JoinRequest,
  sides: readonly [readonly string[], readonly string[]],
): Promise<string[]> {
  const against = (await verdictsBetween(tx, ...sides)).filter(({ verdict }) => verdict === 'different')
  const [newest] = against
  if (newest === undefined) return []
  if (request.overrule !== true)
    throw new GatewayError(
      'case.verdict',
      `A clerk said that ${request.from} and ${request.into} are not the same matter (${newest.decided_at.toISOString()}, ${newest.decided_by}). That holds until a clerk takes it back: send it again with "overrule": true.`,
      {
        context: { case: request.from },
        extra: { decidedBy: newest.decided_by, decidedAt: newest.decided_at.toISOString() },
      },
    )
  const ids = against.map(({ id }) => id)
  await undoVerdicts(tx, ids, { at: deps.now(), by: request.by })
  return ids
}
