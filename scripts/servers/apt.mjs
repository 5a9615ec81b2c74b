// @ts-check
// Installs Debian packages that the services tests and the demo's --services want, without starting any system service.
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { withProcessLock } from '../../gateway/store/process-lock.mjs'

const locks = join(import.meta.dirname, '../../var/locks/apt')
const lockWaitMs = 15 * 60_000
const dpkgWaitS = 600
const updateTries = 10
const updatePauseMs = 6_000
/** Asked by Debian's packages before they start a service; 101 is "no". */
const policyFile = '/usr/sbin/policy-rc.d'
const denyAll = '#!/bin/sh\nexit 101\n'

let isUpdated = false

/**
 * Installs these packages where `isThere` says no, after one `apt-get update` per process. Services that the packages bring are not started.
 * Throws where there is no apt, no root, or the packages do not bring what was asked for.
 * @param {string[]} packages
 * @param {() => boolean} isThere
 */
export async function ensurePackages(packages, isThere) {
  if (isThere()) return
  const names = packages.join(' ')
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new Error(
      `${names} is not installed, and there is no apt-get to install it with. Install it, or run this on Debian 12.`,
    )
  if (process.getuid?.() !== 0)
    throw new Error(`${names} is not installed, and only root can install it: apt-get install ${names}`)
  await withProcessLock(locks, { waitMs: lockWaitMs }, async () => {
    if (isThere()) return
    console.error(`services: installing ${names} ...`)
    await updateOnce()
    withoutStartingServices(() => {
      const options = [
        '-y',
        '--no-install-recommends',
        '--no-upgrade',
        '-o',
        `DPkg::Lock::Timeout=${dpkgWaitS}`,
      ]
      if (!apt(['install', ...options, ...packages]))
        throw new Error(`apt-get install ${names} failed; its own messages stand above.`)
    })
  })
  if (!isThere()) throw new Error(`apt-get installed ${names}, but what it should bring is not there.`)
}

/** Another apt may hold the lists; unlike dpkg's lock, apt-get does not wait for theirs. */
async function updateOnce() {
  for (let tries = 1; !isUpdated; tries++) {
    isUpdated = apt(['update'])
    if (isUpdated) return
    if (tries === updateTries) throw new Error('apt-get update failed; its own messages stand above.')
    await delay(updatePauseMs)
  }
}

/**
 * A machine that has a policy of its own keeps it.
 * @param {() => void} install
 */
function withoutStartingServices(install) {
  let isOurs = false
  try {
    writeFileSync(policyFile, denyAll, { flag: 'wx' })
    chmodSync(policyFile, 0o755)
    isOurs = true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
  }
  try {
    install()
  } finally {
    if (isOurs) rmSync(policyFile, { force: true })
  }
}

/**
 * @param {string[]} args
 * @returns {boolean} whether it went well
 */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  return spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0
}
