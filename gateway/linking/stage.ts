/** Stage 2 as it runs: one process at a time owns linking. */
import type { Deps } from '../deps.ts'
import { LeaseLostError, releaseLease, takeLease, type Lease } from '../store/leases.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import { FeatureCache } from './candidates.ts'
import { linkBatch } from './link-batch.ts'

/** Nobody else may link meanwhile, so it is short. */
const longestLeaseMs = 10_000
const askAgainMs = 500

export function startLinking(deps: Deps, options: { casePrefix: string }): { stop(): Promise<void> } {
  const cache = new FeatureCache()
  const leaseForMs = Math.min(longestLeaseMs, deps.leaseMs)
  let lease: Lease | null = null
  let renewedAt = Number.NEGATIVE_INFINITY
  const hold = async (): Promise<Lease | null> => {
    const now = performance.now()
    // Another process links: it is asked for the lease now and then, not at every report.
    const restMs = lease === null ? askAgainMs : leaseForMs / 3
    if (now - renewedAt < restMs) return lease
    lease = await takeLease(deps.db.sql, { name: 'linking', holder: deps.holder, forMs: leaseForMs })
    renewedAt = now
    return lease
  }
  const pass = async () => {
    const held = await hold()
    if (held === null) return { more: false }
    try {
      return await linkBatch(deps, held, { cache, casePrefix: options.casePrefix })
    } catch (cause) {
      if (cause instanceof LeaseLostError) {
        lease = null
        renewedAt = Number.NEGATIVE_INFINITY
      }
      throw cause
    }
  }
  const measureLag = async () => {
    const [row] = await deps.db.sql<
      { lag: number | null }[]
    >`select extract(epoch from ${deps.now()}::timestamptz - min(received_at))::float8 as lag from reports where case_id is null and linked_at is null`
    deps.metrics.stageLag.set({ stage: 'linking' }, Math.max(0, row?.lag ?? 0))
    return { more: false }
  }
  const loop = startWorkerLoop({ stage: 'linking', idleMs: 500, log: deps.log, pass })
  const lag = startWorkerLoop({ stage: 'linking-lag', idleMs: 10_000, log: deps.log, pass: measureLag })
  const off = deps.signals.on('linking', () => loop.wake())
  return {
    stop: async () => {
      off()
      await Promise.all([loop.stop(), lag.stop()])
      await releaseLease(deps.db.sql, { name: 'linking', holder: deps.holder })
    },
  }
}
