import { existsSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import postgres from 'postgres'
import { isAlive } from '../process-lock.mjs'
import type { DataFolder } from './data-folder.ts'
import { readPassword } from './data-folder.ts'

/** A PostgreSQL server process on a cluster; `port` is 0 until it has chosen to listen. */
export type Postmaster = { pid: number; port: number }

/**
 * The server that runs on this cluster, by the pid file PostgreSQL itself keeps; null when none does. A pid file left by a
 * killed server, whose number another process may have by now, does not count.
 */
export function findPostmaster(cluster: string): Postmaster | null {
  const lines = readPidFile(cluster)
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive({ pid, bornAt: null })) return null
  return runsOn(pid, cluster) ? { pid, port: Number(lines[3]) || 0 } : null
}

/**
 * Removes a pid file whose number now belongs to a stranger or a zombie, which PostgreSQL would take for a running server.
 * False while a killed server's own processes still run: starting beside them would damage the cluster.
 */
export function clearForStart(cluster: string): boolean {
  if (processesIn(cluster).length > 0) return false
  rmSync(join(cluster, 'postmaster.pid'), { force: true })
  return true
}

function readPidFile(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

/** Whether the process is a server started with `-D cluster`; true where the system doesn't tell (Windows). */
function runsOn(pid: number, cluster: string): boolean {
  if (process.platform === 'win32') return true
  try {
    const command = existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return command.includes(` -D ${cluster} `)
  } catch {
    return false
  }
}

/** Every process of a PostgreSQL server works in its cluster's folder. Empty where /proc is missing. */
function processesIn(cluster: string): number[] {
  if (!existsSync('/proc/self/cwd')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === cluster
      } catch {
        return false
      }
    })
}

export function urlOf(folder: DataFolder, port: number, database: string): string {
  return `postgres://guiyi:${readPassword(folder)}@127.0.0.1:${port}/${database}`
}

/** Whether this server takes our password, serves this very cluster and answers within 5 s. */
export async function answers(folder: DataFolder, { port }: Postmaster): Promise<boolean> {
  if (port === 0) return false
  try {
    const [row] = await query(urlOf(folder, port, 'postgres'), 'show data_directory')
    return row?.['data_directory'] === folder.cluster
  } catch {
    return false
  }
}

/** Creates the database `guiyi` unless it exists. */
export async function ensureDatabase(folder: DataFolder, port: number): Promise<void> {
  const url = urlOf(folder, port, 'postgres')
  const found = await query(url, "select 1 from pg_database where datname = 'guiyi'")
  if (found.length === 0) await query(url, 'create database guiyi')
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  const deadline = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => deadline.reject(new Error('The embedded PostgreSQL did not answer within 5 s.')),
    5_000,
  )
  try {
    return await Promise.race([sql.unsafe(text), deadline.promise])
  } finally {
    clearTimeout(timer)
    await sql.end({ timeout: 0 })
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
  })
  return promise
}
