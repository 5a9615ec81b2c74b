#!/usr/bin/env node
// @ts-check
// Runs a task with Node 24 on a machine that may have an older one, after installing what package-lock.json asks for.
// Plain JavaScript and no dependency: this file runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { lstatSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withProcessLock } from '../gateway/store/process-lock.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const requiredMajor = 24

/**
 * Node's own limit lets the space of young objects grow to 190 MB while a gateway starts, and keeps it: 390 MB resident instead
 * of 260 with 148 channels.
 */
const lean = ['--max-semi-space-size=8']

/**
 * `dev`: needs the development dependencies. `command`: what Node 24 runs. Only `guiyi` runs where its caller stands.
 * @type {Record<string, { about: string, dev: boolean, command: (args: string[]) => string[] }>}
 */
const tasks = {
  guiyi: {
    about: 'the gateway and its commands',
    dev: false,
    command: (args) => [...lean, inRoot('gateway/cli.ts'), ...args],
  },
  dev: {
    about: 'the gateway, restarted when a file changes',
    dev: true,
    command: (args) => ['--watch', inRoot('gateway/cli.ts'), 'serve', ...args],
  },
  test: { about: 'the tests', dev: true, command: (args) => [bin('vitest', 'vitest.mjs'), 'run', ...args] },
  services: {
    about: 'the tests that want real servers: PostgreSQL 15, MariaDB, dovecot',
    dev: true,
    command: (args) => [inRoot('scripts/services.mjs'), ...args],
  },
  check: {
    about: 'types, lint, format, unused code, migrations',
    dev: true,
    command: (args) => [inRoot('scripts/check.mjs'), ...args],
  },
  fmt: {
    about: 'format, and fix what lint can fix',
    dev: true,
    command: (args) => [inRoot('scripts/check.mjs'), '--fix', ...args],
  },
  generate: {
    about: 'a migration for changed tables',
    dev: true,
    command: (args) => [bin('drizzle-kit', 'bin.cjs'), 'generate', ...args],
  },
  bench: { about: 'a measurement: bench <name>', dev: true, command: benchCommand },
  eval: {
    about: 'a measurement on data from outside: eval --set NAME --data DIR',
    dev: true,
    command: (args) => [inRoot('tests/eval/eval.ts'), ...args],
  },
  mutate: {
    about: 'break each promise in turn and see a test fail',
    dev: true,
    command: (args) => [inRoot('tests/mutation/promises.mjs'), ...args],
  },
}

await main(process.argv.slice(2))

/** @param {string[]} argv */
async function main([name, ...args]) {
  const task = name === undefined ? undefined : Object.hasOwn(tasks, name) ? tasks[name] : undefined
  if (!name || !task) return fail(`${name ? `There is no task "${name}". ` : ''}Tasks:\n${listOfTasks()}`, 2)
  try {
    // The demo's partners speak through packages that the gateway itself does without.
    await ensureInstalled(task.dev || (name === 'guiyi' && args[0] === 'demo'))
    const cwd = name === 'guiyi' || name === 'eval' ? callersFolder() : root
    launch(findNode(), task.command(args), cwd)
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error), 1)
  }
}

function listOfTasks() {
  return Object.entries(tasks)
    .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
    .join('\n')
}

/** @param {string} path */
function inRoot(path) {
  return join(root, path)
}

/**
 * @param {string} name
 * @param {string} file
 */
function bin(name, file) {
  return inRoot(`node_modules/${name}/${file}`)
}

/** @param {string[]} args */
function benchCommand([name, ...args]) {
  const folder = inRoot('tests/bench')
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.ts'))
        .map((file) => file.slice(0, -3))
    : []
  if (name && names.includes(name)) return [join(folder, `${name}.ts`), ...args]
  throw new Error(
    `${name ? `There is no bench "${name}". ` : ''}Name one: ${names.join(', ') || '(tests/bench is empty)'}`,
  )
}

/**
 * npm changes into the checkout; files named on the command line are meant from where the user stands.
 */
function callersFolder() {
  const startedByOurNpm =
    process.env['npm_package_json'] === inRoot('package.json') &&
    process.env['npm_lifecycle_event'] !== undefined
  const initial = process.env['INIT_CWD']
  return startedByOurNpm && initial && existsSync(initial) ? initial : process.cwd()
}

/** @param {boolean} dev */
async function ensureInstalled(dev) {
  if (isInstalled(dev)) return
  refuseToReplace()
  const waitMs = 15 * 60_000
  const onWait = (/** @type {{ pid: number }} */ holder) =>
    say(`waiting for process ${holder.pid}, which is installing the dependencies`)
  await withProcessLock(inRoot('var/locks/install'), { waitMs, onWait }, async () => {
    if (!isInstalled(dev)) install(dev)
  })
}

