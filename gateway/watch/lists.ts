/** Lists for admins: silences, channels whose pattern is not known yet, zombie channels 僵尸渠道. */
import type { ChannelState } from '../../schemas/channel.ts'
import type { Deps } from '../deps.ts'
import type { Alerts, ChannelAlert, UnknownPattern, Zombie } from './answers.ts'
import { leastGaps, leastHours, windowHours } from './pattern.ts'
import { ends, hourMs } from './traffic.ts'

const dayMs = 24 * hourMs

/** Served by channel_alerts_open and channel_alerts_raised. */
async function listSilences(
  deps: Pick<Deps, 'db' | 'now'>,
  filter: { days: number; limit: number },
): Promise<ChannelAlert[]> {
  const from = new Date(deps.now().getTime() - filter.days * dayMs)
  const rows = await deps.db.sql<
    {
      id: string
      channel: string
      name: string
      since: Date
      raised_at: Date
      ended_at: Date | null
      detail: string
    }[]
  >`
    select a.id, a.channel_id as channel, coalesce(c.file->'name'->>'zh', a.channel_id) as name, a.since, a.raised_at, a.ended_at, a.detail
    from channel_alerts a left join channels c on c.id = a.channel_id
    where a.kind = 'silent' and (a.ended_at is null or a.raised_at >= ${from})
    order by a.ended_at is null desc, a.raised_at desc, a.id limit ${filter.limit}`
  return rows.map((row) => ({
    id: row.id,
    channel: row.channel,
    name: row.name,
    kind: 'silent',
    since: row.since.toISOString(),
    raisedAt: row.raised_at.toISOString(),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
    detail: row.detail,
  }))
}

/** The same conditions as in pattern.ts, asked of the database. Served by the primary key of channel_hours. */
async function listUnknown(deps: Pick<Deps, 'db'>): Promise<UnknownPattern[]> {
  const rows = await deps.db.sql<
    {
      channel: string
      name: string
      state: ChannelState
      first: Date | null
      last: Date | null
      hours: number
    }[]
  >`
    select c.id as channel, c.file->'name'->>'zh' as name, c.state, first.hour as first, last.hour as last, heard.hours from channels c
    left join lateral (select hour from channel_hours h where h.channel_id = c.id order by hour limit 1) first on true
    left join lateral (select hour from channel_hours h where h.channel_id = c.id order by hour desc limit 1) last on true
    cross join lateral (
      select count(*)::int as hours from channel_hours h
      where h.channel_id = c.id and h.hour > last.hour - ${windowHours} * interval '1 hour'
    ) heard
    where c.state in ('live', 'shadow') order by c.id`
  return rows.flatMap(({ channel, name, state, first, last, hours }): UnknownPattern[] => {
    if (first === null || last === null) return [{ channel, name, state, why: 'never-heard' }]
    const spanHours = (last.getTime() - first.getTime()) / hourMs + 1
    const why = spanHours < leastHours ? 'too-new' : hours <= leastGaps ? 'too-few' : null
    if (why === null) return []
    return [{ channel, name, state, why, firstAt: first.toISOString(), lastAt: last.toISOString() }]
  })
}

/** Open silences first, then those raised within `days`; and the channels that cannot be judged yet. */
export async function listAlerts(
  deps: Pick<Deps, 'db' | 'now'>,
  filter: { days: number; limit: number },
): Promise<Alerts> {
  const [items, notKnownYet] = await Promise.all([listSilences(deps, filter), listUnknown(deps)])
  return { items, notKnownYet }
}

interface ZombieRow {
  readonly channel: string
  readonly name: string
  readonly platform: string
  readonly state: ChannelState
  readonly owner: { department: string; contact?: string } | null
  readonly live_since: Date | null
  readonly last_at: Date | null
  readonly records: number
}

/** $1 last hour at the latest, $2 went live at the latest, $3 ends. Totals are read for zombies only. */
const ZOMBIES = `
  select c.id as channel, c.file->'name'->>'zh' as name, c.platform, c.state, c.file->'owner' as owner, began.at as live_since,
    exact.at as last_at, total.records
  from channels c
  left join lateral (select hour from channel_hours h where h.channel_id = c.id order by hour desc limit 1) last on true
  cross join lateral (
    select min(v.published_at) as at from channel_versions v where v.channel_id = c.id and v.state in ('live', 'shadow')
  ) began
  cross join lateral (
    select coalesce(max(r.created_at), last.hour) as at from records r
    where r.channel_id = c.id and r."end" = any($3) and r.created_at >= last.hour and r.created_at < last.hour + interval '1 hour'
  ) exact
  cross join lateral (
    select coalesce(sum(h.records), 0)::int as records from channel_hours h where h.channel_id = c.id
  ) total
  where c.state in ('live', 'shadow', 'paused') and (last.hour < $1 or (last.hour is null and began.at < $2))
  order by coalesce(last.hour, began.at), c.id`

/** Channels without a record for `days`, and those that had none within `graceDays` of going live. Longest silence first. */
export async function listZombies(
  deps: Pick<Deps, 'db' | 'now'>,
  options: { days: number; graceDays: number },
): Promise<Zombie[]> {
  const now = deps.now().getTime()
  const rows = await deps.db.sql.unsafe<ZombieRow[]>(ZOMBIES, [
    new Date(now - options.days * dayMs),
    new Date(now - options.graceDays * dayMs),
    ends as never,
  ])
  return rows.map((row) => {
    const from = row.last_at ?? row.live_since ?? deps.now()
    return {
      channel: row.channel,
      name: row.name,
      platform: row.platform,
      state: row.state,
      ...(row.owner === null ? {} : { owner: row.owner }),
      ...(row.last_at === null ? {} : { lastAt: row.last_at.toISOString() }),
      ...(row.live_since === null ? {} : { liveSince: row.live_since.toISOString() }),
      silentDays: Math.max(0, Math.floor((now - from.getTime()) / dayMs)),
      records: row.records,
    }
  })
}
