/** Bulk statements of intake: each takes one JSON array, so that a batch of any size is one statement per table. */
import type { PendingQuery, Row } from 'postgres'
import type { Sql, Tx } from '../store/client.ts'

type Rows = readonly object[]
/** A part of a statement. */
type Part = PendingQuery<Row[]>

const jsonOf = (rows: Rows) => JSON.stringify(rows)

/** An expired key is taken over. */
const replayKeys = (sql: Sql | Tx, rows: Rows): Part => sql`
    insert into replay_keys as k (channel_id, key, receipt_id, expires_at)
    select * from json_to_recordset(${jsonOf(rows)}::text::json) as r(channel_id text, key text, receipt_id uuid, expires_at timestamptz)
    order by channel_id, key
    on conflict (channel_id, key) do update set receipt_id = excluded.receipt_id, expires_at = excluded.expires_at where k.expires_at < now()
    returning receipt_id`

/** An expired key is taken over. */
const idempotencyKeys = (sql: Sql | Tx, rows: Rows): Part => sql`
    insert into idempotency_keys as k (channel_id, key, fingerprint, receipt_id, expires_at)
    select * from json_to_recordset(${jsonOf(rows)}::text::json) as r(channel_id text, key text, fingerprint text, receipt_id uuid, expires_at timestamptz)
    order by channel_id, key
    on conflict (channel_id, key) do update
      set fingerprint = excluded.fingerprint, receipt_id = excluded.receipt_id, expires_at = excluded.expires_at where k.expires_at < now()
    returning receipt_id`

const newReports = (sql: Sql | Tx, rows: Rows): Part => sql`
    insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at)
    select id, channel_id, external_id, feed, rank, version, content_hash, working,
      array(select json_array_elements_text(person_keys)), confidential, submitted_at, received_at
    from json_to_recordset(${jsonOf(rows)}::text::json) as r(id uuid, channel_id text, external_id text, feed text, rank int, version int, content_hash text,
      working jsonb, person_keys json, confidential boolean, submitted_at timestamptz, received_at timestamptz)
    order by channel_id, external_id
    on conflict (channel_id, external_id) do nothing
    returning id`

const reportVersions = (sql: Sql | Tx, rows: Rows): Part => sql`
    insert into report_versions (report_id, version, created_at, record_id, mapping_version, feed, content_hash, data_key, body)
    select report_id, version, created_at, record_id, mapping_version, feed, content_hash, decode(data_key, 'base64'), decode(body, 'base64')
    from json_to_recordset(${jsonOf(rows)}::text::json) as r(report_id uuid, version int, created_at timestamptz, record_id uuid, mapping_version text,
      feed text, content_hash text, data_key text, body text)`

const records = (sql: Sql | Tx, rows: Rows): Part => sql`
    insert into records (id, receipt_id, index, position, channel_id, feed, identity, "end", reason, external_id, report_id, version, mapping_version, created_at,
      blocked_by)
    select * from json_to_recordset(${jsonOf(rows)}::text::json) as r(id uuid, receipt_id uuid, index int, position text, channel_id text, feed text, identity text,
      "end" text, reason jsonb, external_id text, report_id uuid, version int, mapping_version text, created_at timestamptz, blocked_by text[])`

/** The rows of receipts and of their bodies, which both statements below read. */
const receiptRows = (sql: Sql | Tx, rows: Rows): Part => sql`
      select * from json_to_recordset(${jsonOf(rows)}::text::json) as r(id uuid, channel_id text, feed text, received_at timestamptz, principal text, content_type text,
        method text, bytes int, sha256 text, state text, counts jsonb, data_key text, body text)`
const receiptBodies = (sql: Sql | Tx): Part => sql`
      insert into receipt_bodies (receipt_id, received_at, data_key, body)
      select id, received_at, decode(data_key, 'base64'), decode(body, 'base64') from r`
const receipts = (sql: Sql | Tx): Part => sql`
    insert into receipts (id, channel_id, feed, received_at, principal, content_type, method, bytes, sha256, state, counts)
    select id, channel_id, feed, received_at, principal, content_type, method, bytes, sha256, state, counts from r`

/** Everything of a batch whose keys are free and whose reports are new. */
export interface NewRows {
  readonly replayKeys: Rows
  readonly idempotencyKeys: Rows
  readonly reports: Rows
  readonly versions: Rows
  readonly records: Rows
  readonly receipts: Rows
}

/**
 * One statement, and so one way there and one commit. Where a key is taken or a report known, it fails as a whole with
 * `notAllNew` and nothing is written.
 */
