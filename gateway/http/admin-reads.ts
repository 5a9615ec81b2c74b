import type { RecordReason } from '../../schemas/receipt.ts'
import type { Deps } from '../deps.ts'

interface ChannelCounts {
  channel: string
  receipts: number
  records: { [end: string]: number }
  reports: number
  cases: number
  deliveries: { [state: string]: number }
}

/** The counts of every channel. They add up: receipts hold records, each record has one end. */
export async function readCounts(deps: Deps): Promise<{
  channels: ChannelCounts[]
  cases: { [state: string]: number }
  unlinked: number
  unappended: number
  waiting: number
}> {
  const { sql } = deps.db
  const [receipts, records, reports, deliveries, cases, waiting] = await Promise.all([
    sql<{ channel_id: string; n: number }[]>`select channel_id, count(*)::int as n from receipts group by 1`,
    sql<
      { channel_id: string; end: string; n: number }[]
    >`select channel_id, "end", count(*)::int as n from records group by 1, 2`,
    sql<
      { channel_id: string; n: number; cases: number }[]
    >`select channel_id, count(*)::int as n, count(distinct case_id)::int as cases from reports group by 1`,
    sql<
      { channel_id: string; state: string; n: number }[]
    >`select channel_id, state, count(*)::int as n from deliveries group by 1, 2`,
    sql<{ state: string; n: number }[]>`select state, count(*)::int as n from cases group by 1`,
    sql<{ unlinked: number; unappended: number; fan_out: number; stored: number }[]>`
      select (select count(*)::int from reports where case_id is null and linked_at is null) as unlinked, (select count(*)::int from messages where appended_at is null) as unappended,
        (select count(*)::int from case_events where fanned_out_at is null) as fan_out, (select count(*)::int from receipts where state = 'stored') as stored`,
  ])
  const channels = new Map<string, ChannelCounts>()
  const of = (channel: string): ChannelCounts => {
    const found = channels.get(channel) ?? {
      channel,
      receipts: 0,
      records: {},
      reports: 0,
      cases: 0,
      deliveries: {},
    }
    channels.set(channel, found)
    return found
  }
  for (const channel of deps.catalog.all()) of(channel.id)
  for (const row of receipts) of(row.channel_id).receipts = row.n
  for (const row of records) of(row.channel_id).records[row.end] = row.n
  for (const row of reports) Object.assign(of(row.channel_id), { reports: row.n, cases: row.cases })
  for (const row of deliveries) of(row.channel_id).deliveries[row.state] = row.n
  const open = deliveries
    .filter((row) => ['waiting', 'claimed', 'blocked', 'uncertain', 'task'].includes(row.state))
    .reduce((sum, row) => sum + row.n, 0)
  const work = waiting[0]
  return {
    channels: [...channels.values()],
    cases: Object.fromEntries(cases.map((row) => [row.state, row.n])),
    unlinked: work?.unlinked ?? 0,
    unappended: work?.unappended ?? 0,
    waiting:
      open + (work?.unlinked ?? 0) + (work?.unappended ?? 0) + (work?.fan_out ?? 0) + (work?.stored ?? 0),
  }
}

export interface QuarantinedRecord {
  readonly record: string
  readonly receipt: string
  readonly channel: string
  readonly feed: string
  readonly position: string
  readonly externalId: string | null
  readonly reason: RecordReason
  readonly at: Date
}

/** Served by records_channel_end. */
export async function listQuarantined(
  deps: Pick<Deps, 'db'>,
  filter: { channel?: string | undefined; limit: number },
): Promise<QuarantinedRecord[]> {
  const channel = filter.channel ?? null
  return await deps.db.sql<QuarantinedRecord[]>`
    select id as record, receipt_id as receipt, channel_id as channel, feed, position, external_id as "externalId", reason, created_at as at
    from records where "end" = 'quarantined' and (${channel}::text is null or channel_id = ${channel}) order by created_at desc limit ${filter.limit}`
}

export async function listChannelReports(
  deps: Pick<Deps, 'db'>,
  channelId: string,
  page: { after: string; limit: number },
): Promise<{
  items: { externalId: string; case: string | null; state: string | null; version: number }[]
  cursor: string
}> {
  const items = await deps.db.sql<
    { externalId: string; case: string | null; state: string | null; version: number }[]
  >`
    select p.external_id as "externalId", c.number as "case", c.state, p.version from reports p left join cases c on c.id = p.case_id
    where p.channel_id = ${channelId} and p.external_id > ${page.after} order by p.external_id limit ${page.limit}`
  return { items, cursor: items.at(-1)?.externalId ?? page.after }
}
