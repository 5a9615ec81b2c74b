// @ts-check
// Runs tests/services against Debian's PostgreSQL 15: a cluster of its own in a temporary folder, on a free loopback port.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const programs = '/usr/lib/postgresql/15/bin'

process.exitCode = await main(process.argv.slice(2))

/** @param {string[]} args */
async function main(args) {
  const scratch = mkdtempSync(join(tmpdir(), 'guiyi-services-'))
  /** @type {(() => void) | undefined} */
  let stop
  try {
    ensureServer()
    const server = await startServer(scratch)
    stop = server.stop
    return await runTests(server.url, args)
  } catch (error) {
    console.error(`services: ${error instanceof Error ? error.message : String(error)}`)
    console.log('0 passed, 1 failed')
    return 1
  } finally {
    stop?.()
    rmSync(scratch, { recursive: true, force: true })
  }
}

function ensureServer() {
  if (existsSync(join(programs, 'postgres'))) return
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(
      `PostgreSQL 15 is not installed (no ${programs}), and there is no apt-get to install it with. Install it, or run these tests on Debian 12.`,
    )
  }
  if (process.getuid?.() !== 0)
    throw new Error(
      'PostgreSQL 15 is not installed, and only root can install it: apt-get install postgresql-15',
    )
  console.error('services: installing postgresql-15 ...')
  apt(['update'])
  apt(['install', '-y', '--no-install-recommends', 'postgresql-15'])
  if (!existsSync(join(programs, 'postgres')))
    throw new Error(`apt-get installed postgresql-15, but ${programs}/postgres is not there.`)
}

/** @param {string[]} args */
function apt(args) {
  const result = spawnSync('apt-get', args, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (result.status !== 0) throw new Error(`apt-get ${args.join(' ')} failed; its own messages stand above.`)
}

/** @param {string} scratch */
async function startServer(scratch) {
  const account = accountForServer()
  const cluster = join(scratch, 'cluster')
  const passwordFile = join(scratch, 'password')
  const log = join(scratch, 'postgres.log')
  const password = randomBytes(24).toString('base64url')
  chmodSync(scratch, 0o755)
  mkdirSync(cluster, { mode: 0o700 })
  for (const file of [passwordFile, log]) writeFileSync(file, file === log ? '' : password, { mode: 0o600 })
  if (account.uid !== undefined)
    for (const path of [cluster, passwordFile, log]) chownSync(path, account.uid, account.gid)

  const port = await freePort()
  run(
    'initdb',
    [
      '-D',
      cluster,
      '-U',
      'guiyi',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ],
    account,
  )
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: 300,
  }
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}='${value}'`)
    .join(' ')
  try {
    run('pg_ctl', ['start', '-w', '-t', '60', '-D', cluster, '-l', log, '-o', options], account)
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : ''}\n${readFileSync(log, 'utf8')}`, {
      cause: error,
    })
  }
  return {
    url: `postgres://guiyi:${password}@127.0.0.1:${port}/postgres`,
    stop: () => run('pg_ctl', ['stop', '-m', 'fast', '-w', '-D', cluster], account),
  }
}

/** The server refuses to run as root; Debian's package makes the user postgres. */
function accountForServer() {
  if (process.getuid?.() !== 0) return {}
  const id = (/** @type {string} */ flag) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ uid?: number, gid?: number }} account
 */
function run(program, args, account) {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' }
  const result = spawnSync(join(programs, program), args, {
    ...account,
    cwd: '/',
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (result.status !== 0) throw new Error(`${program} failed: ${result.stderr || result.error?.message}`)
}

/** @returns {Promise<number>} */
function freePort() {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/**
 * @param {string} url
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runTests(url, args) {
  const command = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'vitest.services.config.ts',
    ...args,
  ]
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, DATABASE_URL: url },
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => child.kill(signal))
  return new Promise((resolve) =>
    child.on('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))),
  )
}
