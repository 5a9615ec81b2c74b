import type { Sql } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import type { ReportRow } from '../candidates.ts'
import { reportsToCompare } from '../load-cases.ts'

export const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The id of a report that is named by its id, or as `channel/number` with the channel's own number. Throws `report.unknown`. */
export async function findReport(sql: Sql, name: string): Promise<string> {
  const cut = name.indexOf('/')
  const rows =
    cut > 0
      ? await sql<{ id: string }[]>`
          select id from reports where channel_id = ${name.slice(0, cut)} and external_id = ${name.slice(cut + 1)}`
      : idPattern.test(name)
        ? await sql<{ id: string }[]>`select id from reports where id = ${name}`
        : []
  const [found] = rows
  if (found === undefined)
    throw new GatewayError(
      'report.unknown',
      `There is no report "${name}". Name it by its id, or as channel/number: hotline-a/G2026112201.`,
    )
  return found.id
}

/** Reports with what comparing needs, in the order of the ids. */
export async function readReports(sql: Sql, ids: readonly string[]): Promise<ReportRow[]> {
  const rows = await sql.unsafe<ReportRow[]>(reportsToCompare, [ids as never])
  const found = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => found.get(id) ?? [])
}