export async function insertAllNew(sql: Sql, rows: NewRows): Promise<void> {
  await sql`
    with replay as (${replayKeys(sql, rows.replayKeys)}), idempotency as (${idempotencyKeys(sql, rows.idempotencyKeys)}),
    stored as (${newReports(sql, rows.reports)}), versions as (${reportVersions(sql, rows.versions)}), entries as (${records(sql, rows.records)}),
    r as materialized (${receiptRows(sql, rows.receipts)}), bodies as (${receiptBodies(sql)}), kept as (${receipts(sql)})
    select 1 / (case when (select count(*) from replay) = ${rows.replayKeys.length} and (select count(*) from idempotency) = ${rows.idempotencyKeys.length}
      and (select count(*) from stored) = ${rows.reports.length} then 1 else 0 end)`
}

/** SQLSTATE of `insertAllNew` that found something known: division by zero, of which there is no other there. */
export const notAllNew = '22012'

/** Takes replay keys; an expired one is taken over. Answers with the receipts whose key was free. */
export async function insertReplayKeys(tx: Tx, rows: Rows): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const taken = (await tx`${replayKeys(tx, rows)}`) as unknown as { receipt_id: string }[]
  return new Set(taken.map((row) => row.receipt_id))
}

export interface TakenIdempotencyKey {
  readonly channel_id: string
  readonly key: string
  readonly fingerprint: string
  readonly receipt_id: string
}

/** Takes idempotency keys; answers with whose each key now is. */
export async function insertIdempotencyKeys(tx: Tx, rows: Rows): Promise<TakenIdempotencyKey[]> {
  if (rows.length === 0) return []
  await tx`${idempotencyKeys(tx, rows)}`
  return await tx<TakenIdempotencyKey[]>`
    select k.channel_id, k.key, k.fingerprint, k.receipt_id from idempotency_keys k
    join json_to_recordset(${JSON.stringify(rows)}::text::json) as r(channel_id text, key text) using (channel_id, key)`
}

/** Moves a poll's cursor, only for the holder of the newest token. */
export async function movePoll(
  tx: Tx,
  poll: { channelId: string; feed: string; token: number; cursor: object; dueAt: Date; now: Date },
): Promise<boolean> {
  const moved = await tx`
    update polls set cursor = ${tx.json(poll.cursor as never)}, due_at = ${poll.dueAt}, failures = 0, last_ok_at = ${poll.now}, last_error = null
    where channel_id = ${poll.channelId} and feed = ${poll.feed} and token = ${poll.token} returning 1`
  return moved.length === 1
}

export interface ReportState {
  readonly id: string
  readonly channel_id: string
  readonly external_id: string
  readonly content_hash: string
  readonly rank: number
  readonly version: number
}

/** Inserts reports that are new; answers with the ids it inserted. */
export async function insertReports(tx: Tx, rows: Rows): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const inserted = (await tx`${newReports(tx, rows)}`) as unknown as { id: string }[]
  return new Set(inserted.map((row) => row.id))
}

/** Locks known reports, in the order of their ids. */
export async function lockReports(tx: Tx, rows: Rows): Promise<ReportState[]> {
  if (rows.length === 0) return []
  return await tx<ReportState[]>`
    select p.id, p.channel_id, p.external_id, p.content_hash, p.rank, p.version from reports p
    join json_to_recordset(${JSON.stringify(rows)}::text::json) as r(channel_id text, external_id text) using (channel_id, external_id)
    order by p.id for update of p`
}

/** Ids of known reports by channel and number. */
export async function findReports(
  tx: Tx,
  rows: Rows,
): Promise<{ id: string; channel_id: string; external_id: string }[]> {
  if (rows.length === 0) return []
  return await tx`
    select p.id, p.channel_id, p.external_id from reports p
    join json_to_recordset(${JSON.stringify(rows)}::text::json) as r(channel_id text, external_id text) using (channel_id, external_id)`
}

export interface HandlerRow {
  readonly channel_id: string
  readonly about: string
  readonly party_id: string
}

/**
 * Handlers 承办方 by our case number or by the number that their own system gave the case. Served by cases_number with
 * parties_case_handler, and by parties_handler_number.
 */
export async function findHandlers(tx: Tx, rows: Rows): Promise<HandlerRow[]> {
  if (rows.length === 0) return []
  return await tx<HandlerRow[]>`
    with r as materialized (select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(channel_id text, about text))
    select r.channel_id, r.about, p.id as party_id from r join cases c on c.number = r.about
      join parties p on p.case_id = c.id and p.channel_id = r.channel_id and p.report_id is null
    union all
    select r.channel_id, r.about, p.id from r
      join lateral (
        select id from parties h where h.channel_id = r.channel_id and h.external_id = r.about and h.report_id is null
        order by joined_at desc limit 1
      ) p on true`
}

