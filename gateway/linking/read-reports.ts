/** Unlinked reports, read and understood. */
import type { Deps } from '../deps.ts'
import type { Reading } from '../store/working.ts'
import { linkable, type ReportRow } from './candidates.ts'
import { featuresOf } from './features.ts'
import { inTurns } from './in-turns.ts'
import { keysOf, lookupKeysOf } from './keys.ts'
import { areaOf } from './reading/areas-of-report.ts'
import { gazetteerOf } from './reading/areas.ts'
import type { Features, LinkKey, LinkableReport } from './types.ts'

export const batchReports = 100

/** Served by reports_unlinked. Reports of channels that are not live wait; those being written are left out. */
export const nextUnlinked = `
  select id, channel_id, external_id, version, working, person_keys, confidential, submitted_at, received_at
  from reports where case_id is null and linked_at is null and channel_id = any($1) and id <> all($2::uuid[]) order by received_at limit ${batchReports}`

/** A report with all that looking for its case needs. */
export interface ReadReport {
  readonly row: ReportRow
  readonly features: Features
  /** To store with it, and to search for. */
  readonly keys: readonly LinkKey[]
  readonly lookup: readonly LinkKey[]
  /** What was read in it beside; null where that is nothing. */
  readonly reading: Reading | null
}

export const issuerOf = (deps: Deps) => (channelId: string) =>
  deps.catalog.find(channelId)?.mapping.issuer ?? channelId

export function readReport(deps: Deps, row: ReportRow): ReadReport {
  const features = featuresOf(linkable(row, issuerOf(deps)(row.channel_id)))
  return {
    row,
    features,
    keys: keysOf(features),
    lookup: lookupKeysOf(features),
    reading: readingOf(deps, features.report),
  }
}

function readingOf(deps: Deps, report: LinkableReport): Reading | null {
  const area = areaOf(report, gazetteerOf(deps.catalog.codes))
  if (area === undefined) return null
  const { code, level, confidence, from } = area
  const other = area.contradicts[0]?.code
  return { area: { code, level, confidence, from, ...(other === undefined ? {} : { contradicts: other }) } }
}

/** The oldest unlinked reports of channels in this state, without those that are `taken` already. */
export async function readUnlinked(
  deps: Deps,
  state: 'live' | 'shadow',
  taken: readonly string[] = [],
): Promise<ReadReport[]> {
  const ids = deps.catalog.all().flatMap((channel) => (channel.state === state ? [channel.id] : []))
  if (ids.length === 0) return []
  const rows = await deps.db.sql.unsafe<ReportRow[]>(nextUnlinked, [ids as never, taken as never], {
    prepare: true,
  })
  return await inTurns(rows, (row) => readReport(deps, row))
}
