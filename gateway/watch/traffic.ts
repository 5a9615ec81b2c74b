/**
 * Records by channel and hour. A pass counts anew every hour that can still have changed and writes the counts as they are, so
 * it can be repeated; what is older than a pass or two is not looked at again, and so the cost does not grow with what is
 * stored. Every record counts, whatever became of it: filtered ones, repeats and echoes are signs of life, too.
 */
import { RecordEnd } from '../../schemas/receipt.ts'
import type { Deps } from '../deps.ts'
import type { Sql, Tx } from '../store/client.ts'
import { checkLease, type Lease } from '../store/leases.ts'

export const hourMs = 3_600_000
/** Of the day in which a pass counts at most: a long history is caught up with step by step. */
const stepMs = 24 * hourMs
/** A record is counted by the time it arrived, and may be committed by so much later. */
const lateMs = 10 * 60_000
/** A receipt that nobody could finish for so long does not hold the counting back any longer. */
const waitForReceiptMs = 24 * hourMs
/** Passes this far apart: no gateway ran between them, and a silence then says nothing. */
const darkAfterMs = 15 * 60_000
const keepDarkHours = 20 * 7 * 24
const mostDark = 500

/** All ends, so that the index by channel, end and time serves. */
export const ends: readonly string[] = RecordEnd.enum

/** The channels that have records, one index look-up each. */
const heardChannels = `
  with recursive heard as (
    (select channel_id as id from records order by channel_id limit 1)
    union all
    select (select r.channel_id from records r where r.channel_id > heard.id order by r.channel_id limit 1) from heard where heard.id is not null
  )`

/** $1 ends, $2 from (a full hour), $3 to. Served by records_channel_end. */
export const COUNT_HOURS = `${heardChannels}
  insert into channel_hours as h (channel_id, hour, records)
  select heard.id, counted.hour, counted.records from heard cross join lateral (
    select date_trunc('hour', r.created_at, 'UTC') as hour, count(*)::int as records from records r
    where r.channel_id = heard.id and r."end" = any($1) and r.created_at >= $2 and r.created_at < $3 group by 1
  ) counted
  where heard.id is not null
  on conflict (channel_id, hour) do update set records = excluded.records where h.records <> excluded.records`

/** $1 ends. Served by records_channel_end. */
const FIRST_RECORD = `${heardChannels}
  select min(first.at) as at from heard cross join unnest($1::text[]) as e(name) cross join lateral (
    select r.created_at as at from records r where r.channel_id = heard.id and r."end" = e.name order by r.created_at limit 1
  ) first where heard.id is not null`

/** How far the counting has come, and when nobody watched. One row of `facts`. */
export interface WatchState {
  /** Milliseconds since 1970, as all times here; null before the first pass. */
  readonly countedTo: number | null
  readonly passedAt: number | null
  /** Hours since 1970, from and to (not included). */
  readonly dark: readonly (readonly [number, number])[]
}

const factName = 'watch'
const unwatched: WatchState = { countedTo: null, passedAt: null, dark: [] }

/** What the last pass left. */
export async function readWatchState(sql: Sql | Tx): Promise<WatchState> {
  const [row] = await sql<{ value: string }[]>`select value from facts where name = ${factName}`
  return row === undefined ? unwatched : (JSON.parse(row.value) as WatchState)
}

/** Whether no gateway ran in an hour, or not in all of it. */
export function darkHours(state: WatchState): (hour: number) => boolean {
  const hours = new Set<number>()
  for (const [from, to] of state.dark) for (let hour = from; hour < to; hour++) hours.add(hour)
  return (hour) => hours.has(hour)
}

export const hourOf = (ms: number): number => Math.floor(ms / hourMs)

/** The hours since the last pass are dark where it was long ago; very old ones are forgotten. */
export function darkAfter(state: WatchState, now: number): WatchState['dark'] {
  const known = state.dark.filter(([, to]) => to > hourOf(now) - keepDarkHours).slice(-mostDark)
  if (state.passedAt === null || now - state.passedAt <= darkAfterMs) return known
  const from = Math.max(hourOf(state.passedAt), hourOf(now) - keepDarkHours)
  return [...known, [from, hourOf(now) + 1]]
}

async function countFrom(deps: Pick<Deps, 'db'>, state: WatchState, now: number): Promise<number> {
  if (state.countedTo === null) {
    const [first] = await deps.db.sql.unsafe<{ at: Date | null }[]>(FIRST_RECORD, [ends as never])
    return first?.at?.getTime() ?? now
  }
  const [waiting] = await deps.db.sql<{ at: Date | null }[]>`
    select min(received_at) as at from receipts where state = 'stored' and received_at >= ${new Date(now - waitForReceiptMs)}`
  return Math.min(state.countedTo - lateMs, waiting?.at?.getTime() ?? now)
}

/** One pass over at most a day. `more` while history waits. Throws LeaseLostError where another process became the watch. */
export async function countPass(
  deps: Pick<Deps, 'db' | 'now'>,
  lease: Lease,
): Promise<{ more: boolean; state: WatchState }> {
  const now = deps.now().getTime()
  const before = await readWatchState(deps.db.sql)
  const from = hourOf(await countFrom(deps, before, now)) * hourMs
  const to = Math.max(from, Math.min(now, from + stepMs))
  const state: WatchState = {
    countedTo: Math.max(before.countedTo ?? 0, to),
    passedAt: now,
    dark: darkAfter(before, now),
  }
  await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    await tx.unsafe(COUNT_HOURS, [ends as never, new Date(from), new Date(to)])
    await tx`
      insert into facts (name, value) values (${factName}, ${JSON.stringify(state)})
      on conflict (name) do update set value = excluded.value`
  })
  return { more: to < now, state }
}
