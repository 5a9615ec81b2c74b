/**
 * Ends the gateways when the demo is gone, however it went: a gateway is nobody's simulated peer and knows nothing of the
 * demo. Runs as a process of its own; the demo tells it which processes there are.
 */
import { setTimeout as delay } from 'node:timers/promises'

export type Watch = { readonly kind: 'add' | 'remove'; readonly pid: number }

const graceMs = 10_000
const pids = new Set<number>()

process.on('SIGINT', () => undefined)
process.on('message', ({ kind, pid }: Watch) => (kind === 'add' ? pids.add(pid) : pids.delete(pid)))
process.on('disconnect', () => void end())

async function end(): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGTERM')
  for (let waitedMs = 0; waitedMs < graceMs && [...pids].some((pid) => signal(pid, 0)); waitedMs += 200)
    await delay(200)
  for (const pid of pids) signal(pid, 'SIGKILL')
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
