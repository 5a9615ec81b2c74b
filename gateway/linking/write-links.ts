/** Writes what a batch came to: cases, events, links, keys and the reasons, in the linker's one transaction. */
import type { Deps } from '../deps.ts'
import { insertCaseEvents, type NewEventRow } from '../store/case-log.ts'
import type { Tx } from '../store/client.ts'
import type { ReportRow } from './candidates.ts'
import { keysOf } from './keys.ts'
import { caseRow, insertCases, takeCaseNumbers } from './open-case.ts'
import type { Decision, Features, LinkDecision } from './types.ts'

const modelVersion = 'first-weights-1'

/** What one report of the batch came to. `caseId` is an open case, stored or opened earlier in this batch. */
export interface Linked {
  readonly row: ReportRow
  readonly features: Features
  readonly decision: Decision
  readonly caseId: string
  /** Set where a case is opened: the closed case it follows, if any. */
  readonly opens: { readonly predecessorId: string | null } | undefined
}

interface LockedCase {
  readonly id: string
  readonly chain_id: string
  readonly state: string
  sequence: number
}

async function lockCases(tx: Tx, ids: readonly string[]): Promise<Map<string, LockedCase>> {
  if (ids.length === 0) return new Map()
  const rows = await tx<
    LockedCase[]
  >`select id, chain_id, state, sequence from cases where id = any(${ids as string[]}::uuid[]) order by id for update`
  return new Map(rows.map((row) => [row.id, row]))
}

/** A case that was closed since it was read takes no more reports: its report opens a successor instead. */
function withoutClosed(deps: Deps, batch: readonly Linked[], locked: Map<string, LockedCase>): Linked[] {
  const successors = new Map<string, string>()
  return batch.map((linked) => {
    if (linked.opens !== undefined || locked.get(linked.caseId)?.state !== 'closed') return linked
    const known = successors.get(linked.caseId)
    if (known !== undefined) return { ...linked, caseId: known }
    const caseId = deps.newId()
    successors.set(linked.caseId, caseId)
    return { ...linked, caseId, opens: { predecessorId: linked.caseId } }
  })
}

async function openCases(
  tx: Tx,
  deps: Deps,
  batch: readonly Linked[],
  { locked, casePrefix }: { locked: Map<string, LockedCase>; casePrefix: string },
): Promise<void> {
  const opening = batch.filter((linked) => linked.opens !== undefined)
  const now = deps.now()
  const numbers = await takeCaseNumbers(tx, { prefix: casePrefix, at: now, count: opening.length })
  const predecessors = await lockCases(
    tx,
    opening.flatMap((linked) => linked.opens?.predecessorId ?? []),
  )
  const rows = opening.map((linked, index) => {
    const predecessorId = linked.opens?.predecessorId ?? null
    const chainId =
      predecessorId === null ? linked.caseId : (predecessors.get(predecessorId)?.chain_id ?? linked.caseId)
    locked.set(linked.caseId, { id: linked.caseId, chain_id: chainId, state: 'received', sequence: 0 })
    return caseRow(linked.row, {
      id: linked.caseId,
      number: numbers[index] as string,
      chainId,
      predecessorId,
      at: now,
    })
  })
  await insertCases(tx, rows)
}

/** `received` for a case that opens, `linked` for each report. */
function eventsOf(
  deps: Deps,
  batch: readonly Linked[],
  locked: Map<string, LockedCase>,
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
      stateAfter: state.state as NewEventRow['stateAfter'],
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
  const rows = batch.map(({ row, caseId }) => ({
    id: row.id,
    case_id: caseId,
    version: row.version,
    linked_at: now,
    party_id: deps.newId(),
    channel_id: row.channel_id,
    joined_sequence: joined.get(row.id) ?? 0,
  }))
  await tx`
    update reports p set case_id = r.case_id, linked_at = r.linked_at, told_version = r.version, keyed_version = r.version
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, case_id uuid, version int, linked_at timestamptz) where p.id = r.id`
  await tx`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    select party_id, case_id, 'source', channel_id, id, joined_sequence, linked_at
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(party_id uuid, case_id uuid, channel_id text, id uuid, joined_sequence int, linked_at timestamptz)`
  const keys = batch.flatMap(({ row, features, caseId }) =>
    keysOf(features).map(({ kind, key }) => ({
      kind,
      key,
      report_id: row.id,
      case_id: caseId,
      at: row.received_at,
    })),
  )
  await tx`
    insert into link_keys (hash, at, report_id, case_id)
    select hashtextextended(kind || '|' || key, 0), at, report_id, case_id
    from json_to_recordset(${JSON.stringify(keys)}::text::json) as r(kind text, key text, report_id uuid, case_id uuid, at timestamptz)`
}

