import type {
  Actor,
  CaseEvent,
  CaseEventContent,
  CaseEventType,
  CaseState,
  Flow,
} from '../../schemas/case.ts'
import type { Reference } from '../../schemas/primitives.ts'
import type { Location } from '../../schemas/report.ts'
import type { ReverseInput } from '../mapping/reverse.ts'

/** The driver gives instants as PostgreSQL writes them, or as dates. */
export type StoredInstant = string | Date

export const instant = (value: StoredInstant): string => new Date(value).toISOString()

export interface CaseRow {
  readonly id: string
  readonly number: string
  readonly state: CaseState
  readonly category: string | null
  readonly title: string | null
  readonly kind: NonNullable<ReverseInput['case']['kind']>
  readonly urgency: NonNullable<ReverseInput['case']['urgency']>
  readonly chain_id: string
  readonly opened_at: StoredInstant
  readonly closed_at: StoredInstant | null
  readonly text: string
  readonly flow: Flow | null
  readonly sensitive: boolean
  readonly location: Location | null
  readonly tags: readonly string[]
  /** Every assignment 派单 there was, the lead first. */
  readonly assigned:
    | readonly { readonly unit: string; readonly open: boolean; readonly taken: boolean }[]
    | null
}

/** Columns of `cases` that a mapping may read, for the alias `c`. */
export const caseColumns = `c.id, c.number, c.state, c.category, c.title, c.kind, c.urgency, c.chain_id, c.opened_at, c.closed_at, c.text, c.flow, c.sensitive, c.location, c.tags,
    (select json_agg(json_build_object('unit', a.unit_code, 'open', a.state not in ('returned', 'withdrawn'), 'taken', a.state = 'withdrawn') order by a.role desc, a.dispatched_at, a.id)
      from assignments a where a.case_id = c.id) as assigned`

export interface EventRow {
  readonly id: string
  readonly case_id: string
  readonly sequence: number
  readonly type: CaseEventType
  readonly event_id: string
  readonly actor: Actor
  readonly occurred_at: StoredInstant
  readonly recorded_at: StoredInstant
  readonly state_after: CaseState
  readonly content: CaseEventContent
}

export const eventColumns =
  'e.id, e.case_id, e.sequence, e.type, e.event_id, e.actor, e.occurred_at, e.recorded_at, e.state_after, e.content'

export interface PartyRow {
  readonly id: string
  readonly case_id: string
  readonly kind: string
  readonly channel_id: string
  readonly report_id: string | null
  readonly unit_code: string | null
  readonly joined_sequence: number
  readonly left_at: StoredInstant | null
  readonly external_id: string | null
  readonly references: readonly Reference[] | null
  readonly extra: { readonly [name: string]: string } | null
  readonly title: string | null
  readonly submitted_at: StoredInstant | null
}

/** Columns of `parties p left join reports r`. */
export const partyColumns = `p.id, p.case_id, p.kind, p.channel_id, p.report_id, p.unit_code, p.joined_sequence, p.left_at,
    coalesce(r.external_id, p.external_id) as external_id, r.working->'references' as references, r.working->'extra' as extra, r.working->>'title' as title, r.submitted_at`

export function caseEventOf(row: EventRow, caseNumber: string): CaseEvent {
  return {
    id: row.id,
    case: caseNumber,
    sequence: row.sequence,
    type: row.type,
    eventId: row.event_id,
    actor: row.actor,
    occurredAt: instant(row.occurred_at),
    recordedAt: instant(row.recorded_at),
    stateAfter: row.state_after,
    content: row.content,
  }
}

/** What a mapping reads of the party: its report; of a handler its own number for the case, ours until that is known. */
export function sourceOf(party: PartyRow, caseNumber: string): ReverseInput['source'] {
  return {
    externalId: party.external_id ?? caseNumber,
    references: party.references ?? [],
    extra: party.extra ?? {},
    ...(party.title === null ? {} : { title: party.title }),
    ...(party.submitted_at === null ? {} : { submittedAt: instant(party.submitted_at) }),
  }
}

export function partyOf({ kind, unit_code }: PartyRow): NonNullable<ReverseInput['party']> {
  return { kind, ...(unit_code === null ? {} : { unitCode: unit_code }) }
}

export function reverseCaseOf(row: CaseRow): ReverseInput['case'] {
  return {
    number: row.number,
    state: row.state,
    kind: row.kind,
    urgency: row.urgency,
    chain: row.chain_id,
    openedAt: instant(row.opened_at),
    ...(row.category === null ? {} : { category: row.category }),
    ...(row.title === null ? {} : { title: row.title }),
    ...(row.closed_at === null ? {} : { closedAt: instant(row.closed_at) }),
    text: row.text,
    ...(row.flow === null ? {} : { flow: row.flow }),
    sensitive: row.sensitive,
    tags: [...row.tags],
    ...(row.location === null ? {} : { location: row.location }),
    units: [...new Set((row.assigned ?? []).flatMap(({ unit, open }) => (open ? [unit] : [])))],
  }
}
