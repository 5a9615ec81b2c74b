/**
 * Takes reports out of a case 拆案: into one new case, or each into its own. It begins anew, and their sources are told what
 * holds for them there. The case they leave keeps its history; that the two are not the same is remembered for ever.
 */
import type { Deps } from '../../deps.ts'
import { releaseCases } from '../../store/case-holds.ts'
import { insertCaseEvents, type NewEventRow } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import type { WorkingReport } from '../../store/working.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { caseRow, insertCases, takeCaseNumbers } from '../open-case.ts'
import { afterMove, checkUnused, earlierMoves, insertMove, moveWithinMs, reusedId, type Act } from './acts.ts'
import { calmDown } from './escalate.ts'
import { holdByNumbers, joinedElsewhere, reportsOf, type HeldCase } from './held-case.ts'
import { followOldest, moveReports } from './move-reports.ts'
import { recountCases } from './recount.ts'
import { byGateway, clerk, saying } from './said.ts'
import { recordVerdict } from './verdicts.ts'

export interface SplitRequest extends Act {
  /** Number of the case that the reports leave. */
  readonly number: string
  readonly reports: readonly string[]
  /** Whether they go into one new case, or each into its own. One where missing. */
  readonly into?: 'one' | 'each' | undefined
  readonly casePrefix: string
  /** The match that a clerk answered with this, for the verdict. */
  readonly matchId?: string | undefined
}

export interface SplitCase {
  /** Id of the move: what `undoMove` takes. */
  readonly move: string
  /** Number of the case that the reports now stand in. */
  readonly case: string
  readonly reports: readonly string[]
}

interface TakenReport {
  readonly id: string
  readonly working: WorkingReport
  readonly confidential: boolean
  readonly received_at: Date
  readonly case_id: string | null
}

/** Throws `case.unknown`, `report.unknown`, `case.split`, `case.merged`, `case.event-reused`. */
export async function splitReports(deps: Deps, request: SplitRequest): Promise<SplitCase[]> {
  const made = await deps.db.transaction(
    async (tx) => {
      const cases = await splitReportsIn(tx, deps, request)
      deps.killPoint('linking.before-commit')
      return cases
    },
    { deadlineMs: moveWithinMs },
  )
  deps.killPoint('linking.after-commit')
  afterMove(deps)
  deps.log.info({ event: 'case.split', case: request.number, principal: request.caller })
  return made
}

/** The same within the caller's transaction; after its commit the caller calls `afterMove`. */
export async function splitReportsIn(tx: Tx, deps: Deps, request: SplitRequest): Promise<SplitCase[]> {
  const asked = new Set(request.reports)
  const wanted = [...asked]
  const [left] = (await holdByNumbers(tx, [request.number])) as [HeldCase]
  const earlier = await earlierMoves(tx, left.id, request)
  if (earlier.length > 0) return await asBefore(tx, request, earlier)
  await checkUnused(tx, left, request)
  if (left.merged_into !== null) throw joinedElsewhere(left)
  const taken = await takeReports(tx, left, wanted)
  const staying = (await reportsOf(tx, left.id)).filter((id) => !asked.has(id))
  if (staying.length === 0) throw refused(request.number, 'all')
  const groups = request.into === 'each' ? taken.map((report) => [report]) : [taken]
  const made = await openEach(tx, deps, groups, { left, request })
  await tellApart(tx, deps, { made, staying, request })
  await followOldest(tx, left.id, wanted)
  await recountCases(tx, [left.id, ...made.map(({ id }) => id)], deps.now())
  await calmDown(tx, deps, { move: made[0]?.move ?? '', left: [left] })
  await settleMatches(tx, deps, { left, taken, request })
  await releaseCases(tx, deps, { ids: [left.id], by: 'act' })
  return made.map(({ move, number, reports }) => ({ move, case: number, reports }))
}

interface Opened {
  readonly move: string
  readonly id: string
  readonly number: string
  readonly reports: readonly string[]
}

async function asBefore(
  tx: Tx,
  request: SplitRequest,
  earlier: readonly { id: string; kind: string; to_case_id: string; reports: readonly string[] }[],
): Promise<SplitCase[]> {
  const known = new Set(earlier.flatMap(({ reports }) => reports))
  const same = known.size === new Set(request.reports).size && request.reports.every((id) => known.has(id))
  if (!same || earlier.some(({ kind }) => kind !== 'split')) throw reusedId(request, request.number)
  const numbers = await tx<{ id: string; number: string }[]>`
    select id, number from cases where id = any(${earlier.map((move) => move.to_case_id)}::uuid[])`
  const numberOf = new Map(numbers.map(({ id, number }) => [id, number]))
  return earlier.map((move) => ({
    move: move.id,
    case: numberOf.get(move.to_case_id) ?? '',
    reports: move.reports,
  }))
}

async function takeReports(tx: Tx, left: HeldCase, ids: readonly string[]): Promise<TakenReport[]> {
  const rows = await tx<TakenReport[]>`
    select id, working, confidential, received_at, case_id from reports where id = any(${ids as string[]}::uuid[]) order by id for update`
  const found = new Set(rows.map(({ id }) => id))
  const unknown = ids.find((id) => !found.has(id))
  if (unknown !== undefined)
    throw new GatewayError(
      'report.unknown',
      `There is no report ${unknown}. The case's sources name their reports.`,
      { context: { case: left.number } },
    )
  if (rows.some(({ case_id }) => case_id !== left.id)) throw refused(left.number, 'elsewhere')
  return rows.toSorted((a, b) => a.received_at.getTime() - b.received_at.getTime() || (a.id < b.id ? -1 : 1))
}

