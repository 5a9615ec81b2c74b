/** Writes what a batch came to: cases, events, links, keys and the reasons, in the linker's one transaction. */
import type { Deps } from '../deps.ts'
import { holdNewCases, releaseCases } from '../store/case-holds.ts'
import { insertCaseEvents, type NewEventRow } from '../store/case-log.ts'
import type { Tx } from '../store/client.ts'
import { inOneGo } from '../store/in-one-go.ts'
import type { Reading } from '../store/working.ts'
import type { ReportRow } from './candidates.ts'
import { insertKeys } from './link-keys.ts'
import { caseRow, insertCases, takeCaseNumbers } from './open-case.ts'
import { enrichCases, reopenedEvents } from './people/enrich-cases.ts'
import type { HeldCase } from './people/linked.ts'
import { readOpenInChains, reopenCases, settleFollowUps } from './people/reopen.ts'
import { newHolds, pressedCases } from './review/new-holds.ts'
import { weighReviews } from './review/weigh.ts'
import type { Decision, Features, LinkDecision, LinkKey } from './types.ts'

/** What one report of the batch came to. `caseId` is an open case, stored or opened earlier in this batch. */
export interface Linked {
  readonly row: ReportRow
  readonly features: Features
  readonly keys: readonly LinkKey[]
  readonly reading: Reading | null
  readonly decision: Decision
  /** Version of the model that decided. */
  readonly model: string
  readonly caseId: string
  /** Set where a case is opened: the closed case it follows, if any. */
  readonly opens: { readonly predecessorId: string | null } | undefined
}

interface LockedCase extends HeldCase {
  readonly merged_into: string | null
}

type LockedCases = Map<string, LockedCase>

/** Locks these cases, and those that they were joined into, in the order of their ids. */
async function lockCases(tx: Tx, ids: readonly string[]): Promise<LockedCases> {
  const locked: LockedCases = new Map()
  for (let wanted = [...new Set(ids)]; wanted.length > 0;) {
    const rows = await tx<LockedCase[]>`
      select id, chain_id, state, merged_into, sequence, category, location, tags, closed_at from cases where id = any(${wanted}::uuid[]) order by id for update`
    for (const row of rows) locked.set(row.id, row)
    wanted = rows.flatMap(({ merged_into: into }) => (into === null || locked.has(into) ? [] : [into]))
  }
  return locked
}

/** The case that took over the reports of this one, or itself. */
function whereItWent(locked: LockedCases, id: string): string {
  let found = id
  for (let steps = 0; steps < locked.size; steps++) found = locked.get(found)?.merged_into ?? found
  return found
}

/**
 * What became of the cases since they were read: reports of one that was joined into another go there, and one that was closed
 * takes no more: its report opens a successor instead.
 */
function asTheyAreNow(deps: Deps, batch: readonly Linked[], locked: LockedCases): Linked[] {
  const successors = new Map<string, string>()
  return batch.map((linked) => {
    if (linked.opens !== undefined) return linked
    const caseId = whereItWent(locked, linked.caseId)
    if (locked.get(caseId)?.state !== 'closed')
      return caseId === linked.caseId ? linked : { ...linked, caseId }
    const known = successors.get(caseId)
    if (known !== undefined) return { ...linked, caseId: known }
    const opened = deps.newId()
    successors.set(caseId, opened)
    return { ...linked, caseId: opened, opens: { predecessorId: caseId } }
  })
}

/** Numbers for the cases that open, and their rows. They count as locked: nobody else knows them yet. */
async function newCases(
  tx: Tx,
  deps: Deps,
  batch: readonly Linked[],
  { locked, casePrefix }: { locked: LockedCases; casePrefix: string },
): Promise<object[]> {
  const opening = batch.filter((linked) => linked.opens !== undefined)
  const now = deps.now()
  const numbers = await takeCaseNumbers(tx, { prefix: casePrefix, at: now, count: opening.length })
  return opening.map((linked, index) => {
    const { caseId: id } = linked
    const predecessorId = linked.opens?.predecessorId ?? null
    const chainId = (predecessorId === null ? undefined : locked.get(predecessorId)?.chain_id) ?? id
    const { category = null, location = null, tags = [] } = linked.row.working
    const asNew = { state: 'received', merged_into: null, closed_at: null, sequence: 0 } as const
    locked.set(id, { ...asNew, id, chain_id: chainId, category, location, tags })
    return caseRow(linked.row, { id, number: numbers[index] as string, chainId, predecessorId, at: now })
  })
}

