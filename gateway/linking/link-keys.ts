/** The keys that stored reports are found by: written when a report is linked, and made anew when it has a newer version. */
import type { Deps } from '../deps.ts'
import type { Sql, Tx } from '../store/client.ts'
import { checkLease, type Lease } from '../store/leases.ts'
import type { FeatureCache, ReportRow } from './candidates.ts'
import { holdCasesOf, supplementVersions } from './people/supplement-versions.ts'
import { inTurns } from './in-turns.ts'
import { readReport } from './read-reports.ts'
import type { LinkKey } from './types.ts'

const renewedReports = 100

export interface KeyedReport {
  readonly report: { readonly id: string; readonly received_at: Date }
  readonly caseId: string
  readonly keys: readonly LinkKey[]
}

/** Stores the keys of reports under the cases they stand in. */
export async function insertKeys(tx: Tx, reports: readonly KeyedReport[]): Promise<void> {
  const rows = reports.map(({ report, caseId, keys }) => ({
    id: report.id,
    case_id: caseId,
    at: report.received_at,
    keys: keys.map(({ kind, key }) => `${kind}|${key}`),
  }))
  await tx`
    insert into link_keys (hash, at, report_id, case_id)
    select hashtextextended(k.key, 0), r.at, r.id, r.case_id
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, case_id uuid, at timestamptz, keys json)
    cross join lateral json_array_elements_text(r.keys) as k(key)`
}

/** Served by reports_unkeyed. */
export const nextUnkeyed = `
  select id, channel_id, external_id, version, working, person_keys, confidential, submitted_at, received_at, case_id, keyed_version
  from reports where case_id is not null and keyed_version < version order by id limit ${renewedReports}`

/**
 * Reports whose newest version is not the one that their keys were made of get new ones. They stay in their case, whatever the
 * new version says: only a clerk takes a report out.
 */
export async function renewKeys(
  deps: Deps,
  lease: Lease,
  cache: FeatureCache,
): Promise<{ more: boolean; renewed: number }> {
  const sql: Sql = deps.db.sql
  const rows = await sql.unsafe<(ReportRow & { case_id: string; keyed_version: number })[]>(nextUnkeyed, [], {
    prepare: true,
  })
  if (rows.length === 0) return { more: false, renewed: 0 }
  const read = await inTurns(rows, (row) => readReport(deps, row))
  const supplemented = await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    const cases = await holdCasesOf(tx, rows)
    const ids = rows.map(({ id }) => id)
    // A clerk may have moved the report since it was read: its keys belong to the case that it stands in now.
    const standing = await tx<{ id: string; case_id: string }[]>`
      select id, case_id from reports where id = any(${ids}::uuid[]) and case_id is not null order by id for update`
    const caseOf = new Map(standing.map((row) => [row.id, row.case_id]))
    await tx`delete from link_keys where report_id = any(${ids}::uuid[])`
    await insertKeys(
      tx,
      read.flatMap(({ row, keys }) => {
        const caseId = caseOf.get(row.id)
        return caseId === undefined ? [] : [{ report: row, caseId, keys }]
      }),
    )
    const keyed = read.map(({ row: { id, version }, reading }) => ({ id, version, reading }))
    await tx`
      update reports p set keyed_version = r.version, reading = r.reading
      from json_to_recordset(${JSON.stringify(keyed)}::text::json) as r(id uuid, version int, reading jsonb) where p.id = r.id`
    return await supplementVersions(tx, deps, {
      rows: rows.filter(({ id }) => caseOf.has(id)),
      caseOf,
      cases,
    })
  })
  if (supplemented > 0) for (const stage of ['fan-out', 'dispatch'] as const) deps.signals.wake(stage)
  for (const { row, features } of read) cache.set(row.id, row.version, features)
  return { more: rows.length === renewedReports, renewed: rows.length }
}
