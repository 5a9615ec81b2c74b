/** The gateways of a run: started, killed on purpose, started again. */
import { execFile, fork, spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Watch } from './watchdog.ts'

export interface GatewaySetup {
  readonly folder: string
  readonly channels: string
  readonly secrets: string
  readonly many: 1 | 2
  readonly databaseUrl: string | undefined
  /** Kill points for one start after the other of the first gateway; none afterwards. */
  readonly killAt: readonly string[]
  /** Called when a gateway died and whenever one is up again. */
  readonly onChange: (what: string) => void
}

export interface Gateways {
  /** Of those that live or will again. */
  addresses(): string[]
  readonly deaths: readonly string[]
  /** Kill points that were named, but not passed yet. */
  killPointsLeft(): readonly string[]
  /** SIGKILL. `for-good`: it is not started again. */
  kill(index: number, how: 'to-return' | 'for-good'): void
  /** An API key, made by the command line. */
  createKey(name: string, scopes: string): Promise<string>
  /** Ends when a gateway could not be started again: then nothing can go on. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

const cli = join(import.meta.dirname, '../gateway/cli.ts')
const readyWithinMs = 180_000
const stopWithinMs = 15_000

export async function startGateways(setup: GatewaySetup): Promise<Gateways> {
  const watchdog = fork(join(import.meta.dirname, 'watchdog.ts'), [setup.folder], {
    // Outlives a kill of the whole group.
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const tell = (watch: Watch) => void (watchdog.connected && watchdog.send(watch))
  const running: { child: ChildProcess; address: string; fate: 'returns' | 'dies' }[] = []
  const deaths: string[] = []
  const killAt = [...setup.killAt]
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)
  let isStopping = false

  async function start(index: number, port: number): Promise<void> {
    const point = index === 0 ? killAt[0] : undefined
    try {
      const { child, address } = await launch(setup, { index, port, killAt: point, tell })
      running[index] = { child, address, fate: 'returns' }
      const onExit = () => void died(index, child.signalCode ?? `exit code ${child.exitCode}`, point)
      if (child.exitCode !== null || child.signalCode !== null) onExit()
      else child.once('exit', onExit)
    } catch (cause) {
      // A kill point can be passed before the gateway is ready.
      if (point === undefined) throw cause
      killAt.shift()
      deaths.push(point)
      await start(index, port)
    }
  }

  async function died(index: number, how: string, point: string | undefined): Promise<void> {
    const gateway = running[index]
    if (isStopping || gateway === undefined) return
    if (point !== undefined && how === 'SIGKILL') killAt.shift()
    const reason = point === undefined || how !== 'SIGKILL' ? how : point
    deaths.push(reason)
    setup.onChange(`gateway ${index + 1} died (${reason})`)
    if (gateway.fate === 'dies') return
    try {
      await start(index, Number(new URL(gateway.address).port))
      setup.onChange(`gateway ${index + 1} is up again`)
    } catch (cause) {
      failure.reject(cause)
    }
  }

  for (let index = 0; index < setup.many; index++) await start(index, 0)
  return {
    addresses: () => running.filter(({ fate }) => fate === 'returns').map(({ address }) => address),
    deaths,
    killPointsLeft: () => killAt,
    kill: (index, how) => {
      const gateway = running[index]
      if (gateway === undefined) return
      if (how === 'for-good') gateway.fate = 'dies'
      gateway.child.kill('SIGKILL')
    },
    createKey: (name, scopes) => createKey(setup, name, scopes),
    failed: failure.promise,
    stop: async () => {
      isStopping = true
      await Promise.all(running.map(({ child }) => ended(child)))
      const { promise, resolve } = Promise.withResolvers<void>()
      watchdog.once('exit', () => resolve())
      watchdog.disconnect()
      await promise
    },
  }
}

function environment(setup: GatewaySetup): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: 'development',
    // Later starts are a second faster for it.
    NODE_COMPILE_CACHE: join(import.meta.dirname, '../var/compile-cache'),
    ...(setup.databaseUrl !== undefined && { DATABASE_URL: setup.databaseUrl }),
    GUIYI_HOST: '127.0.0.1',
    // What a killed gateway held goes on soon, so that a run with kills is short.
    GUIYI_LEASE_S: '12',
    // Nobody sits at the review desk of a demo.
    GUIYI_HOLD_MIN: '0',
    GUIYI_VAR: join(setup.folder, 'gateway'),
    GUIYI_CHANNELS: setup.channels,
    GUIYI_SECRETS_DIR: setup.secrets,
  }
}

async function launch(
  setup: GatewaySetup,
  {
    index,
    port,
    killAt,
    tell,
  }: { index: number; port: number; killAt: string | undefined; tell: (watch: Watch) => void },
): Promise<{ child: ChildProcess; address: string }> {
  mkdirSync(join(setup.folder, 'logs'), { recursive: true })
  const logFile = join(setup.folder, 'logs', `gateway-${index + 1}.log`)
  const log = openSync(logFile, 'a')
  const env = {
    ...environment(setup),
    GUIYI_PORT: String(port),
    ...(killAt !== undefined && { GUIYI_KILL_AT: killAt }),
  }
  // In a group of its own: Ctrl-C is the demo's, which stops the gateways last.
  const child = spawn(process.execPath, [cli, 'serve'], {
    env,
    stdio: ['ignore', 'pipe', log],
    detached: true,
  })
  closeSync(log)
  const { pid } = child
  if (pid !== undefined) {
    tell({ kind: 'add', pid })
    child.once('exit', () => tell({ kind: 'remove', pid }))
  }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    const address = /is ready at (http:\/\/\S+?)["\s]/.exec(`${said} `)?.[1]
    if (address !== undefined) resolve(address)
  })
  child.once('exit', (code, signal) =>
    reject(
      new Error(
        `The gateway ended with ${signal ?? `exit code ${code}`} before it was ready. The end of ${logFile}:\n${tail(logFile)}`,
      ),
    ),
  )
  const timer = setTimeout(
    () =>
      reject(
        new Error(
          `The gateway was not ready within ${readyWithinMs / 1000} s. The end of ${logFile}:\n${tail(logFile)}`,
        ),
      ),
    readyWithinMs,
  )
  try {
    return { child, address: await promise }
  } finally {
    clearTimeout(timer)
  }
}

async function createKey(setup: GatewaySetup, name: string, scopes: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, 'key', 'create', '--name', name, '--scope', scopes],
    { env: environment(setup) },
  )
  const key = stdout.trim().split('\n').at(-1)?.trim()
  if (key === undefined || key === '') throw new Error('guiyi key create printed no key.')
  return key
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  child.kill('SIGTERM')
  await promise
  clearTimeout(timer)
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')
}
