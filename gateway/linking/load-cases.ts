/** Reads candidate cases with their newest reports, as far as these are worth comparing. */
import type { Tx, Sql } from '../store/client.ts'
import { linkable, type FeatureCache, type ReportRow } from './candidates.ts'
import { farApart } from './far-apart.ts'
import { featuresOf } from './features.ts'
import { inTurns } from './in-turns.ts'
import type { Candidate, Features, LinkableReport } from './types.ts'

/** Of each such case, the newest are compared. */
export const mostReportsOfCase = 5
/** Served by reports_case. What was joined into another case is found there. */
export const newestReportsOfCases = `
  select c.id as case_id, c.state, p.id, p.version from unnest($1::uuid[]) as wanted(id)
  cross join lateral (select id, state from cases where id = wanted.id and merged_into is null limit 1) c
  cross join lateral (select id, version, received_at from reports where case_id = c.id order by received_at desc nulls last limit ${mostReportsOfCase}) p
  order by c.id, p.received_at`

/** Served by reports_pkey. */
export const reportsToCompare =
  'select id, channel_id, external_id, version, working, person_keys, confidential, submitted_at, received_at from reports where id = any($1::uuid[])'

export interface CandidateContext {
  readonly cache: FeatureCache
  readonly issuerOf: (channelId: string) => string
}

/** The reports that each case is to be compared with; `whoever`: with one that it is sure to be worth comparing with. */
type WantedBy = ReadonlyMap<string, readonly (Features | 'whoever')[]>

interface Member {
  readonly case_id: string
  readonly state: string
  readonly id: string
  readonly version: number
}

/**
 * Cases with their newest reports, those in memory from there. Left out are cases that were joined into others and, where
 * `wantedBy` says what they would be compared with, those all of whose reports lie far from all of it.
 */
export async function loadCases(
  sql: Sql | Tx,
  caseIds: readonly string[],
  context: CandidateContext & { readonly wantedBy?: WantedBy },
): Promise<Map<string, Candidate>> {
  const cases = new Map<string, Candidate & { reports: Features[] }>()
  if (caseIds.length === 0) return cases
  const members = await sql.unsafe<Member[]>(newestReportsOfCases, [caseIds as never], {
    prepare: true,
  })
  const reports = await reportsOf(sql, members, context)
  const { wantedBy } = context
  const near = [...Map.groupBy(members, (member) => member.case_id)].flatMap(([caseId, own]) =>
    wantedBy === undefined || isNear(own, reports, wantedBy.get(caseId) ?? []) ? own : [],
  )
  await inTurns(near, (member) => {
    const features = understood(reports.get(member.id), context.cache)
    if (features === undefined) return
    const { case_id: caseId, state } = member
    const found = cases.get(caseId) ?? { caseId, open: state !== 'closed', reports: [] }
    found.reports.push(features)
    cases.set(caseId, found)
  })
  return cases
}

/** As it lies in memory, or as it was read now. */
type StoredReport =
  | { readonly kind: 'features'; readonly features: Features; readonly report: LinkableReport }
  | { readonly kind: 'row'; readonly version: number; readonly report: LinkableReport }

async function reportsOf(
  sql: Sql | Tx,
  members: readonly Member[],
  { cache, issuerOf }: CandidateContext,
): Promise<Map<string, StoredReport>> {
  const found = new Map<string, StoredReport>()
  const missing: string[] = []
  for (const { id, version } of members) {
    const features = cache.get(id, version)
    if (features === undefined) missing.push(id)
    else found.set(id, { kind: 'features', features, report: features.report })
  }
  if (missing.length === 0) return found
  const rows = await sql.unsafe<ReportRow[]>(reportsToCompare, [missing as never], { prepare: true })
  for (const row of rows) {
    const report = linkable(row, issuerOf(row.channel_id))
    found.set(row.id, { kind: 'row', version: row.version, report })
  }
  return found
}

/** Whether one of the case's reports may be about the place of one that wants it. */
function isNear(
  own: readonly Member[],
  reports: ReadonlyMap<string, StoredReport>,
  wanting: readonly (Features | 'whoever')[],
): boolean {
  return wanting.some((wants) =>
    own.some(({ id }) => {
      const stored = reports.get(id)
      return stored !== undefined && (wants === 'whoever' || !farApart(wants, stored.report))
    }),
  )
}

function understood(stored: StoredReport | undefined, cache: FeatureCache): Features | undefined {
  if (stored?.kind !== 'row') return stored?.features
  const features = featuresOf(stored.report)
  cache.set(stored.report.id, stored.version, features)
  return features
}
