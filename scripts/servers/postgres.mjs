// @ts-check
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { accountOf, letPass, makeFile, makeFolder, runAs } from './account.mjs'
import { ensurePackages } from './apt.mjs'
import { startDaemon } from './daemon.mjs'
import { freePort } from './free-port.mjs'

const programs = '/usr/lib/postgresql/15/bin'

/** Debian's PostgreSQL 15, the oldest that Guiyi promises to run on. */
export async function ensurePostgres() {
  await ensurePackages(['postgresql-15'], () => existsSync(join(programs, 'postgres')))
}

/**
 * A cluster of its own in this folder.
 * @param {string} folder
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startPostgres(folder) {
  const account = accountOf('postgres')
  const home = join(folder, 'postgres')
  const cluster = join(home, 'cluster')
  const passwordFile = join(home, 'password')
  const password = randomBytes(24).toString('base64url')
  const port = await freePort()
  letPass(folder)
  makeFolder(home, account)
  makeFile(passwordFile, password, account)
  const how = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']
  runAs(join(programs, 'initdb'), ['-D', cluster, '-U', 'guiyi', `--pwfile=${passwordFile}`, ...how], account)
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: 300,
  }
  const url = `postgres://guiyi:${password}@127.0.0.1:${port}/postgres`
  const stop = await startDaemon({
    name: 'PostgreSQL 15',
    program: join(programs, 'postgres'),
    args: ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    account,
    log: join(folder, 'postgres.log'),
    // "Fast": ends open sessions instead of waiting for them.
    stopSignal: 'SIGINT',
    isReady: () => answers(url),
  })
  return { url, stop }
}

/** @param {string} url */
async function answers(url) {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => undefined })
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}
