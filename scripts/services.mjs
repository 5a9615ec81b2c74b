// @ts-check
// Runs tests/services against real servers, each on free loopback ports in a temporary folder of its own.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ensureDovecot, startDovecot } from './servers/dovecot.mjs'
import { ensureMariadb, startMariadb } from './servers/mariadb.mjs'
import { ensurePostgres, startPostgres } from './servers/postgres.mjs'
import { openScratch } from './servers/scratch.mjs'
import { ensureZeep } from './servers/zeep.mjs'

const root = join(import.meta.dirname, '..')

process.exitCode = await main(process.argv.slice(2))

/** @param {string[]} args */
async function main(args) {
  const scratch = openScratch()
  const stopped = listenForSignals()
  try {
    for (const ensure of [ensurePostgres, ensureMariadb, ensureDovecot, ensureZeep]) {
      await ensure()
      stopped.throwIfAborted()
    }
    const [postgres, mariadb, dovecot] = await scratch.start([startPostgres, startMariadb, startDovecot])
    stopped.throwIfAborted()
    const { stop: _stop, ...mail } = dovecot
    const servers = {
      DATABASE_URL: postgres.url,
      GUIYI_TEST_MARIADB: mariadb.url,
      GUIYI_TEST_DOVECOT: JSON.stringify(mail),
    }
    return await runTests(servers, args, stopped)
  } catch (error) {
    console.error(`services: ${error instanceof Error ? error.message : String(error)}`)
    console.log('0 passed, 1 failed')
    return 1
  } finally {
    await scratch.close()
  }
}

/** From now on a signal ends nothing by itself: the servers are stopped on the way out. */
function listenForSignals() {
  const abort = new AbortController()
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => abort.abort(new Error(`stopped by ${signal}`)))
  return abort.signal
}

/**
 * @param {Record<string, string>} servers
 * @param {string[]} args
 * @param {AbortSignal} stopped
 * @returns {Promise<number>}
 */
function runTests(servers, args, stopped) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const command = [vitest, 'run', '--config', 'vitest.services.config.ts', ...args]
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...servers },
  })
  stopped.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  return new Promise((resolve) =>
    child.on('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))),
  )
}
