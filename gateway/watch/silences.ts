/** Which channels are silent: one alert when a silence starts, its end when the channel speaks again. */
import type { Deps } from '../deps.ts'
import { checkLease, type Lease } from '../store/leases.ts'
import type { WorkingCalendar } from './calendar.ts'
import { judgeSilence, learnPattern, windowHours, type Pattern, type Silence } from './pattern.ts'
import { darkHours, ends, hourMs, hourOf, type WatchState } from './traffic.ts'

type WatchDeps = Pick<Deps, 'db' | 'now' | 'newId' | 'log'>

/** An hour is judged so much after its end, when its last records are committed. */
const settledAfterMs = 2 * 60_000

/** Served by the primary key of channel_hours. */
const QUIET_CHANNELS = `
  select c.id, first.hour as first, last.hour as last from channels c
  cross join lateral (select hour from channel_hours h where h.channel_id = c.id order by hour desc limit 1) last
  cross join lateral (select hour from channel_hours h where h.channel_id = c.id order by hour limit 1) first
  where c.state in ('live', 'shadow') and last.hour < $1
    and not exists (select 1 from channel_alerts a where a.channel_id = c.id and a.kind = 'silent' and a.ended_at is null)`

interface QuietChannel {
  readonly id: string
  readonly first: Date
  readonly last: Date
}

/** The first hour that is not judged yet. */
export const judgedTo = (now: Date): number => hourOf(now.getTime() - settledAfterMs)

async function readPattern(
  deps: WatchDeps,
  channel: QuietChannel,
  isDark: (hour: number) => boolean,
  calendar: WorkingCalendar,
): Promise<Pattern | null> {
  const last = hourOf(channel.last.getTime())
  const fromHour = Math.max(hourOf(channel.first.getTime()), last - windowHours + 1)
  const from = new Date(fromHour * hourMs)
  const [rows, before] = await Promise.all([
    deps.db.sql<{ hour: Date; records: number }[]>`
      select hour, records from channel_hours where channel_id = ${channel.id} and hour >= ${from} and hour <= ${channel.last}`,
    deps.db.sql<{ since: Date }[]>`
      select since from channel_alerts where raised_at >= ${from} and channel_id = ${channel.id} and kind = 'silent' and since >= ${from}`,
  ])
  const records = new Uint32Array(last - fromHour + 1)
  for (const row of rows) records[hourOf(row.hour.getTime()) - fromHour] = row.records
  const incidents = before.map(({ since }) => hourOf(since.getTime()))
  const pattern = learnPattern({ fromHour, records, isDark, incidents }, calendar)
  return typeof pattern === 'string' ? null : pattern
}

/** 76 h as 3 d 4 h. */
export function spanOf(ms: number): string {
  const hours = Math.floor(ms / hourMs)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

async function pollsOf(deps: WatchDeps, channelId: string): Promise<string> {
  const polls = await deps.db.sql<
    { feed: string; failures: number; last_ok_at: Date | null }[]
  >`select feed, failures, last_ok_at from polls where channel_id = ${channelId} order by feed limit 5`
  return polls
    .map(({ feed, failures, last_ok_at: okAt }) => {
      const last = okAt === null ? 'none yet' : `${spanOf(deps.now().getTime() - okAt.getTime())} ago`
      return failures === 0
        ? ` Polls of ${feed} succeed (the last ${last}): the source answers and has nothing new.`
        : ` Polls of ${feed} fail, ${failures} in a row (the last good one ${last}): look why, \`guiyi channel test ${channelId}\`.`
    })
    .join('')
}

async function explain(
  deps: WatchDeps,
  found: { channel: QuietChannel; pattern: Pattern; silence: Silence; calendar: WorkingCalendar },
): Promise<string> {
  const { channel, pattern, silence, calendar } = found
  const now = deps.now()
  const heard = new Date(channel.last.getTime() + hourMs)
  const working = Math.round(calendar.workingMsBetween(heard, now) / hourMs)
  return (
    `Quiet for ${spanOf(now.getTime() - heard.getTime())}, ${working} office hours among them; by its usual pattern about ` +
    `${Math.max(1, Math.round(silence.expectedRecords))} records would have come. Its longest usual quiet in eight weeks was ` +
    `${spanOf(pattern.longestHours * hourMs)}.${await pollsOf(deps, channel.id)}`
  )
}

/** Writes the alert, once for each silence. Null where it is open already. */
async function raise(
  deps: WatchDeps,
  lease: Lease,
  alert: { channelId: string; lastHour: Date; detail: string },
): Promise<Date | null> {
  return await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    // The time is copied inside the database, which knows it to the microsecond.
    const [row] = await tx<{ since: Date }[]>`
      insert into channel_alerts (id, channel_id, kind, since, raised_at, detail)
      select ${deps.newId()}, ${alert.channelId}, 'silent', coalesce(max(created_at), ${alert.lastHour}), ${deps.now()}, ${alert.detail}
      from records where channel_id = ${alert.channelId} and "end" = any(${ends as string[]})
        and created_at >= ${alert.lastHour} and created_at < ${new Date(alert.lastHour.getTime() + hourMs)}
      on conflict (channel_id, kind) where ended_at is null do nothing returning since`
    return row?.since ?? null
  })
}