/** The cases' own columns that a further report can raise. */
async function raiseCases(tx: Tx, batch: readonly Linked[], locked: Map<string, LockedCase>): Promise<void> {
  const urgencies = ['normal', 'urgent', 'critical'] as const
  const rows = [...Map.groupBy(batch, (linked) => linked.caseId)].map(([id, group]) => ({
    id,
    sequence: locked.get(id)?.sequence,
    confidential: group.some(({ row }) => row.confidential),
    sensitive: group.some(({ row }) => row.working.sensitive === true),
    urgency: Math.max(...group.map(({ row }) => urgencies.indexOf(row.working.urgency))),
  }))
  await tx`
    update cases c set sequence = r.sequence, confidential = c.confidential or r.confidential, sensitive = c.sensitive or r.sensitive,
      urgency = (array['normal', 'urgent', 'critical'])[greatest(r.urgency + 1, array_position(array['normal', 'urgent', 'critical'], c.urgency))]
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, sequence int, confidential boolean, sensitive boolean, urgency int) where c.id = r.id`
}

/** The best match says why; others are kept where they come near enough for a clerk to ask about them. */
const worthKeeping = ({ matches }: Decision) =>
  matches.filter((match, index) => index === 0 || match.decision !== 'new' || match.probability >= 0.05)

async function writeMatches(
  tx: Tx,
  deps: Deps,
  batch: readonly Linked[],
  as: (decision: LinkDecision) => string = (decision) => decision,
): Promise<void> {
  const now = deps.now()
  const rows = batch.flatMap(({ row, decision }) =>
    worthKeeping(decision).map((match) => ({
      id: deps.newId(),
      report_id: row.id,
      case_id: match.caseId,
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
      model: modelVersion,
      parts: match.parts,
    })),
  )
  if (rows.length === 0) return
  await tx`
    insert into matches (id, report_id, case_id, score, probability, decision, decided_by, decided_at, model, parts)
    select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, report_id uuid, case_id uuid, score real, probability real, decision text,
      decided_by text, decided_at timestamptz, model text, parts jsonb)`
}

/** What a trial 试运行 would have come to, in words of its own that no queue takes up; the reports wait for nothing any more. */
export async function writeTrial(tx: Tx, deps: Deps, decided: readonly Linked[]): Promise<void> {
  await tx`
    update reports set linked_at = ${deps.now()} where id = any(${decided.map(({ row }) => row.id)}::uuid[]) and case_id is null`
  await writeMatches(tx, deps, decided, (decision) => `trial-${decision}`)
}

/** Everything about the batch. The caller has checked its lease in this transaction. */
export async function writeBatch(
  tx: Tx,
  deps: Deps,
  decided: readonly Linked[],
  casePrefix: string,
): Promise<void> {
  const existing = decided.flatMap((linked) => (linked.opens === undefined ? [linked.caseId] : []))
  const locked = await lockCases(tx, [...new Set(existing)])
  const batch = withoutClosed(deps, decided, locked)
  await openCases(tx, deps, batch, { locked, casePrefix })
  const { events, joined } = eventsOf(deps, batch, locked)
  await insertCaseEvents(tx, events)
  await writeLinks(tx, deps, batch, joined)
  await raiseCases(tx, batch, locked)
  await writeMatches(tx, deps, batch)
}