/** `received` for a case that opens, `linked` for each report. */
function eventsOf(
  deps: Deps,
  batch: readonly Linked[],
  locked: LockedCases,
): { events: NewEventRow[]; joined: Map<string, number> } {
  const joined = new Map<string, number>()
  const now = deps.now()
  const events = batch.flatMap((linked) => {
    const state = locked.get(linked.caseId) as LockedCase
    const base = {
      caseId: linked.caseId,
      caller: 'gateway',
      actor: { kind: 'gateway' } as const,
      recordedAt: now,
      stateAfter: state.state,
    }
    const made: NewEventRow[] = []
    if (linked.opens !== undefined) {
      state.sequence += 1
      made.push({
        ...base,
        id: deps.newId(),
        sequence: state.sequence,
        type: 'received',
        eventId: 'received',
        occurredAt: linked.row.received_at,
        content: {},
      })
    }
    state.sequence += 1
    joined.set(linked.row.id, linked.opens === undefined ? state.sequence : 0)
    made.push({
      ...base,
      id: deps.newId(),
      sequence: state.sequence,
      type: 'linked',
      eventId: `linked:${linked.row.id}`,
      occurredAt: now,
      content: { report: linked.row.id },
    })
    return made
  })
  return { events, joined }
}

async function writeLinks(
  tx: Tx,
  deps: Deps,
  batch: readonly Linked[],
  joined: Map<string, number>,
): Promise<void> {
  const now = deps.now()
  const rows = batch.map(({ row, reading, caseId }) => ({
    id: row.id,
    case_id: caseId,
    version: row.version,
    linked_at: now,
    party_id: deps.newId(),
    channel_id: row.channel_id,
    joined_sequence: joined.get(row.id) ?? 0,
    reading,
  }))
  const updated = tx`
    update reports p set case_id = r.case_id, linked_at = r.linked_at, told_version = r.version, keyed_version = r.version, reading = r.reading
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, case_id uuid, version int, linked_at timestamptz, reading jsonb) where p.id = r.id and p.case_id is null`
  const parties = tx`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    select party_id, case_id, 'source', channel_id, id, joined_sequence, linked_at
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(party_id uuid, case_id uuid, channel_id text, id uuid, joined_sequence int, linked_at timestamptz)`
  const keyed = insertKeys(
    tx,
    batch.map(({ row, keys, caseId }) => ({ report: row, caseId, keys })),
  )
  const [{ count }] = await inOneGo([updated, parties, keyed])
  // The lease keeps others from linking; were one linked all the same, it would stand in two cases.
  if (count !== rows.length)
    throw new Error('A report of the batch was linked or removed meanwhile. Nothing of it was written.')
}

/** The cases' own columns that a further report can raise. */
async function raiseCases(tx: Tx, batch: readonly Linked[], locked: LockedCases): Promise<void> {
  const urgencies = ['normal', 'urgent', 'critical'] as const
  const rows = [...Map.groupBy(batch, (linked) => linked.caseId)].map(([id, group]) => ({
    id,
    sequence: locked.get(id)?.sequence,
    confidential: group.some(({ row }) => row.confidential),
    sensitive: group.some(({ row }) => row.working.sensitive === true),
    urgency: Math.max(...group.map(({ row }) => urgencies.indexOf(row.working.urgency))),
    due_at: group.flatMap(({ row }) => row.working.dueAt ?? []).toSorted()[0] ?? null,
  }))
  await tx`
    update cases c set sequence = r.sequence, confidential = c.confidential or r.confidential, sensitive = c.sensitive or r.sensitive,
      urgency = (array['normal', 'urgent', 'critical'])[greatest(r.urgency + 1, array_position(array['normal', 'urgent', 'critical'], c.urgency))],
      due_at = least(c.due_at, r.due_at)
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, sequence int, confidential boolean, sensitive boolean, urgency int, due_at timestamptz)
    where c.id = r.id`
}

