/** Case events to deliveries: each event once for each party of its case, in order, in the party's own words. */
import { StateEventType } from '../../schemas/case.ts'
import type { Reporter } from '../../schemas/report.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { formerReasons } from '../store/former-deliveries.ts'
import { errorFields } from '../telemetry/logger.ts'
import { eventsFor, joiningEvent } from './catch-up.ts'
import { sealContent } from './content.ts'
import {
  HISTORY,
  INSERT_DELIVERIES,
  MARK_FANNED_OUT,
  PARTIES_OF_CASES,
  PENDING_EVENTS,
  SUPERSEDE,
  SUPERSEDE_FORMER,
  TAKE_CASES,
} from './fan-out-sql.ts'
import { isAboutAnother, planDelivery, type PlannedDelivery } from './plan.ts'
import { knownAlready, type MovedSource } from './moved.ts'
import { formerParties, movedSourcesOf } from './moved-sources.ts'
import { query } from './query.ts'
import { reportersOf } from './reporters.ts'
import type { CaseRow, EventRow, PartyRow } from './rows.ts'
import { supersededReason, supersedersOf, supersedeWithin, type Superseder } from './supersede.ts'

const casesPerPass = 100
const beforeAll = '00000000-0000-0000-0000-000000000000'
const rowsPerStatement = 500

/**
 * Gives the events of up to a hundred cases to their parties, in one transaction. Where that fails, each case gets its own,
 * so that a case that cannot be worked holds up no other.
 */
export async function fanOutPass(deps: Deps): Promise<{ more: boolean }> {
  const taken: string[] = []
  try {
    const done = await fanOut(deps, { limit: casesPerPass, after: beforeAll, taken })
    return { more: done === casesPerPass }
  } catch (cause) {
    if (taken.length === 0) throw cause
    return { more: await fanOutSingly(deps, cause) }
  }
}

/** True while there may be more. Throws the batch's error where nothing works: then it is not one case's fault. */
async function fanOutSingly(deps: Deps, cause: unknown): Promise<boolean> {
  let after = beforeAll
  let worked = 0
  for (let failed = 0; worked < casesPerPass;) {
    const taken: string[] = []
    try {
      if ((await fanOut(deps, { limit: 1, after, taken })) === 0) return false
      worked += 1
    } catch (error) {
      failed += 1
      if (taken.length === 0 || (worked === 0 && failed === 10)) throw cause
      deps.log.error({ event: 'fan-out.failed', case: taken[0], ...errorFields(error) })
    }
    after = taken[0] ?? after
  }
  return true
}

/** How many cases were worked. `taken` tells their ids even where the transaction fails. */
async function fanOut(deps: Deps, take: { limit: number; after: string; taken: string[] }): Promise<number> {
  const done = await deps.db.transaction(async (tx) => {
    const cases = await query<CaseRow>(tx, TAKE_CASES, [take.limit, take.after])
    if (cases.length === 0) return { cases: 0, deliveries: 0 }
    take.taken.push(...cases.map((row) => row.id))
    return { cases: cases.length, deliveries: await giveOut(tx, deps, cases) }
  })
  if (done.deliveries > 0) {
    deps.metrics.batchRows.observe({ stage: 'fan-out' }, done.deliveries)
    deps.signals.wake('delivery')
  }
  if (done.cases > 0) deps.killPoint('writeback.after-fan-out')
  return done.cases
}

interface Work {
  readonly cases: readonly CaseRow[]
  readonly pending: readonly EventRow[]
  readonly parties: readonly PartyRow[]
  readonly history: ReadonlyMap<string, readonly EventRow[]>
  /** By party: whose report a clerk moved here. */
  readonly moved: ReadonlyMap<string, MovedSource>
  /** Parties whose report stands in another case by now. */
  readonly former: ReadonlySet<string>
}

/** How many deliveries were made. */
async function giveOut(tx: Tx, deps: Deps, cases: readonly CaseRow[]): Promise<number> {
  const work = await loadWork(tx, cases)
  const now = deps.now()
  const reporters = await reportersOf(tx, deps, work.parties)
  const perParty = planAll({ ...work, reporters }, deps, now)
  const planned = perParty.flatMap(supersedeWithin)
  await supersedeStored(tx, work, perParty.flatMap(supersedersOf), now)
  await insertDeliveries(tx, deps, planned, now)
  const ids = work.pending.map((event) => event.id)
  await query(tx, MARK_FANNED_OUT, [ids, now.toISOString()])
  return planned.length
}

async function loadWork(tx: Tx, cases: readonly CaseRow[]): Promise<Work> {
  const ids = cases.map((row) => row.id)
  const pending = await query<EventRow>(tx, PENDING_EVENTS, [ids])
  const parties = await query<PartyRow>(tx, PARTIES_OF_CASES, [ids])
  const pendingOf = byCase(pending)
  const joined = new Set(
    parties
      .filter((party) => joiningEvent(party, pendingOf.get(party.case_id) ?? []))
      .map((party) => party.case_id),
  )
  const history = joined.size === 0 ? [] : await query<EventRow>(tx, HISTORY, [[...joined], StateEventType.enum])
  const moved = await movedSourcesOf(tx, ids, pending)
  const former = await formerParties(tx, parties, pending)
  return { cases, pending, parties, history: byCase(history), moved, former }
}

