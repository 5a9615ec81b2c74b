/** Polled feeds: due ones are claimed with a token, their pages committed with the cursor, the next round spread over time. */
import { createHash } from 'node:crypto'
import { DecodeError, OutgoingError, type PollPage } from '../../adapters/adapter.ts'
import type { ChannelRuntime, FeedRuntime } from '../catalog/catalog.ts'
import type { Deps } from '../deps.ts'
import { errorFields } from '../telemetry/logger.ts'
import { PollLostError, type Intake } from './receive.ts'

interface ClaimedPoll {
  readonly channel_id: string
  readonly feed: string
  readonly cursor: { readonly [key: string]: unknown } | null
  readonly token: string
  readonly failures: number
}

/** Of the lease: a round ends before it; the rest of a long feed is read at the next. */
const roundShare = 5 / 6
const maxPauseMs = 10 * 60_000
/** Doublings of the pause between failures: a partner that restarts is asked again soon. */
const mostDoublings = 4
const maxPagesInARow = 20
/** Before the next round of a feed whose pages have not come to their end. */
const moreMs = 1_000
/** A partner that wants to be left alone for longer is asked again all the same. */
const maxWishMs = 24 * 60 * 60_000

/** Served by polls_due. A claim of a killed process ends with its lease; the token fences what it may still commit. */
export const claimPolls = `
  update polls p set token = token + 1, lease_until = $1::timestamptz + $3::float8 * interval '1 millisecond' from (
    select channel_id, feed from polls where due_at <= $1 and (lease_until is null or lease_until < $1) order by due_at limit $2 for update skip locked
  ) t
  where p.channel_id = t.channel_id and p.feed = t.feed
  returning p.channel_id, p.feed, p.cursor, p.token, p.failures`

function intervalMs(feed: FeedRuntime): number {
  const setting = (feed.channel.settings as { intervalS?: unknown }).intervalS
  return (typeof setting === 'number' ? setting : 300) * 1000
}

/** A feed's own place within its interval, so that 148 channels are not asked in one second. */
function spreadMs(channelId: string, feed: string, interval: number): number {
  return (createHash('sha256').update(`${channelId}\n${feed}`).digest().readUInt32BE(0) / 2 ** 32) * interval
}

/** A paused channel goes on receiving; what it brings waits. */
const isReceiving = ({ state }: ChannelRuntime): boolean =>
  state === 'live' || state === 'shadow' || state === 'paused'

/** Rows of feeds that are new; a pause or interval that was changed since takes effect. One statement: 148 channels have some 60. */
const REGISTER_POLLS = `
  with polled as (
    select * from json_to_recordset($1::text::json) as r(channel_id text, feed text, first_at timestamptz, latest_at timestamptz)
  ), sooner as (
    update polls p set due_at = r.latest_at from polled r where p.channel_id = r.channel_id and p.feed = r.feed and p.due_at > r.latest_at
  )
  insert into polls (channel_id, feed, due_at) select channel_id, feed, first_at from polled on conflict (channel_id, feed) do nothing`

/** For the feeds of the catalog. The first poll is soon. */
async function registerPolls(deps: Deps): Promise<void> {
  const nowMs = deps.now().getTime()
  const rows = deps.catalog
    .all()
    .filter(isReceiving)
    .flatMap((channel) => [...channel.feeds.values()].map((feed) => ({ channel, feed })))
    .filter(({ feed }) => feed.polled && feed.enabled)
    .map(({ channel, feed }) => {
      const interval = intervalMs(feed)
      const firstMs = nowMs + spreadMs(channel.id, feed.name, Math.min(interval, 10_000))
      const [first_at, latest_at] = [new Date(firstMs), new Date(firstMs + interval)]
      return { channel_id: channel.id, feed: feed.name, first_at, latest_at }
    })
  await deps.db.sql.unsafe(REGISTER_POLLS, [JSON.stringify(rows)])
}

async function settle(
  deps: Deps,
  poll: ClaimedPoll,
  next: { waitMs: number; error?: string; cursor?: object | undefined },
): Promise<void> {
  const dueAt = new Date(deps.now().getTime() + next.waitMs)
  const failed = next.error !== undefined
  await deps.db.sql`
    update polls set due_at = ${dueAt}, lease_until = null, last_error = ${next.error ?? null},
      failures = ${failed ? poll.failures + 1 : 0}, last_ok_at = case when ${failed} then last_ok_at else ${deps.now()} end,
      cursor = coalesce(${next.cursor === undefined ? null : deps.db.sql.json(next.cursor as never)}, cursor)
    where channel_id = ${poll.channel_id} and feed = ${poll.feed} and token = ${Number(poll.token)}`
}

