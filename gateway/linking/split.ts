/**
 * Takes a report out of a case 拆案: it gets a case of its own, which begins anew, and its source is told what holds for it
 * there. The case it leaves keeps its history; a clerk's "not the same" is kept with the matches.
 */
import type { Deps } from '../deps.ts'
import { insertCaseEvents, type NewEventRow } from '../store/case-log.ts'
import type { Tx } from '../store/client.ts'
import type { WorkingReport } from '../store/working.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { caseRow, insertCases, takeCaseNumbers } from './open-case.ts'

export interface SplitRequest {
  /** Number of the case that the report leaves. */
  readonly number: string
  readonly report: string
  /** The caller's own id of this act: a repeat answers as before. */
  readonly eventId: string
  readonly caller: string
  readonly by: string
  readonly reason?: string | undefined
  readonly casePrefix: string
}

interface LeftCase {
  readonly id: string
  readonly state: NewEventRow['stateAfter']
  readonly sequence: number
  readonly sources: number
}

interface SplitReport {
  readonly id: string
  readonly channel_id: string
  readonly working: WorkingReport
  readonly confidential: boolean
  readonly received_at: Date
  readonly version: number
  readonly case_id: string | null
}

/** Number of the case that the report now stands in. Throws `case.unknown`, `report.unknown`, `case.split`. */
export async function splitReport(deps: Deps, request: SplitRequest): Promise<string> {
  const number = await deps.db.transaction((tx) => splitIn(tx, deps, request))
  deps.signals.wake('fan-out')
  deps.signals.wake('dispatch')
  deps.log.info({ event: 'case.split', case: request.number, principal: request.caller })
  return number
}

async function splitIn(tx: Tx, deps: Deps, request: SplitRequest): Promise<string> {
  const left = await lockCase(tx, request.number)
  const earlier = await earlierSplit(tx, left, request)
  if (earlier !== undefined) return earlier
  const report = await lockReport(tx, request)
  if (report.case_id !== left.id || left.sources < 2) throw refused(request, report.case_id === left.id)
  const now = deps.now()
  const id = deps.newId()
  const [number = ''] = await takeCaseNumbers(tx, { prefix: request.casePrefix, at: now, count: 1 })
  await insertCases(tx, [caseRow(report, { id, number, chainId: id, predecessorId: null, at: now })])
  await insertCaseEvents(tx, eventsOf(deps, request, { left, report, id, number }))
  await tx`update cases set sequence = ${left.sequence + 1} where id = ${left.id}`
  await moveReport(tx, deps, { report, from: left.id, to: id })
  await tx`
    insert into matches (id, report_id, case_id, score, probability, decision, decided_by, decided_at, model, parts)
    values (${deps.newId()}, ${report.id}, ${left.id}, 0, 0, 'different', ${request.by}, ${now}, 'clerk', '[]')`
  return number
}

async function lockCase(tx: Tx, number: string): Promise<LeftCase> {
  const [row] = await tx<LeftCase[]>`
    select id, state, sequence, (select count(*)::int from reports p where p.case_id = c.id) as sources
    from cases c where number = ${number} for update`
  if (row === undefined)
    throw new GatewayError('case.unknown', `There is no case ${number}.`, { context: { case: number } })
  return row
}

async function earlierSplit(tx: Tx, left: LeftCase, request: SplitRequest): Promise<string | undefined> {
  const [known] = await tx<{ type: string; report: string | null; other: string | null }[]>`
    select type, content->>'report' as report, content->>'otherCase' as other from case_events
    where case_id = ${left.id} and caller = ${request.caller} and event_id = ${request.eventId}`
  if (known === undefined) return undefined
  if (known.type === 'split' && known.report === request.report) return known.other ?? undefined
  throw new GatewayError(
    'case.event-reused',
    `Event id "${request.eventId}" was used on case ${request.number} for something else. Give each act an id of its own.`,
    { context: { case: request.number } },
  )
}

async function lockReport(tx: Tx, request: SplitRequest): Promise<SplitReport> {
  const [row] = await tx<SplitReport[]>`
    select id, channel_id, working, confidential, received_at, version, case_id from reports
    where id = ${request.report} for update`
  if (row === undefined)
    throw new GatewayError(
      'report.unknown',
      `There is no report ${request.report}. The case's sources name their reports.`,
      { context: { case: request.number } },
    )
  return row
}

function refused(request: SplitRequest, isOnly: boolean): GatewayError {
  return new GatewayError(
    'case.split',
    isOnly
      ? `The report is the only source of case ${request.number}; there is nothing to take it out of.`
      : `The report is no source of case ${request.number}. Read the case again; its sources name their reports.`,
    { context: { case: request.number } },
  )
}

function eventsOf(
  deps: Deps,
  request: SplitRequest,
  made: { left: LeftCase; report: SplitReport; id: string; number: string },
): NewEventRow[] {
  const { left, report, id, number } = made
  const now = deps.now()
  const own = {
    caseId: id,
    caller: 'gateway',
    actor: { kind: 'gateway' } as const,
    recordedAt: now,
    stateAfter: 'received' as const,
  }
  return [
    {
      id: deps.newId(),
      caseId: left.id,
      sequence: left.sequence + 1,
      type: 'split',
      caller: request.caller,
      eventId: request.eventId,
      actor: { kind: 'clerk', id: request.by },
      occurredAt: now,
      recordedAt: now,
      stateAfter: left.state,
      content: {
        report: report.id,
        otherCase: number,
        ...(request.reason === undefined ? {} : { internalNote: request.reason }),
      },
    },
    {
      ...own,
      id: deps.newId(),
      sequence: 1,
      type: 'received',
      eventId: 'received',
      occurredAt: report.received_at,
      content: {},
    },
    {
      ...own,
      id: deps.newId(),
      sequence: 2,
      type: 'linked',
      eventId: `linked:${report.id}`,
      occurredAt: now,
      content: { report: report.id },
    },
  ]
}

/**
 * The report, its keys and its party go to the other case. What its source was still to hear of the case it leaves is not
 * its news any more, acceptance and result included: it will get its own.
 */
async function moveReport(
  tx: Tx,
  deps: Deps,
  { report, from, to }: { report: SplitReport; from: string; to: string },
): Promise<void> {
  const now = deps.now()
  await tx`update reports set case_id = ${to}, linked_at = ${now} where id = ${report.id}`
  await tx`update link_keys set case_id = ${to} where report_id = ${report.id}`
  await tx`update parties set left_at = ${now} where case_id = ${from} and report_id = ${report.id}`
  await tx`
    update deliveries d set state = 'superseded', settled_at = ${now}, due_at = null, reason = 'The report was taken out of this case.'
    from parties p
    where p.case_id = ${from} and p.report_id = ${report.id} and d.party_id = p.id and d.state in ('waiting', 'blocked', 'task')`
  await tx`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    values (${deps.newId()}, ${to}, 'source', ${report.channel_id}, ${report.id}, 0, ${now})`
}
