/** Gives events to parties: what each hears, in its own words and order, as rows. */
import { StateEventType } from '../../schemas/case.ts'
import type { Reporter } from '../../schemas/report.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { formerReasons } from '../store/former-deliveries.ts'
import { eventsFor, joiningEvent } from './catch-up.ts'
import { sealContent } from './content.ts'
import { HISTORY, INSERT_DELIVERIES, SUPERSEDE, SUPERSEDE_FORMER } from './fan-out-sql.ts'
import { isAboutAnother, planDelivery, type PlannedDelivery } from './plan.ts'
import { knownAlready, type MovedSource } from './moved.ts'
import { formerParties, movedSourcesOf } from './moved-sources.ts'
import { query } from './query.ts'
import { reportersOf } from './reporters.ts'
import type { CaseRow, EventRow, PartyRow } from './rows.ts'
import { supersededReason, supersedersOf, supersedeWithin, type Superseder } from './supersede.ts'

const rowsPerStatement = 500

/** Events of cases, and parties of theirs that they are given to. The caller holds the rows of the cases. */
export interface GivenOut {
  readonly cases: readonly CaseRow[]
  readonly pending: readonly EventRow[]
  readonly parties: readonly PartyRow[]
  /** Cases of so many sources that what one of them said leaves no skipped row at each of the others. */
  readonly crowded: ReadonlySet<string>
}

interface Work extends GivenOut {
  readonly history: ReadonlyMap<string, readonly EventRow[]>
  /** By party: whose report a clerk moved here. */
  readonly moved: ReadonlyMap<string, MovedSource>
  /** Parties whose report stands in another case by now. */
  readonly former: ReadonlySet<string>
}

/** How many deliveries were made. */
export async function giveOut(tx: Tx, deps: Deps, given: GivenOut): Promise<number> {
  const work = await loadWork(tx, given)
  const now = deps.now()
  const reporters = await reportersOf(tx, deps, work.parties)
  const perParty = planAll({ ...work, reporters }, deps, now)
  const planned = perParty.flatMap(supersedeWithin)
  await supersedeStored(tx, work, perParty.flatMap(supersedersOf), now)
  await insertDeliveries(tx, deps, planned, now)
  return planned.length
}

async function loadWork(tx: Tx, given: GivenOut): Promise<Work> {
  const { pending, parties } = given
  const pendingOf = byCase(pending)
  const joined = new Set(
    parties
      .filter((party) => joiningEvent(party, pendingOf.get(party.case_id) ?? []))
      .map((party) => party.case_id),
  )
  const history =
    joined.size === 0 ? [] : await query<EventRow>(tx, HISTORY, [[...joined], StateEventType.enum])
  const moved = await movedSourcesOf(tx, given)
  const former = await formerParties(tx, parties, pending)
  return { ...given, history: byCase(history), moved, former }
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
  return work.parties.map((party) => {
    const caseRow = caseOf.get(party.case_id)
    if (caseRow === undefined) return []
    const runtime = deps.catalog.find(party.channel_id)
    const reporter = work.reporters.get(party.report_id ?? '')
    const moved = work.moved.get(party.id)
    const events = eventsFor(party, pendingOf.get(party.case_id) ?? [], {
      history: work.history.get(party.case_id) ?? [],
      moved,
    }).filter((event) => !work.crowded.has(party.case_id) || !isAboutAnother(event, party))
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