/** Judges every quiet channel by its own pattern; those with too little history are never silent. Answers how many were raised. */
export async function raiseSilences(
  deps: WatchDeps,
  lease: Lease,
  watch: { state: WatchState; calendar: WorkingCalendar },
): Promise<number> {
  const { calendar } = watch
  const toHour = judgedTo(deps.now())
  const isDark = darkHours(watch.state)
  const lastWhole = new Date((toHour - 1) * hourMs)
  const quiet = await deps.db.sql.unsafe<QuietChannel[]>(QUIET_CHANNELS, [lastWhole])
  let raised = 0
  for (const channel of quiet) {
    const pattern = await readPattern(deps, channel, isDark, calendar)
    if (pattern === null) continue
    const silent = { fromHour: hourOf(channel.last.getTime()) + 1, toHour, isDark }
    const silence = judgeSilence(pattern, silent, calendar)
    if (!silence.isUnusual) continue
    const detail = await explain(deps, { channel, pattern, silence, calendar })
    const since = await raise(deps, lease, { channelId: channel.id, lastHour: channel.last, detail })
    if (since === null) continue
    raised += 1
    const lagMs = deps.now().getTime() - since.getTime()
    deps.log.warn({ event: 'channel.silent', channel: channel.id, lagMs, detail })
  }
  return raised
}

interface OpenSilence {
  readonly id: string
  readonly channel_id: string
  readonly since: Date
  readonly heard_at: Date | null
  readonly watched: boolean
}

/** Served by channel_alerts_open and records_channel_end. */
const OPEN_SILENCES = `
  select a.id, a.channel_id, a.since, heard.at as heard_at, coalesce(c.state in ('live', 'shadow'), false) as watched
  from channel_alerts a left join channels c on c.id = a.channel_id
  cross join lateral (
    select min(r.created_at) as at from records r where r.channel_id = a.channel_id and r."end" = any($1) and r.created_at > a.since
  ) heard
  where a.ended_at is null and a.kind = 'silent'`

/** Ends the silence of channels that speak again, or that nobody watches any more: paused, retired. Answers how many ended. */
export async function endSilences(deps: WatchDeps, lease: Lease): Promise<number> {
  const open = await deps.db.sql.unsafe<OpenSilence[]>(OPEN_SILENCES, [ends as never])
  const over = open.filter((silence) => silence.heard_at !== null || !silence.watched)
  if (over.length === 0) return 0
  const ended = await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    const rows = await Promise.all(
      over.map(async ({ id, heard_at: heardAt }) => {
        const at = heardAt ?? deps.now()
        return await tx<{ id: string }[]>`
          update channel_alerts set ended_at = ${at} where id = ${id} and ended_at is null returning id`
      }),
    )
    return new Set(rows.flat().map(({ id }) => id))
  })
  for (const { id, channel_id: channel, since, heard_at: heardAt } of over) {
    if (!ended.has(id)) continue
    if (heardAt === null) deps.log.info({ event: 'channel.unwatched', channel })
    else deps.log.info({ event: 'channel.heard', channel, lagMs: heardAt.getTime() - since.getTime() })
  }
  return ended.size
}
