/**
 * Ends the gateways when the demo is gone, however it went: a gateway is nobody's simulated peer and knows nothing of the
 * demo. Runs as a process of its own, for the run whose folder is its argument; the demo tells it which processes there are.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { stopDatabase } from './leftovers.ts'

export type Watch = { readonly kind: 'add' | 'remove'; readonly pid: number }

const graceMs = 10_000
const pids = new Set<number>()

// A signal to the whole group (a terminal, `timeout`) is meant for the demo; this process outlives it.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined)
process.on('message', ({ kind, pid }: Watch) => (kind === 'add' ? pids.add(pid) : pids.delete(pid)))
process.on('disconnect', () => void end())

async function end(): Promise<void> {
  const folder = process.argv[2] ?? ''
  const wereRunning = pids.size > 0
  for (const pid of pids) signal(pid, 'SIGTERM')
  for (let waitedMs = 0; waitedMs < graceMs && [...pids].some((pid) => signal(pid, 0)); waitedMs += 200)
    await delay(200)
  for (const pid of pids) signal(pid, 'SIGKILL')
  await stopDatabase(folder).catch(() => undefined)
  if (wereRunning) {
    // A gateway that was still starting may have left a database that did not answer yet.
    await delay(2_000)
    await stopDatabase(folder).catch(() => undefined)
  }
  process.exit(0)
}

/** False where there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
