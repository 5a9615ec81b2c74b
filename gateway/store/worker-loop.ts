import { errorFields, type Logger } from '../telemetry/logger.ts'

export interface WorkerLoop {
  wake(): void
  /** Lets the running pass end. */
  stop(): Promise<void>
}

/**
 * Runs `pass` whenever woken and every `idleMs`; at once again while a pass says there is more. A failing pass is logged and
 * tried again after a growing pause (to 5 s), so that a database that is away is not hammered.
 */
export function startWorkerLoop(options: {
  stage: string
  idleMs: number
  log: Logger
  pass: () => Promise<{ more: boolean }>
}): WorkerLoop {
  let stopped = false
  let woken = true
  let failures = 0
  let wakeUp: (() => void) | undefined
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async () => {
    while (!stopped) {
      woken = false
      let more = false
      try {
        more = (await options.pass()).more
        failures = 0
      } catch (cause) {
        failures += 1
        const field = failures > 3 ? 'error' : 'warn'
        options.log[field]({
          event: 'stage.failed',
          stage: options.stage,
          count: failures,
          ...errorFields(cause),
        })
        if (!stopped) await rest(Math.min(5_000, 100 * 2 ** failures))
        continue
      }
      if (!more && !woken && !stopped) await rest(options.idleMs)
    }
  }
  const running = run()
  return {
    wake: () => {
      woken = true
      wakeUp?.()
    },
    stop: async () => {
      stopped = true
      wakeUp?.()
      await running
    },
  }
}
