/** Stage 1 as it runs: the way in, polls, and what a killed process left. */
import type { Deps } from '../deps.ts'
import { ensurePartitions } from '../store/migrate.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import { createFileFetcher, filesLagS } from './files/file-fetcher.ts'
import { createPoller } from './poll.ts'
import { createIntake, type Intake } from './receive.ts'
import { recoverPass } from './recover.ts'
import { createReplayWorker } from './replay/worker.ts'

const recoverAfterMs = 5_000
const sweepEveryMs = 10 * 60_000

/** Removes keys that ran out and makes next month's partitions. */
async function sweep(deps: Deps): Promise<{ more: boolean }> {
  await deps.db.sql`delete from replay_keys where expires_at < now() - interval '1 minute'`
  await deps.db.sql`delete from idempotency_keys where expires_at < now()`
  await ensurePartitions(deps.db.sql, deps.now())
  return { more: false }
}

/** Receipts that wait for their records to be worked: more than none for long means that recovery fails. */
async function measureLag(deps: Deps): Promise<{ more: boolean }> {
  const [row] = await deps.db.sql<{ lag: number | null }[]>`
    select extract(epoch from ${deps.now()}::timestamptz - min(received_at))::float8 as lag from receipts where state = 'stored'`
  deps.metrics.stageLag.set({ stage: 'intake' }, Math.max(0, row?.lag ?? 0))
  deps.metrics.stageLag.set({ stage: 'files' }, await filesLagS(deps))
  return { more: false }
}

export async function startIntake(deps: Deps): Promise<Intake & { stop(): Promise<void> }> {
  const intake = createIntake(deps)
  const poller = createPoller(deps, intake)
  const pollLoop = startWorkerLoop({ stage: 'poll', idleMs: 250, log: deps.log, pass: () => poller.pass() })
  const fetcher = createFileFetcher(deps, () => fetchLoop.wake())
  const fetchLoop = startWorkerLoop({
    stage: 'files',
    idleMs: 1_000,
    log: deps.log,
    pass: () => fetcher.pass(),
  })
  const replayer = createReplayWorker(deps)
  const replayLoop = startWorkerLoop({
    stage: 'replay',
    idleMs: 2_000,
    log: deps.log,
    pass: () => replayer.pass(),
  })
  const unsubscribe = [
    deps.signals.on('files', () => fetchLoop.wake()),
    deps.signals.on('replay', () => replayLoop.wake()),
    deps.catalog.onChange(() => pollLoop.wake()),
  ]
  const loops = [
    fetchLoop,
    replayLoop,
    pollLoop,
    startWorkerLoop({
      stage: 'recover',
      idleMs: 5_000,
      log: deps.log,
      pass: () => recoverPass(deps, recoverAfterMs),
    }),
    startWorkerLoop({ stage: 'intake-lag', idleMs: 10_000, log: deps.log, pass: () => measureLag(deps) }),
    startWorkerLoop({ stage: 'sweep', idleMs: sweepEveryMs, log: deps.log, pass: () => sweep(deps) }),
  ]
  return {
    ...intake,
    stop: async () => {
      for (const off of unsubscribe) off()
      await Promise.all(loops.map((loop) => loop.stop()))
      await Promise.all([poller.stop(), fetcher.stop(), replayer.stop()])
      await intake.drain()
    },
  }
}
