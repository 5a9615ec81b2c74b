/** Stage 2 as it runs: one process at a time owns linking. */
import type { Deps } from '../deps.ts'
import { LeaseLostError, releaseLease, takeLease, type Lease } from '../store/leases.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import { errorFields } from '../telemetry/logger.ts'
import { Ahead } from './ahead.ts'
import { FeatureCache } from './candidates.ts'
import { linkBatch } from './link-batch.ts'
import { renewKeys } from './link-keys.ts'
import { LinkMemories, type LinkMemory } from './memory.ts'
import { followLinkModel } from './model/live-model.ts'
import { countFormerPeople } from './people/count-former.ts'
import { PlaceMemory } from './place-memory.ts'

/** Nobody else may link meanwhile, so it is short. */
const longestLeaseMs = 10_000
const askAgainMs = 500

/** The linker's turn: asks for the lease, and renews it in time. */
function createHold(deps: Deps): { hold(): Promise<Lease | null>; held(): Lease | null; lose(): void } {
  const leaseForMs = Math.min(longestLeaseMs, deps.leaseMs)
  let lease: Lease | null = null
  let renewedAt = Number.NEGATIVE_INFINITY
  return {
    hold: async () => {
      const now = performance.now()
      // Another process links: it is asked for the lease now and then, not at every report.
      const restMs = lease === null ? askAgainMs : leaseForMs / 3
      if (now - renewedAt < restMs) return lease
      lease = await takeLease(deps.db.sql, { name: 'linking', holder: deps.holder, forMs: leaseForMs })
      renewedAt = now
      return lease
    },
    held: () => lease,
    lose: () => {
      lease = null
      renewedAt = Number.NEGATIVE_INFINITY
    },
  }
}

/** `memories`: what the linker learns from what it links; names of places where missing. */
export function startLinking(
  deps: Deps,
  options: { casePrefix: string; memories?: readonly LinkMemory[] },
): { stop(): Promise<void> } {
  const cache = new FeatureCache()
  const ahead = new Ahead()
  const memories = new LinkMemories(options.memories ?? [new PlaceMemory(deps.now)])
  const turn = createHold(deps)
  const model = followLinkModel(deps)
  let formerPeople = true
  const pass = async () => {
    const lease = await turn.hold()
    if (lease === null) return { more: false }
    try {
      await memories.ready(deps, lease)
      const { more, linked } = await linkBatch(deps, lease, {
        cache,
        casePrefix: options.casePrefix,
        ahead,
        memories,
        model,
      })
      await memories.keep(deps, lease, 'now-and-then')
      if (linked > 0) return { more }
      const renewed = await renewKeys(deps, lease, cache)
      if (formerPeople && renewed.renewed === 0) formerPeople = (await countFormerPeople(deps, lease)).more
      return { more: more || renewed.more || formerPeople }
    } catch (cause) {
      ahead.drop()
      if (cause instanceof LeaseLostError) turn.lose()
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
  const keepAtTheEnd = async () => {
    const lease = turn.held()
    if (lease === null) return
    try {
      await ahead.written()
      await memories.keep(deps, lease, 'at-once')
    } catch (cause) {
      if (!(cause instanceof LeaseLostError))
        deps.log.warn({ event: 'stage.failed', stage: 'linking', ...errorFields(cause) })
    }
  }
  const loop = startWorkerLoop({ stage: 'linking', idleMs: 500, log: deps.log, pass })
  const lag = startWorkerLoop({ stage: 'linking-lag', idleMs: 10_000, log: deps.log, pass: measureLag })
  const off = deps.signals.on('linking', () => loop.wake())
  return {
    stop: async () => {
      off()
      model.stop()
      await Promise.all([loop.stop(), lag.stop()])
      await keepAtTheEnd()
      await releaseLease(deps.db.sql, { name: 'linking', holder: deps.holder })
    },
  }
}
