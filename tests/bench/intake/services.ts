/** What is measured, each with a database of its own on one durable PostgreSQL: the gateway, the hand-written service, bare batches. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { findRunning, startEmbeddedPostgres } from '../../../gateway/store/embedded-postgres.ts'
import { migrate } from '../../../gateway/store/migrate.ts'

export const channel = 'bench-hotline'
export const secret = randomBytes(24).toString('base64url')
const masterKey = randomBytes(32)

/** Durable as PostgreSQL comes (fsync, synchronous_commit). Checkpoints are made between the measurements, not in them. */
const settings = { max_wal_size: '8GB', checkpoint_timeout: '1h', shared_buffers: '512MB' }

export interface Server {
  readonly postmaster: number
  readonly folder: string
  /** A new, migrated database. */
  createDatabase(name: string): Promise<string>
  /** Empties what intake writes and makes a checkpoint, so that every measurement begins alike. */
  reset(url: string): Promise<void>
  stop(): Promise<void>
}

export async function startServer(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'guiyi-bench-'))
  const dataDir = join(folder, 'postgres')
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings })
  const running = await findRunning(dataDir)
  if (running === null) throw new Error('The server that was started is not found.')
  const onDatabase = async (url: string, statements: readonly string[]) => {
    const sql = postgres(url, { max: 1, onnotice: () => undefined })
    try {
      for (const statement of statements) await sql.unsafe(statement)
    } finally {
      await sql.end()
    }
  }
  const stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  // The server would outlive a bench that is broken off.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)))
  return {
    postmaster: running.pid,
    folder,
    createDatabase: async (name) => {
      await onDatabase(server.url, [`create database ${name} template template0 encoding 'UTF8'`])
      const url = new URL(server.url)
      url.pathname = `/${name}`
      await migrate(url.href)
      return url.href
    },
    reset: (url) =>
      onDatabase(url, [
        'truncate receipts, receipt_bodies, replay_keys, records, reports, report_versions',
        'checkpoint',
      ]),
    stop,
  }
}

export interface Service {
  readonly pid: number
  readonly port: number
  readonly databaseUrl: string
  stop(): Promise<void>
}

/** Starts a program that says `ready at http://…`. What it logs goes into a file: told where it fails. */
async function startService(
  name: string,
  folder: string,
  start: { args: readonly string[]; env: NodeJS.ProcessEnv; databaseUrl: string },
): Promise<Service> {
  const log = join(folder, `${name}.log`)
  const child: ChildProcess = spawn(process.execPath, start.args, {
    env: { ...process.env, ...start.env, DATABASE_URL: start.databaseUrl },
    stdio: ['ignore', 'pipe', openSync(log, 'w')],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  if (child.stdout === null || child.pid === undefined) throw new Error(`${name} could not be started.`)
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /ready at http:\/\/[\d.]+:(\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    const stop = async () => {
      child.kill('SIGTERM')
      await exited
    }
    return { pid: child.pid, port: Number(port), databaseUrl: start.databaseUrl, stop }
  }
  throw new Error(`${name} did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`)
}

/** The gateway's environment: one channel of the hotline, in `shadow`: received in full, not linked. */
export function gatewayEnvironment(folder: string): NodeJS.ProcessEnv {
  const channels = join(folder, 'channels')
  const secrets = join(folder, 'secrets')
  mkdirSync(channels, { recursive: true })
  mkdirSync(secrets, { recursive: true })
  writeFileSync(join(secrets, 'bench'), secret)
  writeFileSync(
    join(channels, `${channel}.yaml`),
    JSON.stringify({
      channel,
      platform: 'hotline-12345',
      name: { zh: '测速热线' },
      state: 'shadow',
      feeds: { push: { settings: { authentication: { secret: { secret: 'bench' } } } } },
      reverse: { manual: true, settings: { signing: { secret: { secret: 'bench' } } } },
    }),
  )
  return {
    GUIYI_PORT: '0',
    GUIYI_VAR: folder,
    GUIYI_CHANNELS: channels,
    GUIYI_SECRETS_DIR: secrets,
    GUIYI_MASTER_KEY: masterKey.toString('base64'),
  }
}

/** The gateway as it is run. `nodeArgs` go before its file. */
export const startGateway = (
  server: Server,
  databaseUrl: string,
  nodeArgs: readonly string[] = [],
): Promise<Service> =>
  startService('gateway', server.folder, {
    args: [...nodeArgs, fileURLToPath(import.meta.resolve('../../../gateway/cli.ts')), 'serve'],
    env: gatewayEnvironment(server.folder),
    databaseUrl,
  })

export const startHandwritten = (server: Server, databaseUrl: string): Promise<Service> =>
  startService('handwritten', server.folder, {
    args: [fileURLToPath(import.meta.resolve('./handwritten.ts'))],
    env: { MASTER_KEY: masterKey.toString('base64'), SECRET: secret, CHANNEL: channel },
    databaseUrl,
  })
