// @ts-check
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const readyWithinMs = 60_000
const lookEveryMs = 100
const stopWithinMs = 20_000

/**
 * @typedef {{
 *   name: string, program: string, args: string[], account: import('./account.mjs').Account, log: string,
 *   stopSignal?: NodeJS.Signals, isReady: () => Promise<boolean> | boolean,
 * }} Daemon
 */

/**
 * Runs a server in the foreground as a child in a process group of its own (Ctrl-C is for us, who then stop it), and waits until it is ready.
 * The kernel ends it where this process dies without stopping it. Throws with the end of its log where it does not get ready.
 * @param {Daemon} daemon
 * @returns {Promise<() => Promise<void>>} stops it
 */
export async function startDaemon(daemon) {
  const { uid, gid } = daemon.account
  const signal = daemon.stopSignal ?? 'SIGTERM'
  const drop =
    uid === undefined || gid === undefined ? [] : [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  const log = openSync(daemon.log, 'a', 0o600)
  const child = spawn(
    'setpriv',
    [`--pdeathsig=${signal.slice(3)}`, ...drop, '--', daemon.program, ...daemon.args],
    {
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', HOME: '/nonexistent' },
      stdio: ['ignore', log, log],
      detached: true,
    },
  )
  closeSync(log)
  let ended = ''
  const exit = new Promise((resolve) => {
    child.once('error', (error) => resolve((ended = error.message)))
    child.once('exit', (code, by) => resolve((ended = by ?? `exit code ${code}`)))
  })
  const stop = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    child.kill(signal)
    await exit
    clearTimeout(timer)
  }
  try {
    await untilReady(daemon, () => ended)
  } catch (error) {
    if (ended === '') await stop()
    throw error
  }
  return stop
}

/**
 * @param {Daemon} daemon
 * @param {() => string} ended how it ended; empty while it runs
 */
async function untilReady({ name, log, isReady }, ended) {
  const deadline = Date.now() + readyWithinMs
  while (!(await isReady())) {
    const why = ended() || (Date.now() > deadline ? `not ready within ${readyWithinMs / 1000} s` : '')
    if (why !== '') throw new Error(`${name} did not start (${why}). The end of its log:\n${tail(log)}`)
    await delay(lookEveryMs)
  }
}

/** @param {string} file */
function tail(file) {
  return readFileSync(file, 'utf8').split('\n').slice(-20).join('\n')
}
