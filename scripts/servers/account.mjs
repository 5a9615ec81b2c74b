// @ts-check
// Servers never run as root: as root they get the account that their package made, else they run as who starts them.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'

/**
 * `uid` and `gid` are missing where this process is not root, and so cannot become another.
 * @typedef {{ uid?: number, gid?: number }} Account
 */

/**
 * Throws where this process is root and there is no such user.
 * @param {string} user
 * @returns {Account}
 */
export function accountOf(user) {
  if (process.getuid?.() !== 0) return {}
  const id = (/** @type {string} */ flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * A folder that the account alone may enter, inside one that it may pass through.
 * @param {string} folder
 * @param {Account} account
 */
export function makeFolder(folder, account) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  own(folder, account)
}

/**
 * A file that the account alone may read.
 * @param {string} file
 * @param {string} text
 * @param {Account} account
 */
export function makeFile(file, text, account) {
  writeFileSync(file, text, { mode: 0o600 })
  own(file, account)
}

/**
 * @param {string} path
 * @param {Account} account
 */
function own(path, { uid, gid }) {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

/**
 * The folder of a run is made by mkdtemp for its maker alone; the accounts of the servers pass through it.
 * @param {string} folder
 */
export function letPass(folder) {
  chmodSync(folder, 0o711)
}

/**
 * Runs a program to its end. Throws what it said where it failed.
 * @param {string} program
 * @param {string[]} args
 * @param {Account} account
 */
export function runAs(program, args, account) {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', HOME: '/nonexistent' }
  const result = spawnSync(program, args, {
    ...account,
    cwd: '/',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  if (result.status === 0) return
  const said = result.error?.message ?? `${result.stdout}\n${result.stderr}`.trim()
  throw new Error(`${program} failed: ${said}`)
}
