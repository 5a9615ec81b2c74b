/** Puts cases, reports, parties and events straight into their tables: what linking and dispatch would have left there. */
import { type CaseEventContent, type CaseEventType, CaseState } from '../../schemas/case.ts'
import type { Deps } from '../../gateway/deps.ts'
import { newId } from '../../gateway/store/ids.ts'

export interface SeededCase {
  readonly id: string
  readonly number: string
  sequence: number
  state: CaseState
}

export interface SeededParty {
  readonly id: string
  readonly reportId: string | null
  readonly externalId: string | null
}

let count = 0

export async function seedCase(deps: Deps, state: CaseState = 'received'): Promise<SeededCase> {
  const id = newId()
  count += 1
  const number = `PS20261123-${String(count).padStart(6, '0')}`
  await deps.db.sql`
    insert into cases (id, number, chain_id, state, sequence, kind, text, urgency, sensitive, confidential, tags, opened_at)
    values (${id}, ${number}, ${id}, ${state}, 0, 'complaint', '井盖破损', 'normal', false, false, '{}', ${deps.now().toISOString()})`
  return { id, number, sequence: 0, state }
}

export interface EventSeed {
  readonly stateAfter?: CaseState
  readonly content?: CaseEventContent
  readonly recordedAt?: Date
}

const stateAfterType: Partial<Record<CaseEventType, CaseState>> = {
  returned: 'registered',
}
/** A note that says nothing public is told to nobody outside. */
const contentOf: Partial<Record<CaseEventType, object>> = { noted: { publicText: '已安排现场查看。' } }
const states: ReadonlySet<string> = new Set(CaseState.enum)

/** Appends an event; its id. An event of a state's name moves the case there unless `stateAfter` says otherwise. */
export async function seedEvent(
  deps: Deps,
  to: SeededCase,
  type: CaseEventType,
  seed: EventSeed = {},
): Promise<string> {
  const id = newId()
  to.sequence += 1
  to.state = seed.stateAfter ?? stateAfterType[type] ?? (states.has(type) ? (type as CaseState) : to.state)
  const at = (seed.recordedAt ?? deps.now()).toISOString()
  await deps.db.sql`
    insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content)
    values (${id}, ${to.id}, ${to.sequence}, ${type}, 'test', ${id}, '', ${JSON.stringify({ kind: 'gateway' })}::text::jsonb, ${at}, ${at}, ${to.state},
      ${JSON.stringify(seed.content ?? contentOf[type] ?? {})}::text::jsonb)`
  await deps.db.sql`update cases set sequence = ${to.sequence}, state = ${to.state} where id = ${to.id}`
  return id
}

export interface PartySeed {
  readonly channel: string
  readonly externalId?: string
  readonly joinedSequence?: number
  /** A party that is told without a report of its own. */
  readonly kind?: 'source' | 'handler' | 'observer'
  readonly reportId?: string
  readonly extra?: { readonly [name: string]: string }
}

/** A source of the case with its report; a handler or observer has none. */
export async function seedParty(deps: Deps, of: SeededCase, seed: PartySeed): Promise<SeededParty> {
  const { kind = 'source', joinedSequence = of.sequence } = seed
  const id = newId()
  const at = deps.now().toISOString()
  const reportId = kind === 'source' ? (seed.reportId ?? newId()) : null
  const externalId = kind === 'source' ? (seed.externalId ?? `${seed.channel}-${id.slice(-6)}`) : null
  if (reportId !== null && seed.reportId === undefined) {
    const working = {
      externalId,
      text: '井盖破损',
      kind: 'complaint',
      submittedAt: at,
      urgency: 'normal',
      extra: seed.extra ?? {},
    }
    await deps.db.sql`
      insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id)
      values (${reportId}, ${seed.channel}, ${externalId}, 'push', 10, 1, '', ${JSON.stringify(working)}::text::jsonb, '{}', false, ${at}, ${at}, ${of.id})`
  }
  await deps.db.sql`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    values (${id}, ${of.id}, ${kind}, ${seed.channel}, ${reportId}, ${joinedSequence}, ${at})`
  return { id, reportId, externalId }
}

/** A party joins with the case's next event, as linking does it. */
export async function seedLateParty(deps: Deps, of: SeededCase, seed: PartySeed): Promise<SeededParty> {
  const party = await seedParty(deps, of, { ...seed, joinedSequence: of.sequence + 1 })
  await seedEvent(deps, of, 'linked', { content: party.reportId === null ? {} : { report: party.reportId } })
  return party
}

export interface StoredDelivery {
  readonly id: string
  readonly party_id: string
  readonly sequence: number
  readonly event_type: string
  readonly class: string
  readonly state: string
  readonly request: string | null
  readonly code: string | null
  readonly tries: number
  readonly due_at: string | null
  readonly may_be_taken: boolean
  readonly reason: string | null
  readonly partner_reference: string | null
  readonly settled_by: string | null
  readonly claim_token: string | null
  readonly mapping_version: string
}

/** A party's deliveries in its order. */
export async function deliveriesOf(deps: Deps, party: { id: string }): Promise<StoredDelivery[]> {
  const rows = await deps.db.sql<
    StoredDelivery[]
  >`select * from deliveries where party_id = ${party.id} order by sequence, position`
  return [...rows]
}

/** The same in short: `registered:waiting`. */
export async function statesOf(deps: Deps, party: { id: string }): Promise<string[]> {
  return (await deliveriesOf(deps, party)).map((row) => `${row.event_type}:${row.state}`)
}
