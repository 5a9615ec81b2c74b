/** What the dispatch reads: cases without persons, and their news. */
import type {
  Assignment,
  Case,
  CaseCounts,
  CaseEvent,
  CaseState,
  DispatchItem,
  Flow,
} from '../../schemas/case.ts'
import type { Attachment, TimeLimit } from '../../schemas/primitives.ts'
import type { Deps } from '../deps.ts'
import { checkCursor, formatCursor, type RowCursor } from '../store/cursor.ts'
import type { WorkingReport } from '../store/working.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { eventOf, type EventRow } from './append.ts'
import { countsOf, countsOfCases, noCounts, type CountsRow } from './case-counts.ts'
import { allowedEvents } from './flow.ts'
import { attachmentsOf, filesAsTheyStand } from './read-files.ts'

interface CaseRow {
  readonly id: string
  readonly number: string
  readonly chain_id: string
  readonly predecessor: string | null
  readonly merged_number: string | null
  readonly due_at: Date | null
  readonly flow: Flow | null
  readonly state: CaseState
  readonly sequence: number
  readonly kind: Case['kind']
  readonly category: string | null
  readonly title: string | null
  readonly text: string
  readonly location: Case['location'] | null
  readonly urgency: Case['urgency']
  readonly sensitive: boolean
  readonly confidential: boolean
  readonly tags: string[]
  readonly opened_at: Date
  readonly closed_at: Date | null
}

interface SourceRow {
  readonly id: string
  readonly case_id: string
  readonly channel_id: string
  readonly external_id: string
  readonly version: number
  readonly working: WorkingReport
  readonly submitted_at: Date
}

interface AssignmentRow {
  readonly case_id: string
  readonly unit_code: string
  readonly role: Assignment['role']
  readonly state: Assignment['state']
  readonly time_limit: TimeLimit | null
  readonly due_at: Date | null
  readonly dispatched_at: Date
  readonly signed_at: Date | null
  readonly resolved_at: Date | null
  readonly returned_at: Date | null
}

function sourceOf(
  deps: Deps,
  row: SourceRow,
  files: ReadonlyMap<string, Attachment>,
): Case['sources'][number] {
  const name = deps.catalog.find(row.channel_id)?.name
  const { working } = row
  const attachments = attachmentsOf(working.attachments, files)
  return {
    report: row.id,
    channel: row.channel_id,
    ...(name === undefined ? {} : { channelName: name }),
    externalId: row.external_id,
    submittedAt: row.submitted_at.toISOString(),
    kind: working.kind,
    ...(working.title === undefined ? {} : { title: working.title }),
    text: working.text,
    version: row.version,
    ...(working.dueAt === undefined ? {} : { dueAt: working.dueAt }),
    ...(working.references === undefined ? {} : { references: working.references }),
    ...(attachments === undefined ? {} : { attachments }),
  }
}

function assignmentOf(row: AssignmentRow): Assignment {
  const time = (name: 'dueAt' | 'dispatchedAt' | 'signedAt' | 'resolvedAt' | 'returnedAt', at: Date | null) =>
    at === null ? {} : { [name]: at.toISOString() }
  return {
    unitCode: row.unit_code,
    role: row.role,
    state: row.state,
    ...(row.time_limit === null ? {} : { limit: row.time_limit }),
    ...time('dueAt', row.due_at),
    ...time('dispatchedAt', row.dispatched_at),
    ...time('signedAt', row.signed_at),
    ...time('resolvedAt', row.resolved_at),
    ...time('returnedAt', row.returned_at),
  }
}

function caseOf(
  row: CaseRow,
  parts: { counts: CaseCounts; assignments: Assignment[]; sources: Case['sources'] },
): Case {
  return {
    number: row.number,
    chain: row.chain_id,
    ...(row.predecessor === null ? {} : { predecessor: row.predecessor }),
    ...(row.merged_number === null ? {} : { mergedInto: row.merged_number }),
    ...(row.flow === null ? {} : { flow: row.flow }),
    state: row.state,
    sequence: row.sequence,
    kind: row.kind,
    ...(row.category === null ? {} : { category: row.category }),
    ...(row.title === null ? {} : { title: row.title }),
    text: row.text,
    ...(row.location === null || row.location === undefined ? {} : { location: row.location }),
    urgency: row.urgency,
    sensitive: row.sensitive,
    confidential: row.confidential,
    tags: row.tags,
    openedAt: row.opened_at.toISOString(),
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at.toISOString() }),
    ...(row.due_at === null ? {} : { dueAt: row.due_at.toISOString() }),
    ...parts,
  }
}

/** Served by reports_case and reports_pkey. `null`: all of a case's sources; else the newest, and those named. */
export const sourcesOfCases = `
  select p.id, p.case_id, p.channel_id, p.external_id, p.version, p.working, p.submitted_at from unnest($1::uuid[]) as w(id)
  cross join lateral (select * from reports where case_id = w.id order by submitted_at desc, id desc limit $2) p
  union all select p.id, p.case_id, p.channel_id, p.external_id, p.version, p.working, p.submitted_at from unnest($3::uuid[]) as n(id)
  cross join lateral (select * from reports where id = n.id offset 0) p where p.case_id = any($1::uuid[])
  order by submitted_at, id`

