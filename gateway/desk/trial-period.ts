/** What a channel in trial 试运行 brought, and what would have become of it. */
import Type, { type Static } from 'typebox'
import type { Deps } from '../deps.ts'

const Count = Type.Integer({ minimum: 0 })

export const TrialPeriod = Type.Object(
  {
    channel: Type.String(),
    since: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    records: Type.Record(Type.String(), Count, { description: 'By where they ended' }),
    reports: Count,
    wouldLink: Type.Integer({ minimum: 0, description: 'To a case that other channels brought' }),
    wouldReview: Type.Integer({ minimum: 0, description: 'A clerk would be asked' }),
    wouldBeNew: Count,
    linkedTo: Type.Array(Type.Object({ channel: Type.String(), reports: Count }), {
      description: 'Channels whose cases they would have joined: what this channel doubles',
    }),
  },
  { description: '试运行期间的来件与比对' },
)
export type TrialPeriod = Static<typeof TrialPeriod>

/** Throws `channel.unknown`. */
export async function readTrialPeriod(
  { db, catalog }: Pick<Deps, 'db' | 'catalog'>,
  channel: string,
): Promise<TrialPeriod> {
  catalog.channel(channel)
  const trial = db.sql`
    select p.id, p.received_at, (
      select m.decision from matches m where m.report_id = p.id and m.decision in ('trial-link', 'trial-review')
      order by m.decision, m.probability desc limit 1
    ) as decision from reports p where p.channel_id = ${channel} and p.case_id is null and p.linked_at is not null`
  const [records, [sum], linkedTo] = await Promise.all([
    db.sql<{ end: string; n: number }[]>`
      select "end", count(*)::int as n from records where channel_id = ${channel} group by 1`,
    db.sql<{ since: Date | null; reports: number; links: number; reviews: number }[]>`
      select min(received_at) as since, count(*)::int as reports, count(*) filter (where decision = 'trial-link')::int as links,
        count(*) filter (where decision = 'trial-review')::int as reviews from (${trial}) t`,
    db.sql<{ channel: string; reports: number }[]>`
      select o.channel_id as channel, count(distinct p.id)::int as reports from reports p
      join matches m on m.report_id = p.id and m.decision = 'trial-link' join reports o on o.case_id = m.case_id
      where p.channel_id = ${channel} and p.case_id is null group by 1 order by 2 desc, 1 limit 20`,
  ])
  const { since = null, reports = 0, links = 0, reviews = 0 } = sum ?? {}
  return {
    channel,
    since: since?.toISOString() ?? null,
    records: Object.fromEntries(records.map(({ end, n }) => [end, n])),
    reports,
    wouldLink: links,
    wouldReview: reviews,
    wouldBeNew: reports - links - reviews,
    linkedTo,
  }
}
