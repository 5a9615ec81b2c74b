/** Topics 热点 and umbrellas 总案 as they are tended: one process at a time counts and judges; the others stand by. */
import type { Deps } from '../../deps.ts'
import { checkLease, releaseLease, takeLease, type Lease } from '../../store/leases.ts'
import { startWorkerLoop } from '../../store/worker-loop.ts'
import { endUmbrellas } from '../umbrella/end-umbrellas.ts'
import {
  countDays,
  dayMs,
  firstWholeDay,
  midnightBefore,
  readTopicReports,
  recountedDays,
  writeDays,
} from './days.ts'
import { firstHistoryDay } from './measure.ts'
import { judgeTopics } from './warnings.ts'

const lookEveryMs = 5_000
/** Open warnings are looked at again although nothing came: that is how they end. */
const judgeEveryMs = 10 * 60_000
const leastLeaseMs = 60_000
const mostTopics = 50
/** After a look it rests so many times as long as that took: linking goes first, however many topics grow. */
const restPerLook = 10

/** Topics that grew since, the longest waiting first; a new one has no day yet. Served by topics_last. */
export const grownTopics = `
  select t.id, t.last_at, not exists (select 1 from topic_days d where d.topic_id = t.id) as fresh
  from topics t where t.last_at >= $1::timestamptz and (t.last_at, t.id) > ($1::timestamptz, $2::uuid) order by t.last_at, t.id limit ${mostTopics}`

interface GrownTopic {
  readonly id: string
  readonly last_at: Date
  readonly fresh: boolean
}

interface Progress {
  /** Topics that grew up to then were judged; of those that grew at that instant, up to this one. */
  judgedTo: Date
  judgedId: string
  openJudgedAt: number
  /** Not before, by the process's own clock. */
  nextLookAt: number
}

/** Counts the days of topics anew and judges them. */
async function tend(
  deps: Deps,
  lease: Lease,
  topics: readonly Pick<GrownTopic, 'id' | 'fresh'>[],
): Promise<void> {
  if (topics.length === 0) return
  const now = deps.now()
  const judged = await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    const reports = []
    for (const fresh of [true, false]) {
      const topicIds = topics.filter((topic) => topic.fresh === fresh).map(({ id }) => id)
      if (topicIds.length === 0) continue
      const since = midnightBefore(now, fresh ? dayCount(now) : recountedDays)
      const own = await readTopicReports(tx, topicIds, since)
      await writeDays(tx, { topicIds, from: firstWholeDay(own, since), days: countDays(own) })
      reports.push(...own)
    }
    return await judgeTopics(tx, deps, { topicIds: topics.map(({ id }) => id), reports })
  })
  for (const { topic, unusual } of judged.raised)
    deps.log.warn({ event: 'topic.rising', key: topic, code: unusual.kind, count: unusual.growth.count })
  for (const { topic_id, kind } of judged.ended)
    deps.log.info({ event: 'topic.over', key: topic_id, code: kind })
}

const dayCount = (now: Date): number =>
  Math.round(
    (midnightBefore(now, 0).getTime() - Date.parse(`${firstHistoryDay(now)}T00:00:00+08:00`)) / dayMs,
  )

const beforeAll = '00000000-0000-0000-0000-000000000000'
/** A transaction that said when a topic grew may commit a little later than one that said so after it. */
const overlapMs = 3_000

async function look(deps: Deps, lease: Lease, progress: Progress): Promise<void> {
  const topics = await deps.db.sql.unsafe<GrownTopic[]>(grownTopics, [
    progress.judgedTo.toISOString(),
    progress.judgedId,
  ])
  await tend(deps, lease, topics)
  const last = topics.at(-1)
  if (last !== undefined) {
    progress.judgedTo = last.last_at
    progress.judgedId = last.id
  }
  if (topics.length === mostTopics) return
  const now = deps.now().getTime()
  if (progress.judgedTo.getTime() > now - overlapMs) {
    progress.judgedTo = new Date(now - overlapMs)
    progress.judgedId = beforeAll
  }
  if (now - progress.openJudgedAt < judgeEveryMs) return
  progress.openJudgedAt = now
  const open = await deps.db.sql<{ id: string; fresh: boolean }[]>`
    select distinct topic_id as id, false as fresh from topic_warnings where ended_at is null`
  await tend(deps, lease, open)
}

/** The stage without its loop: each call of `pass` is one look. */
export function createTopics(deps: Deps): { pass(): Promise<{ more: boolean }>; release(): Promise<void> } {
  const name = 'topics'
  let progress: Progress | undefined
  return {
    pass: async () => {
      await endUmbrellas(deps)
      const forMs = Math.max(leastLeaseMs, deps.leaseMs)
      const lease = await takeLease(deps.db.sql, { name, holder: deps.holder, forMs })
      if (lease === null) progress = undefined
      else {
        // What an owner before left may be unjudged: a week is looked at again, and judging twice changes nothing.
        progress ??= {
          judgedTo: new Date(deps.now().getTime() - 8 * dayMs),
          judgedId: beforeAll,
          openJudgedAt: Number.NEGATIVE_INFINITY,
          nextLookAt: Number.NEGATIVE_INFINITY,
        }
        const startedAt = performance.now()
        if (startedAt >= progress.nextLookAt) {
          await look(deps, lease, progress)
          progress.nextLookAt = performance.now() + restPerLook * (performance.now() - startedAt)
        }
      }
      const [row] = await deps.db.sql<{ open: number }[]>`
        select count(*)::int as open from topic_warnings where ended_at is null`
      deps.metrics.topicWarnings.set(row?.open ?? 0)
      return { more: false }
    },
    release: () => releaseLease(deps.db.sql, { name, holder: deps.holder }),
  }
}

/** Starts it. Several gateways on one database may. */
export function startTopics(deps: Deps): { stop(): Promise<void> } {
  const topics = createTopics(deps)
  const loop = startWorkerLoop({
    stage: 'topics',
    idleMs: lookEveryMs,
    log: deps.log,
    pass: () => topics.pass(),
  })
  return {
    stop: async () => {
      await loop.stop()
      await topics.release()
    },
  }
}
