/** The silence watch 静默监测 as it runs: one process at a time counts and judges; the others stand by. */
import type { Deps } from '../deps.ts'
import { releaseLease, takeLease, type Lease } from '../store/leases.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import { yearOf, type WorkingCalendar } from './calendar.ts'
import { endSilences, judgedTo, raiseSilences } from './silences.ts'
import { countPass } from './traffic.ts'

const lookEveryMs = 30_000
const countEveryMs = 5 * 60_000
/** Longer than the pause between two looks, so that the owner stays the owner. */
const leastLeaseMs = 2 * 60_000
const dayMs = 24 * 3_600_000
/** The holidays of the next year are published in November. */
const warnBeforeMs = 31 * dayMs

type WatchDeps = Pick<Deps, 'db' | 'now' | 'newId' | 'log' | 'metrics' | 'leaseMs' | 'holder'>

interface Progress {
  countedAt: number
  /** The hour up to which every channel was judged. */
  judged: number
  warnedAt: number
}

/** Says once a day that a year's holidays are missing: its days would pass as plain weekdays. */
function checkCalendar(deps: Pick<Deps, 'now' | 'log'>, calendar: WorkingCalendar, progress: Progress): void {
  const now = deps.now()
  if (now.getTime() - progress.warnedAt < dayMs) return
  progress.warnedAt = now.getTime()
  const year = yearOf(new Date(now.getTime() + warnBeforeMs))
  const missing = [yearOf(now), year].find((asked) => !calendar.knows(asked))
  if (missing !== undefined)
    deps.log.warn({
      event: 'calendar.incomplete',
      detail: `The holidays of ${missing} are not known, so its days count as plain weekdays. List them in mappings/codes/calendar.yaml, or bring the package chinese-days up to date.`,
    })
}

/** One look: ends what is over, counts when it is time, judges each hour once it is whole. */
async function look(
  deps: WatchDeps,
  lease: Lease,
  { calendar, progress }: { calendar: WorkingCalendar; progress: Progress },
): Promise<{ more: boolean }> {
  await endSilences(deps, lease)
  const now = deps.now()
  const whole = judgedTo(now)
  if (whole === progress.judged && now.getTime() - progress.countedAt < countEveryMs) return { more: false }
  const { more, state } = await countPass(deps, lease)
  if (more) return { more }
  progress.countedAt = now.getTime()
  if (whole !== progress.judged) {
    await raiseSilences(deps, lease, { state, calendar })
    progress.judged = whole
  }
  return { more: false }
}

/** The watch without its loop: each call of `pass` is one look. */
export function createWatch(
  deps: WatchDeps,
  calendar: WorkingCalendar,
): { pass(): Promise<{ more: boolean }>; release(): Promise<void> } {
  const progress: Progress = {
    countedAt: Number.NEGATIVE_INFINITY,
    judged: -1,
    warnedAt: Number.NEGATIVE_INFINITY,
  }
  const name = 'watch'
  return {
    pass: async () => {
      const forMs = Math.max(leastLeaseMs, deps.leaseMs)
      const lease = await takeLease(deps.db.sql, { name, holder: deps.holder, forMs })
      let more = false
      if (lease !== null) {
        checkCalendar(deps, calendar, progress)
        more = (await look(deps, lease, { calendar, progress })).more
      }
      const [row] = await deps.db.sql<{ open: number }[]>`
        select count(*)::int as open from channel_alerts where ended_at is null and kind = 'silent'`
      deps.metrics.silentChannels.set(row?.open ?? 0)
      return { more }
    },
    release: () => releaseLease(deps.db.sql, { name, holder: deps.holder }),
  }
}

/** Starts the watch. Several gateways on one database may. */
export function startWatch(deps: Deps, options: { calendar: WorkingCalendar }): { stop(): Promise<void> } {
  const watch = createWatch(deps, options.calendar)
  const loop = startWorkerLoop({
    stage: 'watch',
    idleMs: lookEveryMs,
    log: deps.log,
    pass: () => watch.pass(),
  })
  return {
    stop: async () => {
      await loop.stop()
      await watch.release()
    },
  }
}
