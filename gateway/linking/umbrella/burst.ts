/** Opens an umbrella 总案 on a case that a burst of reports met, in the linker's transaction. */
import type { Deps } from '../../deps.ts'
import type { LinkingRules } from '../../mapping/linking-rules.ts'
import type { Tx } from '../../store/client.ts'
import { linkable, type ReportRow } from '../candidates.ts'
import { featuresOf } from '../features.ts'
import { deriveRule } from './derive.ts'
import { hasPlace, type UmbrellaRule } from './rule.ts'
import { writeUmbrella } from './write.ts'

/** So many of its newest reports say what the event is about. */
const readReports = 40

/**
 * Cases whose own reports of the last minutes are a burst, but those with an open umbrella, or one that a clerk ended. Served
 * by umbrellas' key, reports_case and case_people's key.
 */
export const burstCases = `
  select w.id, c.number from unnest($1::uuid[]) as w(id) join cases c on c.id = w.id left join lateral (select * from umbrellas where case_id = w.id offset 0) u on true
  cross join lateral (select count(*) as reports from reports p where p.case_id = w.id and p.submitted_at > $2::timestamptz) r
  cross join lateral (select count(*) as people from case_people q where q.case_id = w.id and q.person_key <> '' and q.last_at > $2::timestamptz) q
  where (u.case_id is null or (u.ended_at is not null and u.ended_by = 'gateway')) and r.reports >= $3 and q.people >= $4`

/** A case's newest reports. Served by reports_case. */
export const newestOfCase = `
  select id, channel_id, external_id, version, working, person_keys, confidential, submitted_at, received_at
  from reports where case_id = $1 order by received_at desc nulls last limit ${readReports}`

export interface OpenedUmbrella {
  readonly caseId: string
  readonly number: string
  readonly rule: UmbrellaRule
  readonly until: Date
}

/** `busy`: the batch's cases that hold enough reports and people. Writes the umbrellas; the caller says so in their cases. */
export async function openBursts(
  tx: Tx,
  deps: Deps,
  { busy, rules }: { busy: readonly string[]; rules: LinkingRules['umbrella'] },
): Promise<OpenedUmbrella[]> {
  if (busy.length === 0) return []
  const now = deps.now()
  const since = new Date(now.getTime() - rules.withinMinutes * 60_000).toISOString()
  const rows = await tx.unsafe<{ id: string; number: string }[]>(burstCases, [
    busy as never,
    since,
    rules.reports,
    rules.people,
  ])
  const opened: OpenedUmbrella[] = []
  for (const { id, number } of rows) {
    const rule = await ruleOfCase(tx, deps, id)
    // Without a place in common the rule would take reports of anywhere: a clerk can give it one.
    if (!hasPlace(rule)) continue
    const until = new Date(now.getTime() + rules.hours * 3_600_000)
    await writeUmbrella(tx, { caseId: id, rule, openedAt: now, openedBy: 'gateway', until })
    opened.push({ caseId: id, number, rule, until })
  }
  return opened
}

/** The rule that a case's newest reports give. */
export async function ruleOfCase(
  tx: Tx,
  { catalog }: Pick<Deps, 'catalog'>,
  caseId: string,
): Promise<UmbrellaRule> {
  const rows = await tx.unsafe<ReportRow[]>(newestOfCase, [caseId])
  const issuerOf = (channelId: string) => catalog.find(channelId)?.mapping.issuer ?? channelId
  const reports = rows.map((row) => featuresOf(linkable(row, issuerOf(row.channel_id))))
  return deriveRule(reports, (category) => catalog.codes.categories.get(category)?.parent)
}