interface PollRun {
  readonly poll: ClaimedPoll
  readonly channel: ChannelRuntime
  readonly feed: FeedRuntime
  readonly signal: AbortSignal
}

async function commitPage(deps: Deps, intake: Intake, run: PollRun, page: PollPage): Promise<void> {
  if (page.payload === null) return
  const principal = await run.feed.adapter.authenticate(page.payload, run.feed.channel)
  deps.killPoint('poll.before-commit')
  const dueAt = new Date(deps.now().getTime() + deps.leaseMs)
  await intake.receive({
    channel: run.channel,
    feed: run.feed,
    payload: page.payload,
    principal,
    poll: { cursor: page.cursor, token: Number(run.poll.token), dueAt },
  })
}

async function readPages(
  deps: Deps,
  intake: Intake,
  run: PollRun,
): Promise<{ waitMs: number; cursor: object | undefined }> {
  const poll = run.feed.adapter.poll?.bind(run.feed.adapter)
  let waitMs = intervalMs(run.feed)
  let cursor: object | undefined
  let pages = 0
  if (poll === undefined) return { waitMs, cursor }
  for await (const page of poll(run.feed.channel, run.poll.cursor, run.signal)) {
    await commitPage(deps, intake, run, page)
    cursor = page.cursor
    waitMs = Math.max(page.more ? moreMs : intervalMs(run.feed), page.waitMs ?? 0)
    pages += 1
    if (!page.more || pages >= maxPagesInARow || run.signal.aborted) break
  }
  return { waitMs, cursor }
}

async function runPoll(deps: Deps, intake: Intake, poll: ClaimedPoll, signal: AbortSignal): Promise<void> {
  const channel = deps.catalog.find(poll.channel_id)
  const feed = channel?.feeds.get(poll.feed)
  if (channel === undefined || feed === undefined || !feed.polled || !feed.enabled || !isReceiving(channel)) {
    await settle(deps, poll, { waitMs: maxPauseMs, error: 'The channel is not running' })
    return
  }
  try {
    await settle(
      deps,
      poll,
      await readPages(deps, intake, {
        poll,
        channel,
        feed,
        signal: AbortSignal.any([signal, AbortSignal.timeout(Math.floor(deps.leaseMs * roundShare))]),
      }),
    )
  } catch (cause) {
    if (cause instanceof PollLostError) return
    const pauseMs = Math.max(
      intervalMs(feed),
      Math.min(maxPauseMs, intervalMs(feed) * 2 ** Math.min(poll.failures, mostDoublings)),
    )
    const wishMs = cause instanceof OutgoingError ? (cause.retryAfterMs ?? 0) : 0
    const waitMs = Math.max(pauseMs, Math.min(maxWishMs, wishMs))
    const detail = cause instanceof Error ? cause.message.slice(0, 300) : 'unknown'
    const known = cause instanceof OutgoingError || cause instanceof DecodeError
    deps.log.warn({
      event: 'poll.failed',
      channel: channel.id,
      feed: feed.name,
      count: poll.failures + 1,
      ...(known ? { detail } : errorFields(cause)),
    })
    await settle(deps, poll, { waitMs, error: detail })
  }
}

/** Claims due polls and runs them side by side: a slow partner holds up only itself. */
export function createPoller(
  deps: Deps,
  intake: Intake,
): { pass(): Promise<{ more: boolean }>; stop(): Promise<void> } {
  const running = new Set<Promise<void>>()
  const abort = new AbortController()
  const maxRunning = 64
  let registered = false
  deps.catalog.onChange(() => (registered = false))
  return {
    pass: async () => {
      if (!registered) {
        registered = true
        await registerPolls(deps).catch((cause: unknown) => {
          registered = false
          throw cause
        })
      }
      const free = maxRunning - running.size
      if (free <= 0) return { more: false }
      const claimed = await deps.db.sql.unsafe<ClaimedPoll[]>(claimPolls, [deps.now(), free, deps.leaseMs])
      for (const poll of claimed) {
        const run = runPoll(deps, intake, poll, abort.signal)
          .catch((cause: unknown) =>
            deps.log.warn({
              event: 'poll.unsettled',
              channel: poll.channel_id,
              feed: poll.feed,
              ...errorFields(cause),
            }),
          )
          .finally(() => running.delete(run))
        running.add(run)
      }
      return { more: claimed.length === free }
    },
    stop: async () => {
      abort.abort()
      await Promise.all(running)
    },
  }
}
