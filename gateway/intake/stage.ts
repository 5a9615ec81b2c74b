/** Stage 1 as it runs: the way in, polls, and what a killed process left. */
import type { Deps } from '../deps.ts'
import { ensurePartitions } from '../store/migrate.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import { createFileFetcher, filesLagS } from './files/file-fetcher.ts'
import { createPoller, registerPolls } from './poll.ts'
import { createIntake, type Intake } from './receive.ts'
import { recoverPass } from './recover.ts'

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
  await registerPolls(deps)
  const poller = createPoller(deps, intake)
  const fetcher = createFileFetcher(deps, () => fetchLoop.wake())
  const fetchLoop = startWorkerLoop({
    stage: 'files',
    idleMs: 1_000,
    log: deps.log,
    pass: () => fetcher.pass(),
  })
  const unsubscribe = deps.signals.on('files', () => fetchLoop.wake())
  const loops = [
    fetchLoop,
    startWorkerLoop({ stage: 'poll', idleMs: 250, log: deps.log, pass: () => poller.pass() }),
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
      unsubscribe()
      await Promise.all(loops.map((loop) => loop.stop()))
      await Promise.all([poller.stop(), fetcher.stop()])
      await intake.drain()
    },
  }
}
