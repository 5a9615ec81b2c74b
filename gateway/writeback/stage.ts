import type { Deps } from '../deps.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import { createDeliverer, type DelivererOptions } from './deliver.ts'
import { fanOutPass } from './fan-out.ts'
import { blockStranded, measureLag, recoverUnknown, releaseHeld, takeOverLapsed } from './tend.ts'

export interface WritebackOptions extends Pick<DelivererOptions, 'maxCalls' | 'leaseMs' | 'random'> {
  /** How often each loop looks without being woken. */
  readonly idleMs?: number
  readonly tendEveryMs?: number
  /** How long running calls may go on when stopping. */
  readonly stopGraceMs?: number
}

/** Starts fan-out and delivery; several gateways on one database share the work. */
export function startWriteback(deps: Deps, options: WritebackOptions = {}): { stop(): Promise<void> } {
  const { idleMs = 1_000, tendEveryMs = 5_000, stopGraceMs = 10_000, ...calls } = options
  const fanOut = startWorkerLoop({ stage: 'fan-out', idleMs, log: deps.log, pass: () => fanOutPass(deps) })
  const deliverer = createDeliverer(deps, { ...calls, onSettled: () => delivery.wake() })
  const delivery = startWorkerLoop({ stage: 'delivery', idleMs, log: deps.log, pass: () => deliverer.pass() })
  const tending = startWorkerLoop({
    stage: 'delivery-tending',
    idleMs: tendEveryMs,
    log: deps.log,
    pass: async () => {
      const taken = await takeOverLapsed(deps, options.random)
      const released = await releaseHeld(deps)
      const recovered = await recoverUnknown(deps)
      await blockStranded(deps)
      await measureLag(deps)
      if (taken + released + recovered > 0) delivery.wake()
      return { more: taken === 100 || recovered === 100 }
    },
  })
  const offFanOut = deps.signals.on('fan-out', () => fanOut.wake())
  const offDelivery = deps.signals.on('delivery', () => delivery.wake())
  return {
    stop: async () => {
      offFanOut()
      offDelivery()
      await Promise.all([fanOut.stop(), delivery.stop(), tending.stop()])
      await deliverer.stop(stopGraceMs)
    },
  }
}