/** `newest`: so many sources of each case, and the `named` ones; all of them where missing. */
async function casesByIds(
  deps: Deps,
  ids: readonly string[],
  sourcesWanted?: { newest: number; named: readonly string[] },
): Promise<Map<string, Case>> {
  if (ids.length === 0) return new Map()
  const wanted = ids as string[]
  const { sql } = deps.db
  const [rows, sources, assignments, counts] = await Promise.all([
    sql<
      CaseRow[]
    >`select c.*, b.number as predecessor, m.number as merged_number from cases c left join cases b on b.id = c.predecessor_id left join cases m on m.id = c.merged_into where c.id = any(${wanted}::uuid[])`,
    sql.unsafe<SourceRow[]>(sourcesOfCases, [
      wanted as never,
      sourcesWanted?.newest ?? null,
      (sourcesWanted?.named ?? []) as never,
    ]),
    sql<
      AssignmentRow[]
    >`select * from assignments where case_id = any(${wanted}::uuid[]) order by dispatched_at, role desc, id`,
    sql.unsafe<CountsRow[]>(countsOfCases, [wanted as never]),
  ])
  const files = await filesAsTheyStand(
    deps,
    sources.map(({ working }) => working.attachments),
  )
  const sourcesOf = Map.groupBy(new Map(sources.map((row) => [row.id, row])).values(), (row) => row.case_id)
  const assignmentsOf = Map.groupBy(assignments, (row) => row.case_id)
  const countsById = new Map(counts.map((row) => [row.id, countsOf(row)]))
  return new Map(
    rows.map((row) => [
      row.id,
      caseOf(row, {
        counts: countsById.get(row.id) ?? noCounts,
        sources: (sourcesOf.get(row.id) ?? []).map((source) => sourceOf(deps, source, files)),
        assignments: (assignmentsOf.get(row.id) ?? []).map(assignmentOf),
      }),
    ]),
  )
}

/** A joined case takes nothing itself. */
const allowedIn = ({ state, flow, mergedInto }: Case): readonly string[] =>
  mergedInto === undefined ? allowedEvents(state, flow ?? null) : []

/** Throws `case.unknown`. */
export async function caseIdOf(deps: Deps, number: string): Promise<string> {
  const [row] = await deps.db.sql<{ id: string }[]>`select id from cases where number = ${number}`
  if (row === undefined)
    throw new GatewayError('case.unknown', `There is no case ${number}.`, { context: { case: number } })
  return row.id
}

/** A case with what may follow now. Throws `case.unknown`. */
export async function readCase(
  deps: Deps,
  number: string,
): Promise<{ case: Case; allowed: readonly string[] }> {
  const id = await caseIdOf(deps, number)
  const found = (await casesByIds(deps, [id])).get(id)
  if (found === undefined)
    throw new GatewayError('case.unknown', `There is no case ${number}.`, { context: { case: number } })
  return { case: found, allowed: allowedIn(found) }
}

export async function readCaseEvents(deps: Deps, number: string): Promise<CaseEvent[]> {
  const id = await caseIdOf(deps, number)
  const rows = await deps.db.sql<
    EventRow[]
  >`select e.*, ${number} as number from case_events e where case_id = ${id} order by sequence`
  return rows.map(eventOf)
}

/** A mass event's case of thousands of sources would come with each of its events. */
const listedSources = 50

/** The case with its newest sources, and the one that the event is about. */
function withListedSources(found: Case, report: string | undefined): Case {
  const { sources } = found
  if (sources.length <= listedSources) return found
  const from = sources.length - listedSources
  return {
    ...found,
    sources: sources.filter((source, index) => index >= from || source.report === report),
  }
}

/**
 * News for the dispatch: every event that it did not append itself, oldest first. Only rows below the snapshot's xmin are
 * read, so that one that commits later is never passed over. Served by case_events_cursor.
 */
export const eventsForDispatch = `
  select e.*, c.number from case_events e join cases c on c.id = e.case_id
  where (e.xid, e.position) > ($1::xid8, $2::bigint) and e.xid < pg_snapshot_xmin(pg_current_snapshot()) and e.caller not like 'dispatch:%'
  order by e.xid, e.position limit $3`

export async function dispatchPage(
  deps: Deps,
  after: RowCursor,
  limit: number,
): Promise<{ items: DispatchItem[]; cursor: string }> {
  const rows = await deps.db.sql.unsafe<(EventRow & { case_id: string; xid: string; position: string })[]>(
    eventsForDispatch,
    [after.xid, after.position, limit],
  )
  const named = rows.flatMap(({ content }) => content.report ?? [])
  const ids = [...new Set(rows.map((row) => row.case_id))]
  const cases = await casesByIds(deps, ids, { newest: listedSources, named })
  const items = rows.flatMap((row): DispatchItem[] => {
    const found = cases.get(row.case_id)
    return found === undefined
      ? []
      : [
          {
            cursor: formatCursor(row),
            event: eventOf(row),
            case: withListedSources(found, row.content.report),
            allowed: [...allowedIn(found)],
          },
        ]
  })
  const last = rows.at(-1)
  if (last === undefined) await checkCursor(deps.db.sql, after)
  return { items, cursor: last === undefined ? formatCursor(after) : formatCursor(last) }
}