function refused(number: string, why: 'all' | 'elsewhere'): GatewayError {
  return new GatewayError(
    'case.split',
    why === 'all'
      ? `Nothing would stay in case ${number}. Leave at least one of its reports there; a case's only report cannot be taken out.`
      : `A report is no source of case ${number}. Read the case again; its sources name their reports.`,
    { context: { case: number } },
  )
}

/** A new case for each group, with what it says and what the left one says of it. */
async function openEach(
  tx: Tx,
  deps: Deps,
  groups: readonly (readonly TakenReport[])[],
  { left, request }: { left: HeldCase; request: SplitRequest },
): Promise<Opened[]> {
  const at = deps.now()
  const numbers = await takeCaseNumbers(tx, { prefix: request.casePrefix, at, count: groups.length })
  const made = groups.map((group, index) => ({
    move: deps.newId(),
    id: deps.newId(),
    number: numbers[index] ?? '',
    reports: group.map(({ id }) => id),
    group,
  }))
  await insertCases(
    tx,
    made.map(({ id, number, group }) => ({
      ...caseRow(group[0] as TakenReport, { id, number, chainId: id, predecessorId: null, at }),
      sequence: 1 + group.length,
      tags: [...new Set(group.flatMap(({ working }) => working.tags ?? []))],
    })),
  )
  const events = made.flatMap((opened, index) => eventsOf(deps, { left, request, opened, index }))
  await insertCaseEvents(tx, events)
  await tx`update cases set sequence = ${left.sequence + made.length} where id = ${left.id}`
  for (const [index, { move, id, reports }] of made.entries()) {
    await moveReports(tx, deps, { reports, from: left.id, to: id, joinedSequence: 0 })
    const act = { ...request, eventId: eventIdOf(request, index), at }
    const before = { state: left.state, stateBefore: left.state_before, act: request.eventId }
    await insertMove(
      tx,
      { id: move, kind: 'split', from_case_id: left.id, to_case_id: id, reports, before },
      act,
    )
  }
  return made
}

const eventIdOf = ({ eventId }: SplitRequest, index: number) =>
  index === 0 ? eventId : `${eventId}#${index + 1}`

function eventsOf(
  deps: Deps,
  {
    left,
    request,
    opened,
    index,
  }: {
    left: HeldCase
    request: SplitRequest
    opened: { id: string; number: string; group: readonly TakenReport[] }
    index: number
  },
): NewEventRow[] {
  const { id, number, group } = opened
  const [only, second] = group
  const own = { ...byGateway, caseId: id, stateAfter: 'received' as const }
  return [
    saying(deps, {
      caseId: left.id,
      sequence: left.sequence + 1 + index,
      type: 'split',
      stateAfter: left.state,
      caller: request.caller,
      eventId: eventIdOf(request, index),
      actor: clerk(request.by),
      content: {
        otherCase: number,
        ...(only === undefined || second !== undefined ? {} : { report: only.id }),
        ...(request.reason === undefined ? {} : { internalNote: request.reason }),
      },
    }),
    saying(deps, {
      ...own,
      sequence: 1,
      type: 'received',
      eventId: 'received',
      occurredAt: only?.received_at ?? deps.now(),
      content: {},
    }),
    ...group.map((report, place) =>
      saying(deps, {
        ...own,
        sequence: 2 + place,
        type: 'linked',
        eventId: `linked:${report.id}`,
        content: { report: report.id },
      }),
    ),
  ]
}

/** "Not the same": each new case's reports against those that stay and those of the cases opened after it. */
async function tellApart(
  tx: Tx,
  deps: Deps,
  { made, staying, request }: { made: readonly Opened[]; staying: readonly string[]; request: SplitRequest },
): Promise<void> {
  for (const [index, { reports, move }] of made.entries()) {
    const others = made.slice(index + 1).flatMap((later) => later.reports)
    await recordVerdict(tx, {
      id: deps.newId(),
      verdict: 'different',
      sides: [reports, [...others, ...staying]],
      by: request.by,
      at: deps.now(),
      origin: request.matchId === undefined ? 'split' : 'review',
      matchId: request.matchId,
      moveId: move,
      reason: request.reason,
    })
  }
}

/** What asked about the two is answered, and the answer stands with the matches of each report. */
async function settleMatches(
  tx: Tx,
  deps: Deps,
  { left, taken, request }: { left: HeldCase; taken: readonly TakenReport[]; request: SplitRequest },
): Promise<void> {
  const at = deps.now()
  const ids = taken.map(({ id }) => id)
  await tx`
    update matches set settled_at = ${at} where report_id = any(${ids}::uuid[]) and case_id = ${left.id} and decision = 'review' and settled_at is null`
  const rows = ids.map((report_id) => ({ id: deps.newId(), report_id }))
  await tx`
    insert into matches (id, report_id, case_id, score, probability, decision, decided_by, decided_at, model, parts)
    select r.id, r.report_id, ${left.id}, 0, 0, 'different', ${request.by}, ${at}, 'clerk', '[]'
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, report_id uuid)`
}
