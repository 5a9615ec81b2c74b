/**
 * The machine's own limit, as a process of its own: rows that the gateway wrote before, read back, are written again in
 * batches of about a hundred through postgres.js on two connections. No HTTP, no signature, no encryption, no decision.
 */
import postgres from 'postgres'
import { servePart } from './part.ts'

export interface BatchesOrder {
  /** Database whose rows are written again. */
  readonly from: string
  /** Database that takes them; its tables are empty. */
  readonly to: string
  readonly seconds: number
}

export interface BatchesResult {
  readonly reports: number
  readonly seconds: number
}

const rowsPerBatch = 100
const connections = 2

/** Per table: how its rows are read back, in one order for all tables, and how a batch of them is written. */
const tables: readonly { readonly read: string; readonly write: string }[] = [
  {
    read: `select k.channel_id, k.key, k.receipt_id, k.expires_at, k.receipt_id as place from replay_keys k`,
    write: `insert into replay_keys (channel_id, key, receipt_id, expires_at)
      select * from json_to_recordset($1::text::json) as r(channel_id text, key text, receipt_id uuid, expires_at timestamptz)`,
  },
  {
    read: `select id, channel_id, external_id, feed, rank, version, content_hash, working, to_json(person_keys) as person_keys, confidential,
        submitted_at, received_at, (select receipt_id from records where report_id = p.id limit 1) as place from reports p`,
    write: `insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at)
      select id, channel_id, external_id, feed, rank, version, content_hash, working, array(select json_array_elements_text(person_keys)), confidential, submitted_at, received_at
      from json_to_recordset($1::text::json) as r(id uuid, channel_id text, external_id text, feed text, rank int, version int, content_hash text, working jsonb,
        person_keys json, confidential boolean, submitted_at timestamptz, received_at timestamptz)`,
  },
  {
    read: `select report_id, version, created_at, record_id, mapping_version, feed, content_hash, ${base64('data_key')}, ${base64('body')},
        (select receipt_id from records where id = v.record_id) as place from report_versions v`,
    write: `insert into report_versions (report_id, version, created_at, record_id, mapping_version, feed, content_hash, data_key, body)
      select report_id, version, created_at, record_id, mapping_version, feed, content_hash, decode(data_key, 'base64'), decode(body, 'base64')
      from json_to_recordset($1::text::json) as r(report_id uuid, version int, created_at timestamptz, record_id uuid, mapping_version text, feed text, content_hash text,
        data_key text, body text)`,
  },
  {
    read: `select id, receipt_id, index, position, channel_id, feed, identity, "end", external_id, report_id, version, mapping_version, created_at,
        receipt_id as place from records`,
    write: `insert into records (id, receipt_id, index, position, channel_id, feed, identity, "end", external_id, report_id, version, mapping_version, created_at)
      select * from json_to_recordset($1::text::json) as r(id uuid, receipt_id uuid, index int, position text, channel_id text, feed text, identity text, "end" text,
        external_id text, report_id uuid, version int, mapping_version text, created_at timestamptz)`,
  },
  {
    read: `select t.id, t.channel_id, t.feed, t.received_at, t.principal, t.content_type, t.method, t.bytes, t.sha256, t.state, t.counts, ${base64('data_key')},
        ${base64('body')}, t.id as place from receipts t join receipt_bodies b on b.receipt_id = t.id`,
    write: `with r as materialized (
        select * from json_to_recordset($1::text::json) as r(id uuid, channel_id text, feed text, received_at timestamptz, principal text, content_type text, method text,
          bytes int, sha256 text, state text, counts jsonb, data_key text, body text)
      ), bodies as (
        insert into receipt_bodies (receipt_id, received_at, data_key, body) select id, received_at, decode(data_key, 'base64'), decode(body, 'base64') from r
      )
      insert into receipts (id, channel_id, feed, received_at, principal, content_type, method, bytes, sha256, state, counts)
      select id, channel_id, feed, received_at, principal, content_type, method, bytes, sha256, state, counts from r`,
  },
]

/** PostgreSQL breaks base64 into lines; the rows of the gateway have none. */
function base64(column: string): string {
  return `replace(encode(${column}, 'base64'), E'\\n', '') as ${column}`
}

/** One JSON text for each table, ready to be sent. */
type Batch = readonly string[]

async function readBatches(url: string): Promise<Batch[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    const columns: string[][] = []
    for (const { read } of tables) {
      const rows = await sql.unsafe<{ rows: string }[]>(`
        select json_agg(to_jsonb(r) - 'place' - 'batch')::text as rows
        from (select *, (row_number() over (order by place) - 1) / ${rowsPerBatch} as batch from (${read}) t) r
        group by batch order by batch`)
      columns.push(rows.map((row) => row.rows))
    }
    return (columns[0] ?? []).map((_, batch) => columns.map((texts) => texts[batch] ?? '[]'))
  } finally {
    await sql.end()
  }
}

let ready: { batches: Batch[]; seconds: number; sql: postgres.Sql } | undefined
let known: { from: string; batches: Batch[] } | undefined

async function prepare({ from, to, seconds }: BatchesOrder): Promise<void> {
  if (known?.from !== from) known = { from, batches: await readBatches(from) }
  const sql = postgres(to, { max: connections, onnotice: () => undefined })
  await Promise.all(Array.from({ length: connections }, () => sql`select 1`))
  ready = { batches: known.batches, seconds, sql }
}

async function go(): Promise<BatchesResult> {
  if (ready === undefined) throw new Error('Nothing was prepared.')
  const { batches, seconds, sql } = ready
  ready = undefined
  let next = 0
  let reports = 0
  const startedAt = performance.now()
  const write = async () => {
    while (performance.now() < startedAt + seconds * 1000) {
      const batch = batches[next]
      if (batch === undefined) return
      next += 1
      await sql.begin((tx) =>
        tables.map(({ write: statement }, n) => tx.unsafe(statement, [batch[n] ?? ''], { prepare: true })),
      )
      reports += rowsPerBatch
    }
  }
  await Promise.all(Array.from({ length: connections }, write))
  const elapsedS = (performance.now() - startedAt) / 1000
  await sql.end()
  return { reports, seconds: elapsedS }
}

servePart({ prepare, go })