/** In a case of more sources, what one of them said leaves no skipped row at each of the others: those grow by the square. */
const manySources = 50

function crowdedCases(parties: readonly PartyRow[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const { case_id } of parties) counts.set(case_id, (counts.get(case_id) ?? 0) + 1)
  return new Set([...counts].flatMap(([caseId, count]) => (count > manySources ? [caseId] : [])))
}

/** One list for each party, in the party's order. */
function planAll(
  work: Work & { readonly reporters: ReadonlyMap<string, Reporter> },
  deps: Deps,
  now: Date,
): PlannedDelivery[][] {
  const pendingOf = byCase(work.pending)
  const { codes } = deps.catalog
  const caseOf = new Map(work.cases.map((row) => [row.id, row]))
  const crowded = crowdedCases(work.parties)
  return work.parties.map((party) => {
    const caseRow = caseOf.get(party.case_id)
    if (caseRow === undefined) return []
    const runtime = deps.catalog.find(party.channel_id)
    const reporter = work.reporters.get(party.report_id ?? '')
    const moved = work.moved.get(party.id)
    const events = eventsFor(party, pendingOf.get(party.case_id) ?? [], {
      history: work.history.get(party.case_id) ?? [],
      moved,
    }).filter((event) => !crowded.has(party.case_id) || !isAboutAnother(event, party))
    const planned = events.map((event) => ({
      event,
      planned: planDelivery({ event, party, case: caseRow, runtime, codes, reporter, now }),
    }))
    return work.former.has(party.id) ? asFormer(planned) : asMoved(planned, party, moved)
  })
}

const nothing = { content: null, dueAt: null }

/** What happened before its report was moved is not its news any more: it gets that of the other case. */
const asFormer = (list: readonly { readonly planned: PlannedDelivery }[]): PlannedDelivery[] =>
  list.map(({ planned }) =>
    planned.state === 'skipped'
      ? planned
      : { ...planned, ...nothing, state: 'superseded', reason: formerReasons.elsewhere },
  )

/** What a party that came with what it heard elsewhere is spared. */
function asMoved(
  list: readonly { readonly event: EventRow; readonly planned: PlannedDelivery }[],
  party: PartyRow,
  moved: MovedSource | undefined,
): PlannedDelivery[] {
  if (moved === undefined) return list.map(({ planned }) => planned)
  const saysApart = list.some(({ event, planned }) => event.type === 'split' && planned.state !== 'skipped')
  return list.map(({ event, planned }) => {
    const isNews = event.sequence > party.joined_sequence && planned.state !== 'skipped'
    const known = isNews ? knownAlready(event, { ...moved, saysApart }) : undefined
    if (known !== undefined) return { ...planned, ...nothing, state: 'skipped', reason: known }
    // What it catches up on comes after the word that its report was moved.
    return { ...planned, sequence: Math.max(planned.sequence, party.joined_sequence) }
  })
}

async function supersedeStored(
  tx: Tx,
  work: Work,
  superseders: readonly Superseder[],
  now: Date,
): Promise<void> {
  if (superseders.length > 0) {
    await query(tx, SUPERSEDE, [JSON.stringify(superseders), now.toISOString(), supersededReason])
  }
  const pendingOf = byCase(work.pending)
  const moved = work.parties.flatMap((party) => {
    const joins = pendingOf.get(party.case_id)?.some((event) => event.sequence === party.joined_sequence)
    return joins === true && party.report_id !== null && party.left_at === null ? [party.report_id] : []
  })
  if (moved.length > 0) {
    await query(tx, SUPERSEDE_FORMER, [moved, now.toISOString(), formerReasons.elsewhere])
  }
}

async function insertDeliveries(
  tx: Tx,
  deps: Deps,
  planned: readonly PlannedDelivery[],
  now: Date,
): Promise<void> {
  for (let from = 0; from < planned.length; from += rowsPerStatement) {
    const rows = planned.slice(from, from + rowsPerStatement).map((delivery) => rowOf(delivery, deps, now))
    await query(tx, INSERT_DELIVERIES, [JSON.stringify(rows), Object.values(formerReasons)])
  }
}

function rowOf(planned: PlannedDelivery, deps: Deps, now: Date): object {
  const settled = planned.state === 'skipped' || planned.state === 'superseded'
  return {
    id: deps.newId(),
    party_id: planned.partyId,
    case_id: planned.caseId,
    channel_id: planned.channelId,
    report_id: planned.reportId,
    case_event_id: planned.caseEventId,
    sequence: planned.sequence,
    event_type: planned.eventType,
    state_after: planned.stateAfter,
    class: planned.class,
    state: planned.state,
    request: planned.request,
    code: planned.code,
    mapping_version: planned.mappingVersion,
    ...sealContent(deps.envelope, planned.content),
    due_at: planned.dueAt?.toISOString() ?? null,
    reason: planned.reason,
    created_at: now.toISOString(),
    settled_at: settled ? now.toISOString() : null,
  }
}

function byCase(events: readonly EventRow[]): Map<string, EventRow[]> {
  const groups = new Map<string, EventRow[]>()
  for (const event of events) {
    const group = groups.get(event.case_id)
    if (group === undefined) groups.set(event.case_id, [event])
    else group.push(event)
  }
  return groups
}
