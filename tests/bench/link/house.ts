/** A durable PostgreSQL of its own, and the linking stage on it as a process of its own. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { findRunning, startEmbeddedPostgres } from '../../../gateway/store/embedded-postgres.ts'
import { migrate } from '../../../gateway/store/migrate.ts'
import { channel } from './reports.ts'

/** Durable as PostgreSQL comes (fsync, synchronous_commit), with the memory that a server of two cores would be given. */
const settings = {
  shared_buffers: '2GB',
  effective_cache_size: '6GB',
  maintenance_work_mem: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
}

export interface Linker {
  readonly pid: number
  stop(): Promise<void>
}

export interface BenchHouse {
  readonly url: string
  readonly sql: postgres.Sql
  readonly postmaster: number
  startLinker(): Promise<Linker>
  stop(): Promise<void>
}

/** `profileTo`: a folder for CPU profiles of the linker. */
export async function startBenchHouse(profileTo: string | undefined): Promise<BenchHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'guiyi-bench-'))
  mkdirSync(join(folder, 'channels'))
  mkdirSync(join(folder, 'secrets'))
  writeFileSync(join(folder, 'secrets', 'bench'), 'secret of a channel that nobody calls')
  writeFileSync(join(folder, 'channels', `${channel}.yaml`), JSON.stringify(channelFile))
  const dataDir = join(folder, 'postgres')
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings })
  const running = await findRunning(dataDir)
  if (running === null) throw new Error('The server that was started is not found.')
  await migrate(server.url)
  const sql = postgres(server.url, { max: 3, onnotice: () => undefined })
  const environment = {
    ...process.env,
    DATABASE_URL: server.url,
    GUIYI_PORT: '0',
    GUIYI_VAR: folder,
    GUIYI_CHANNELS: join(folder, 'channels'),
    GUIYI_SECRETS_DIR: join(folder, 'secrets'),
    GUIYI_LOG_LEVEL: 'warn',
  }
  const stop = async () => {
    await sql.end({ timeout: 1 })
    // The data may lie elsewhere, where its server's user may read it; here is a link then.
    const data = realpathSync(dataDir)
    await server.stop()
    rmSync(data, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
  // The server would outlive a bench that is broken off.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)))
  return {
    url: server.url,
    sql,
    postmaster: running.pid,
    startLinker: () => startLinker(environment, profileTo),
    stop,
  }
}

const channelFile = {
  channel,
  platform: 'hotline-12345',
  name: { zh: '测速热线' },
  state: 'live',
  feeds: { push: { settings: { authentication: { secret: { secret: 'bench' } } } } },
  reverse: { manual: true, settings: { signing: { secret: { secret: 'bench' } } } },
}

async function startLinker(env: NodeJS.ProcessEnv, profileTo: string | undefined): Promise<Linker> {
  const profiled = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`]
  const child = spawn(process.execPath, [...profiled, fileURLToPath(import.meta.resolve('./linker.ts'))], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready')
      return {
        pid: child.pid as number,
        stop: async () => {
          child.kill('SIGTERM')
          await ended
        },
      }
  }
  throw new Error('The linker did not start.')
}
