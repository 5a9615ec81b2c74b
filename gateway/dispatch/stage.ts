/** Stage 3 as it runs: what is said about known reports reaches their cases, and holds end. The rest is asked for over HTTP. */
import type { Deps } from '../deps.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import { measureHolds, releasePass } from './holds.ts'
import { messagesPass, settleTrialMessages } from './messages.ts'

/** Messages of linked reports that their cases do not know yet. */
async function measureLag(deps: Deps): Promise<{ more: boolean }> {
  const [row] = await deps.db.sql<{ lag: number | null }[]>`
    select extract(epoch from ${deps.now()}::timestamptz - min(m.received_at))::float8 as lag
    from messages m join reports p on p.id = m.report_id where m.appended_at is null and p.case_id is not null`
  deps.metrics.stageLag.set({ stage: 'dispatch' }, Math.max(0, row?.lag ?? 0))
  return { more: false }
}

export function startDispatch(deps: Deps): { stop(): Promise<void> } {
  const loop = startWorkerLoop({
    stage: 'dispatch',
    idleMs: 500,
    log: deps.log,
    pass: () => messagesPass(deps),
  })
  const holds = startWorkerLoop({
    stage: 'dispatch-holds',
    idleMs: 1_000,
    log: deps.log,
    pass: () => releasePass(deps),
  })
  const lag = startWorkerLoop({
    stage: 'dispatch-lag',
    idleMs: 10_000,
    log: deps.log,
    pass: async () => {
      await settleTrialMessages(deps)
      await measureHolds(deps)
      return await measureLag(deps)
    },
  })
  const off = deps.signals.on('messages', () => loop.wake())
  return {
    stop: async () => {
      off()
      await Promise.all([loop.stop(), holds.stop(), lag.stop()])
    },
  }
}
