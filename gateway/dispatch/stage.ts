/** Stage 3 as it runs: what is said about known reports reaches their cases. The rest is asked for over HTTP. */
import type { Deps } from '../deps.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import { messagesPass } from './messages.ts'

export function startDispatch(deps: Deps): { stop(): Promise<void> } {
  const loop = startWorkerLoop({
    stage: 'dispatch',
    idleMs: 500,
    log: deps.log,
    pass: () => messagesPass(deps),
  })
  const offs = [deps.signals.on('linking', () => loop.wake()), deps.signals.on('fan-out', () => loop.wake())]
  return {
    stop: async () => {
      for (const off of offs) off()
      await loop.stop()
    },
  }
}