/** The number under which a handler has the case, where it is not known yet. By primary key. */
export async function numberHandlers(tx: Tx, rows: Rows): Promise<void> {
  if (rows.length === 0) return
  await tx`
    update parties p set external_id = r.external_id
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(party_id uuid, external_id text)
    where p.id = r.party_id and p.external_id is null`
}

export async function updateReports(tx: Tx, rows: Rows): Promise<void> {
  if (rows.length === 0) return
  await tx`
    update reports p set linked_at = case when p.case_id is not null then p.linked_at end, feed = r.feed, rank = r.rank, version = r.version, content_hash = r.content_hash, working = r.working,
      person_keys = array(select json_array_elements_text(r.person_keys)), confidential = p.confidential or r.confidential, submitted_at = r.submitted_at
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, feed text, rank int, version int, content_hash text, working jsonb, person_keys json,
      confidential boolean, submitted_at timestamptz)
    where p.id = r.id`
}

export async function insertReportVersions(tx: Tx, rows: Rows): Promise<void> {
  if (rows.length === 0) return
  await tx`${reportVersions(tx, rows)}`
}

/** Inserts messages that are new; answers with the ids it inserted. */
export async function insertMessages(tx: Tx, rows: Rows): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const inserted = await tx<{ id: string }[]>`
    insert into messages (id, channel_id, report_id, party_id, kind, identity, record_id, mapping_version, content_hash, working, occurred_at, received_at, data_key, body)
    select id, channel_id, report_id, party_id, kind, identity, record_id, mapping_version, content_hash, working, occurred_at, received_at,
      decode(data_key, 'base64'), decode(body, 'base64')
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, channel_id text, report_id uuid, party_id uuid, kind text, identity text, record_id uuid, mapping_version text,
      content_hash text, working jsonb, occurred_at timestamptz, received_at timestamptz, data_key text, body text)
    order by channel_id, kind, identity
    on conflict (channel_id, kind, identity) do nothing
    returning id`
  return new Set(inserted.map((row) => row.id))
}

export async function insertRecords(tx: Tx, rows: Rows): Promise<void> {
  if (rows.length === 0) return
  await tx`${records(tx, rows)}`
}

/** Counts values and keeps the first five records that held each. One that a person had settled is open again. */
export async function countUnknownValues(tx: Tx, rows: Rows): Promise<void> {
  if (rows.length === 0) return
  await tx`
    insert into unknown_values as u (channel_id, table_name, value, count, first_at, last_at, record_id, examples)
    select channel_id, table_name, value, count, at, at, record_id, examples
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(channel_id text, table_name text, value text, count int, at timestamptz, record_id uuid, examples uuid[])
    order by channel_id, table_name, value
    on conflict (channel_id, table_name, value) do update set count = u.count + excluded.count, last_at = excluded.last_at, record_id = excluded.record_id,
      examples = case when cardinality(u.examples) >= 5 then u.examples else (coalesce(u.examples, array[u.record_id]) || excluded.examples)[1:5] end,
      settled_at = case when u.settled_at < excluded.last_at then null else u.settled_at end,
      settled_by = case when u.settled_at < excluded.last_at then null else u.settled_by end,
      settled_as = case when u.settled_at < excluded.last_at then null else u.settled_as end`
}

/** Values of a record that is read again: those that were seen are counted already. */
export async function noteUnknownValues(tx: Tx, rows: Rows): Promise<void> {
  if (rows.length === 0) return
  await tx`
    insert into unknown_values (channel_id, table_name, value, count, first_at, last_at, record_id, examples)
    select channel_id, table_name, value, count, at, at, record_id, examples
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(channel_id text, table_name text, value text, count int, at timestamptz, record_id uuid, examples uuid[])
    order by channel_id, table_name, value
    on conflict (channel_id, table_name, value) do nothing`
}

export async function insertReceipts(tx: Tx, rows: Rows): Promise<void> {
  if (rows.length === 0) return
  await tx`with r as materialized (${receiptRows(tx, rows)}), bodies as (${receiptBodies(tx)}) ${receipts(tx)}`
}

/** Holds a receipt that an earlier commit only stored. False where another process has or had it. */
export async function lockStoredReceipt(tx: Tx, receiptId: string): Promise<boolean> {
  const locked =
    await tx`select 1 from receipts where id = ${receiptId} and state = 'stored' for update skip locked`
  return locked.length === 1
}

export async function finishReceipt(tx: Tx, receiptId: string, counts: object): Promise<void> {
  await tx`update receipts set state = 'done', counts = ${tx.json(counts as never)} where id = ${receiptId}`
}