/** A running gateway may use what is there: with NODE_ENV=production, or through a link, it is replaced by hand only. */
function refuseToReplace() {
  const folder = inRoot('node_modules')
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return
  const why = found.isSymbolicLink()
    ? 'node_modules is a link to another folder'
    : process.env['NODE_ENV'] === 'production'
      ? 'NODE_ENV is production'
      : undefined
  if (why === undefined) return
  throw new Error(
    `The installed packages differ from package-lock.json, and ${why}, so they are left as they are. Stop what runs here, then run: npm ci`,
  )
}

/** @param {boolean} dev */
function install(dev) {
  const startedAtMs = Date.now()
  say(`installing dependencies with npm ci in ${root} (about half a minute) ...`)
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(dev ? ['--include=dev'] : [])]
  const npm = process.env['npm_execpath']
  const byNpm = npm !== undefined && /npm-cli\.c?js$/.test(npm) && existsSync(npm)
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { cwd: root, stdio: ['ignore', 2, 2] }
  const result = byNpm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
  if (result.error)
    throw new Error(
      `npm could not be started (${result.error.message}). Install Node 20 or newer together with npm, and try again.`,
    )
  if (result.status !== 0) {
    throw new Error(
      `npm ci failed (${result.signal ?? `exit code ${result.status}`}); its own messages stand above. Usual causes: no way to the package registry (set npm's registry or proxy), a full disk, or a folder this user may not write.`,
    )
  }
  if (!isInstalled(dev))
    throw new Error(
      'npm ci ended well, but node_modules does not hold what package-lock.json lists. Remove node_modules and try again.',
    )
  say(`dependencies installed in ${Math.round((Date.now() - startedAtMs) / 1000)} s`)
}

/**
 * Compares package-lock.json with the list npm keeps of what it installed, written as its last step.
 * @param {boolean} dev
 */
function isInstalled(dev) {
  const wanted = readPackages('package-lock.json')
  const present = readPackages('node_modules/.package-lock.json')
  if (!wanted)
    throw new Error(
      `${inRoot('package-lock.json')} is missing or damaged. Get it back with: git checkout package-lock.json`,
    )
  if (!present) return false
  return Object.entries(wanted).every(
    ([path, { version, integrity, optional, dev: forDev, devOptional }]) => {
      if (path === '') return true
      const found = present[path]
      if (found) return found.version === version && found.integrity === integrity
      return optional || (!dev && (forDev || devOptional))
    },
  )
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, dev?: boolean, devOptional?: boolean }> | null}
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(inRoot(path), 'utf8')).packages
  } catch {
    return null
  }
}

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= requiredMajor) return process.execPath
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const own = inRoot(`node_modules/node-${platform}-${process.arch}/bin/${file}`)
  if (existsSync(own)) return own
  throw new Error(
    `Node ${requiredMajor} is needed; this is ${process.version}, and npm installed no Node ${requiredMajor} for ${process.platform}-${process.arch}. Either install Node ${requiredMajor} yourself, or run npm ci without --omit=optional.`,
  )
}

/**
 * @param {string} node
 * @param {string[]} command
 * @param {string} cwd
 */
function launch(node, command, cwd) {
  const path = [inRoot('node_modules/.bin'), dirname(node), process.env['PATH'] ?? ''].join(delimiter)
  const plain = process.stdout.isTTY ? {} : { NO_COLOR: process.env['NO_COLOR'] ?? '1' }
  // A third of a start is making machine code out of TypeScript: what one start has made, the next one reads.
  const compiled = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? inRoot('var/compile-cache') }
  const env = { ...process.env, ...plain, ...compiled, PATH: path, GUIYI_CWD: cwd }
  if (node === process.execPath && typeof process.execve === 'function' && process.platform !== 'win32') {
    process.chdir(cwd)
    process.execve(node, [node, ...command], env)
  }
  const child = spawn(node, command, { cwd, env, stdio: 'inherit' })
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`, 1))
  // A terminal sends Ctrl-C to the child as well; forwarding it would make it two.
  const atTerminal = [0, 1, 2].some((fd) => isTerminal(fd))
  const forwarded = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of forwarded) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !atTerminal) child.kill(signal)
    })
  }
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))
}

/** @param {number} fd */
function isTerminal(fd) {
  return Boolean([process.stdin, process.stdout, process.stderr][fd]?.isTTY)
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`guiyi: ${text}\n`)
}

/**
 * @param {string} text
 * @param {number} exitCode
 */
function fail(text, exitCode) {
  say(text)
  process.exitCode = exitCode
}
