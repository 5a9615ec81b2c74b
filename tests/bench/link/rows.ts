/** Invented reports as rows, written many at a time past intake. */
import type postgres from 'postgres'
import type { ReportRow } from '../../../gateway/linking/candidates.ts'

/** `case_id` where the report is stored as linked already. */
export type SeedRow = ReportRow & { readonly case_id?: string }

export async function insertReports(
  sql: postgres.Sql | postgres.TransactionSql,
  rows: readonly SeedRow[],
): Promise<void> {
  await sql`
    insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at,
      case_id, linked_at, told_version, keyed_version)
    select id, channel_id, external_id, 'push', 10, version, '', working, array(select json_array_elements_text(person_keys)), confidential, submitted_at, received_at,
      case_id, case when case_id is not null then received_at end, case when case_id is null then 0 else version end, case when case_id is null then 0 else version end
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, channel_id text, external_id text, version int, working jsonb, person_keys json,
      confidential boolean, submitted_at timestamptz, received_at timestamptz, case_id uuid)`
}

/** Cases that these reports opened, each with the number of its report. */
export async function insertCasesOf(sql: postgres.Sql, rows: readonly SeedRow[]): Promise<void> {
  await sql`
    insert into cases (id, number, chain_id, state, sequence, kind, category, title, text, location, urgency, sensitive, confidential, tags, opened_at, closed_at)
    select case_id, 'PS' || external_id, case_id, case when closed then 'closed' else 'processing' end, 2, 'complaint', working->>'category', working->>'title',
      working->>'text', working->'location', 'normal', false, false, '{}', received_at, case when closed then received_at + interval '20 days' end
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(case_id uuid, external_id text, working jsonb, received_at timestamptz)
    cross join lateral (select received_at < now() - interval '40 days' as closed) c`
}
