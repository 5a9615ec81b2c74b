/** How much comes through which channel, and how much of it others report as well: what a district could merge. */
import type { ChannelState } from '../../schemas/channel.ts'
import type { Deps } from '../deps.ts'
import type { TrafficGroup, TrafficOrder, TrafficRow, TrafficShares } from './answers.ts'
import { ends, hourMs } from './traffic.ts'

const dayMs = 24 * hourMs
const offsetMs = 8 * hourMs

/** What a channel's rows are gathered under. */
const keys: { readonly [group in TrafficGroup]: string } = { channel: 'id', platform: 'platform' }

/** A year of a very large house takes longer than other statements may. */
const longestMs = 60_000
/** Days up to which a period is a small part of what is stored. */
const shortDays = 31

/**
 * $1 ends, $2 from, $3 to. From the records of the period to their reports and on to the other reports of their cases: served by
 * records_channel_end, the key of reports, and reports_case. Of a short period the cost follows the period and not what is
 * stored: `offset 0` keeps the planner from reading whole tables. A long one is read from them, which is five times quicker then.
 */
export function trafficSql({ by, days }: { by: TrafficGroup; days: number }): string {
  const fence = days <= shortDays ? 'offset 0' : ''
  return `
  with keys as materialized (select id as channel_id, ${keys[by]} as key from channels),
  counted as (
    select keys.key, sum(n.records)::int as records from keys cross join lateral (
      select count(*) as records from records r
      where r.channel_id = keys.channel_id and r."end" = any($1) and r.created_at >= $2 and r.created_at < $3
    ) n group by 1
  ),
  linked as materialized (
    select keys.key, p.id, p.case_id from keys
    cross join lateral (
      select r.report_id from records r
      where r.channel_id = keys.channel_id and r."end" = 'report' and r.created_at >= $2 and r.created_at < $3 ${fence}
    ) came
    cross join lateral (select q.id, q.case_id from reports q where q.id = came.report_id ${fence}) p
  ),
  parts as materialized (
    select o.case_id, o.channel_id from (select distinct case_id from linked) c
    cross join lateral (select q.case_id, q.channel_id from reports q where q.case_id = c.case_id ${fence}) o
  ),
  met as materialized (select distinct parts.case_id, keys.key from parts join keys using (channel_id)),
  common as materialized (select case_id from met group by 1 having count(*) > 1),
  sums as (
    select key, count(*)::int as reports, count(distinct linked.case_id)::int as cases, count(common.case_id)::int as shared
    from linked left join common using (case_id) group by 1
  ),
  partners as (
    select distinct on (key) key, other, cases from (
      select own.key, met.key as other, count(*)::int as cases
      from (select distinct key, case_id from linked join common using (case_id)) own
      join met on met.case_id = own.case_id and met.key <> own.key group by 1, 2
    ) pairs order by key, cases desc, other
  )
  select counted.key, counted.records, coalesce(sums.reports, 0) as reports, coalesce(sums.cases, 0) as cases,
    coalesce(sums.shared, 0) as shared, partners.other, partners.cases as other_cases
  from counted left join sums using (key) left join partners using (key)`
}

interface SumRow {
  readonly key: string
  readonly records: number
  readonly reports: number
  readonly cases: number
  readonly shared: number
  readonly other: string | null
  readonly other_cases: number | null
}

const shareOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000

async function namesOf(
  deps: Pick<Deps, 'db' | 'catalog'>,
  by: TrafficGroup,
): Promise<Map<string, { name: string; state?: ChannelState }>> {
  if (by === 'platform')
    return new Map([...deps.catalog.platforms].map(([id, { value }]) => [id, { name: value.name.zh }]))
  const rows = await deps.db.sql<
    { id: string; name: string; state: ChannelState }[]
  >`select id, file->'name'->>'zh' as name, state from channels`
  return new Map(rows.map(({ id, name, state }) => [id, { name, state }]))
}

function sorted(rows: readonly TrafficRow[], order: TrafficOrder): TrafficRow[] {
  return rows.toSorted(
    (a, b) =>
      (order === 'name' ? a.name.localeCompare(b.name, 'zh-Hans-CN') : b[order] - a[order]) ||
      b.records - a.records ||
      a.key.localeCompare(b.key),
  )
}

/** Traffic of the last `days` days in Asia/Shanghai, today included, largest first. Channels without any are listed, too. */
export async function readTraffic(
  deps: Pick<Deps, 'db' | 'now' | 'catalog'>,
  options: { days: number; by: TrafficGroup; order: TrafficOrder },
): Promise<TrafficShares> {
  const to = deps.now()
  const today = Math.floor((to.getTime() + offsetMs) / dayMs)
  const from = new Date((today - options.days + 1) * dayMs - offsetMs)
  const [sums, names] = await Promise.all([
    deps.db.transaction(
      async (tx) => {
        await tx.unsafe(`set local statement_timeout = ${longestMs}`)
        return await tx.unsafe<SumRow[]>(trafficSql(options), [ends as never, from, to])
      },
      { deadlineMs: longestMs },
    ),
    namesOf(deps, options.by),
  ])
  const records = sums.reduce((sum, row) => sum + row.records, 0)
  const reports = sums.reduce((sum, row) => sum + row.reports, 0)
  const items = sums.map((row): TrafficRow => ({
    key: row.key,
    name: row.key,
    ...names.get(row.key),
    records: row.records,
    recordsShare: shareOf(row.records, records),
    reports: row.reports,
    reportsShare: shareOf(row.reports, reports),
    cases: row.cases,
    shared: row.shared,
    sharedShare: shareOf(row.shared, row.reports),
    ...(row.other === null ? {} : { mostWith: { key: row.other, cases: row.other_cases ?? 0 } }),
  }))
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    by: options.by,
    records,
    reports,
    items: sorted(items, options.order),
  }
}