/** What was decided keeps its reasons; what was not is kept where it comes near enough for a clerk to ask about it. */
const worthKeeping = ({ matches }: Decision) =>
  matches.filter(
    (match, index) => match.decision !== 'new' || match.probability >= (index === 0 ? 0.005 : 0.05),
  )

async function writeMatches(
  tx: Tx,
  deps: Deps,
  batch: readonly Linked[],
  as: (decision: LinkDecision) => string = (decision) => decision,
): Promise<void> {
  const now = deps.now()
  const rows = batch.flatMap(({ row, decision, model }) =>
    worthKeeping(decision).map((match) => ({
      id: deps.newId(),
      report_id: row.id,
      case_id: match.caseId,
      working: row.working,
      score: match.score,
      probability: match.probability,
      decision: as(
        match.caseId === decision.caseId
          ? decision.decision
          : match.decision === 'link'
            ? 'review'
            : match.decision,
      ),
      decided_by: 'engine',
      decided_at: now,
      model,
      parts: match.parts,
    })),
  )
  if (rows.length === 0) return
  const weighed = await weighReviews(tx, rows, now)
  await tx`
    insert into matches (id, report_id, case_id, score, probability, decision, decided_by, decided_at, model, parts, worth)
    select * from json_to_recordset(${JSON.stringify(weighed)}::text::json) as r(id uuid, report_id uuid, case_id uuid, score real, probability real, decision text,
      decided_by text, decided_at timestamptz, model text, parts jsonb, worth real)`
}

/** What a trial 试运行 would have come to, in words of its own that no queue takes up; the reports wait for nothing any more. */
export async function writeTrial(tx: Tx, deps: Deps, decided: readonly Linked[]): Promise<void> {
  await tx`
    update reports set linked_at = ${deps.now()} where id = any(${decided.map(({ row }) => row.id)}::uuid[]) and case_id is null`
  await writeMatches(tx, deps, decided, (decision) => `trial-${decision}`)
}

/**
 * Everything about the batch. The caller has checked its lease in this transaction. What depends on no answer goes to the
 * database in one go: the statements run one after the other, in this order. Returns the batch with the cases it really went to.
 */
export async function writeBatch(
  tx: Tx,
  deps: Deps,
  decided: readonly Linked[],
  casePrefix: string,
): Promise<readonly Linked[]> {
  const openInChain = await readOpenInChains(tx, decided)
  const wanted = decided.flatMap(({ opens, caseId }) =>
    opens === undefined ? caseId : (opens.predecessorId ?? []),
  )
  const locked = await lockCases(tx, [...wanted, ...openInChain.values()])
  const { reopenWithinDays } = deps.catalog.codes.linking
  const settled = settleFollowUps(decided, { held: locked, openInChain, reopenWithinDays, now: deps.now() })
  const batch = asTheyAreNow(deps, settled.batch, locked)
  const opened = await newCases(tx, deps, batch, { locked, casePrefix })
  const reopened = reopenedEvents(deps, settled.reopened, locked)
  const { events, joined } = eventsOf(deps, batch, locked)
  await inOneGo([
    holdNewCases(tx, newHolds(deps, batch)),
    reopenCases(tx, [...settled.reopened.keys()]),
    insertCases(tx, opened),
    insertCaseEvents(tx, [...reopened, ...events]),
    writeLinks(tx, deps, batch, joined),
    writeMatches(tx, deps, batch),
  ])
  const further = await enrichCases(tx, deps, { batch, held: locked })
  await inOneGo([insertCaseEvents(tx, further), raiseCases(tx, batch, locked)])
  const grown = batch.filter(({ opens }) => opens === undefined)
  await releaseCases(tx, deps, { ids: pressedCases(deps, grown), by: 'urgency' })
  return batch
}
