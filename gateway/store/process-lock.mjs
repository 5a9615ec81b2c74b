// @ts-check
// Plain JavaScript, because scripts/run.mjs takes this lock on an old Node, before anything is installed.
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** @typedef {{ pid: number, bornAt: string | null }} ProcessMark */

const released = 'released'

/**
 * What tells this process from a later one with the same id. `bornAt` is in clock ticks since boot, with the boot's own id; null where /proc is missing.
 * @param {number} [pid]
 * @returns {ProcessMark}
 */
export function markOf(pid = process.pid) {
  return { pid, bornAt: birthOf(pid) }
}

/**
 * Whether the process that left this mark still runs.
 * @param {ProcessMark} mark
 */
export function isAlive(mark) {
  if (!Number.isInteger(mark.pid) || mark.pid <= 0) return false
  try {
    process.kill(mark.pid, 0)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false
  }
  return mark.bornAt === null || mark.bornAt === birthOf(mark.pid)
}

/**
 * Runs `work` while no other process (and no other call in this one) holds the lock of this folder.
 * A holder that died is passed over. Throws when a live holder keeps the lock longer than `waitMs`.
 *
 * The lock is the highest-numbered file in the folder, and that file is never removed: whoever takes over from a
 * dead or finished holder creates the next number, so two processes can't both take over.
 * @template T
 * @param {string} folder
 * @param {{ waitMs: number, onWait?: (holder: ProcessMark) => void }} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProcessLock(folder, options, work) {
  const file = await acquire(folder, options)
  try {
    return await work()
  } finally {
    if (existsSync(file)) writeFileSync(file, released)
  }
}

/**
 * @param {string} folder
 * @param {{ waitMs: number, onWait?: (holder: ProcessMark) => void }} options
 */
async function acquire(folder, { waitMs, onWait }) {
  mkdirSync(folder, { recursive: true })
  const deadline = Date.now() + waitMs
  let told = false
  for (;;) {
    const taken = tryAcquire(folder)
    if (typeof taken === 'string') return taken
    if (taken && Date.now() > deadline) {
      throw new Error(
        `Process ${taken.pid} has held the lock ${folder} for more than ${waitMs / 1000} s. Stop that process, or wait for it, and try again.`,
      )
    }
    if (taken && !told) onWait?.(taken)
    told ||= taken !== null
    await delay(50)
  }
}

/**
 * The lock file when it was free, the mark of its holder when not, null when another process came first.
 * @param {string} folder
 * @returns {string | ProcessMark | null}
 */
function tryAcquire(folder) {
  const highest = Math.max(0, ...numbersIn(folder))
  const holder = highest === 0 ? null : holderOf(join(folder, String(highest)))
  if (holder && isAlive(holder)) return holder
  const mine = join(folder, String(highest + 1))
  if (!createWhole(mine, JSON.stringify(markOf()))) return null
  if (Math.max(...numbersIn(folder)) > highest + 1) {
    rmSync(mine, { force: true })
    return null
  }
  for (const number of numbersIn(folder))
    if (number <= highest) rmSync(join(folder, String(number)), { force: true })
  return mine
}

/** @param {string} folder */
function numbersIn(folder) {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/**
 * @param {string} file
 * @returns {ProcessMark | null} null when it was released, or its content can't be read
 */
function holderOf(file) {
  try {
    const text = readFileSync(file, 'utf8')
    return text === released ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * Creates a file that nobody ever sees half written; false when it exists.
 * @param {string} file
 * @param {string} text
 */
function createWhole(file, text) {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, text, { mode: 0o644 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Null where /proc is missing, and for a process that is gone or only waits to be collected by its parent (zombie).
 * @param {number} pid
 */
function birthOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return null
    const ticks = fields[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`
  } catch {
    return null
  }
}
