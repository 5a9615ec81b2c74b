/** The queue 待复核: matches that wait for a clerk. Those first that hold a case, and of each kind those whose answer is worth most. */
import type { ReviewFilter } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import type { Sql, Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import type { WordedPart } from '../model/words.ts'

export interface MatchRow {
  readonly id: string
  readonly report_id: string
  readonly case_id: string
  readonly score: number
  readonly probability: number
  readonly decision: string
  readonly decided_at: Date
  /** As text, whole: a position in the queue. */
  readonly decided_key: string
  readonly model: string
  readonly parts: WordedPart[]
  readonly worth: number
  readonly later_until: Date | null
  /** `clerk:C-07` */
  readonly later_by: string | null
  readonly settled_at: Date | null
  readonly verdict_id: string | null
  /** The case that the report stands in, and whether the dispatch waits for it. */
  readonly own_case_id: string
  readonly held: boolean
}

/** The last item of a page: the next one begins behind it. */
export interface QueuePosition {
  /** Those whose case is held come first. */
  readonly part: 'held' | 'others'
  readonly worth: number
  readonly at: string
  readonly id: string
}

interface QueuePage {
  readonly filter: ReviewFilter
  readonly after?: QueuePosition
  readonly limit: number
}

const columns = `m.id, m.report_id, m.case_id, m.score, m.probability, m.decision, m.decided_at, to_char(m.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as decided_key,
  m.model, m.parts, m.worth, m.later_until, m.later_by, m.settled_at, m.verdict_id, p.case_id as own_case_id,
  exists (select 1 from case_holds o where o.case_id = p.case_id and o.until is not null) as held`

const asked = `m.decision = 'review' and m.settled_at is null and (m.later_until is null or m.later_until <= $1::timestamptz)
    and m.worth <= $2::real and (m.worth < $2::real or (m.decided_at, m.id) > ($3::text::timestamptz, $4::uuid))
    and ($5::text is null or p.channel_id = $5) and ($6::text is null or starts_with(p.working->>'category', $6))
    and ($7::text is null or starts_with(coalesce(p.working->'location'->>'community', p.working->'location'->>'street', p.reading->'area'->>'code', p.working->'location'->>'district'), $7))
    and m.decided_at <= $8::text::timestamptz`

const inOrder = `order by m.worth desc nulls last, m.decided_at, m.id limit $9`

/** Served by matches_review, in its order: a page costs the same however many wait. Holds are looked up one by one (`offset 0`). */
export const queuePage = `
  select ${columns} from matches m join reports p on p.id = m.report_id
  where ${asked} and p.case_id is not null and not exists (select 1 from case_holds h where h.case_id = p.case_id and h.until is not null offset 0)
  ${inOrder}`

/** Served by case_holds_until, reports_case and matches_report: as many as were asked within the time of a hold. */
export const heldPage = `
  select ${columns} from case_holds h
  cross join lateral (select * from reports where case_id = h.case_id offset 0) p
  cross join lateral (select * from matches where report_id = p.id offset 0) m
  where ${asked} and h.until is not null
  ${inOrder}`

/** By primary key. */
const matchesById = `select ${columns} from matches m join reports p on p.id = m.report_id where m.id = any($1::uuid[])`

/** Written before worth was: by uncertainty alone. Served by matches_review. */
const weighOld = `
  update matches set worth = greatest(0.05, 4 * probability * (1 - probability)) where decision = 'review' and settled_at is null and worth is null`

const beginning: Omit<QueuePosition, 'part'> = {
  worth: Number.POSITIVE_INFINITY,
  at: '-infinity',
  id: '00000000-0000-0000-0000-000000000000',
}
const hourMs = 3_600_000

export async function weighOldMatches(deps: Deps): Promise<void> {
  await deps.db.sql.unsafe(weighOld)
}

/** One page of the queue as stored; some may be obsolete. */
export async function readQueue(deps: Deps, page: QueuePage): Promise<MatchRow[]> {
  const { filter, limit, after } = page
  if (after?.part === 'others') return await readPart(deps, page, 'others')
  const held = await readPart(deps, page, 'held')
  if (held.length === limit) return held
  return [...held, ...(await readPart(deps, { filter, limit: limit - held.length }, 'others'))]
}

async function readPart(
  deps: Deps,
  { filter, after, limit }: QueuePage,
  part: QueuePosition['part'],
): Promise<MatchRow[]> {
  const { worth, at, id } = after ?? beginning
  const now = deps.now()
  const askedBefore =
    filter.olderThanH === undefined
      ? 'infinity'
      : new Date(now.getTime() - filter.olderThanH * hourMs).toISOString()
  return await deps.db.sql.unsafe<MatchRow[]>(
    part === 'held' ? heldPage : queuePage,
    [
      now,
      worth,
      at,
      id,
      filter.channel ?? null,
      filter.category ?? null,
      filter.area ?? null,
      askedBefore,
      limit,
    ] as never,
    { prepare: true },
  )
}

export const positionOf = (row: MatchRow): QueuePosition => ({
  part: row.held ? 'held' : 'others',
  worth: row.worth,
  at: row.decided_key,
  id: row.id,
})

export const formatPosition = ({ part, worth, at, id }: QueuePosition): string =>
  `${part}_${worth}_${at}_${id}`

const positionPattern =
  /^(held|others)_(\d+(?:\.\d+)?(?:e-?\d+)?)_(\d{4}-\d\d-\d\dT[\d:.]{8,15}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Throws `request.cursor`. */
export function parsePosition(text: string | undefined): QueuePosition | undefined {
  if (text === undefined || text === '') return undefined
  const [, part, worth, at, id] = positionPattern.exec(text) ?? []
  if (worth === undefined || at === undefined || id === undefined || Number.isNaN(Date.parse(at)))
    throw new GatewayError(
      'request.cursor',
      'This is no position in the queue. Pass back the `cursor` that the last page gave, or leave `after` out to begin.',
    )
  return { part: part === 'held' ? 'held' : 'others', worth: Number(worth), at, id }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Matches by their ids, however they stand; those that are none are left out. */
export async function readMatches(sql: Sql | Tx, ids: readonly string[]): Promise<MatchRow[]> {
  const known = ids.filter((id) => uuid.test(id))
  return known.length === 0 ? [] : await sql.unsafe<MatchRow[]>(matchesById, [known as never])
}

/** A match that was once to be reviewed. Throws `review.unknown`. */
export async function readMatch(sql: Sql | Tx, id: string): Promise<MatchRow> {
  const [row] = await readMatches(sql, [id])
  if (row === undefined || row.decision !== 'review' || row.own_case_id === null)
    throw new GatewayError(
      'review.unknown',
      'There is no item of this id on the review desk. GET /v1/review lists what waits.',
      { context: { match: id.slice(0, 60) } },
    )
  return row
}
