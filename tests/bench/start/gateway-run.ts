/** One run of a real gateway process, from its spawn to its end. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cpuUsOf } from '../intake/processes.ts'

export interface GatewayRun {
  readonly pid: number
  /** From spawn to `gateway.ready`, milliseconds. */
  readonly readyMs: number
  /** Channels that run, as it says itself. */
  readonly channels: number
  /** What it has used of its cores until then, milliseconds: does not depend on what else the machine does. */
  readonly cpuMs: number
  /** Lines of that event so far. */
  countOf(event: string): number
  stop(): Promise<void>
}

/** As `./guiyi` starts it: it hands its own process over. */
const launcher = fileURLToPath(import.meta.resolve('../../../scripts/run.mjs'))

/** Throws with the end of what it said where it does not come up. */
export async function runGateway(env: NodeJS.ProcessEnv): Promise<GatewayRun> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [launcher, 'guiyi', 'serve'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const counts = new Map<string, number>()
  const ready = new Promise<Pick<GatewayRun, 'readyMs' | 'channels' | 'cpuMs'>>((resolve, reject) => {
    const lines = createInterface({ input: child.stderr })
    let tail = ''
    lines.on('line', (line) => {
      tail = `${tail}${line}\n`.slice(-2_000)
      const said = eventOf(line)
      counts.set(said.event, (counts.get(said.event) ?? 0) + 1)
      if (said.event !== 'gateway.ready') return
      const cpuMs = cpuUsOf(child.pid ?? 0) / 1_000
      resolve({ readyMs: performance.now() - startedAt, channels: said.count ?? 0, cpuMs })
    })
    lines.on('close', () => reject(new Error(`The gateway did not start:\n${tail}`)))
  })
  return {
    pid: child.pid ?? 0,
    ...(await ready),
    countOf: (event) => counts.get(event) ?? 0,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

function eventOf(line: string): { event: string; count?: number } {
  try {
    const said = JSON.parse(line) as { event?: string; count?: number }
    return { event: said.event ?? '', ...(said.count !== undefined && { count: said.count }) }
  } catch {
    return { event: '' }
  }
}
