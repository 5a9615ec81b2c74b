// @ts-check
// Adds to package-lock.json the optional packages of other platforms that the registry in use does not serve; without them
// `npm ci` calls the lock file out of step. They carry version and platform, which is all npm needs to pass them over.
// Run after every npm install that changed the lock file. With --check: says whether any is missing.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} Entry */

const file = join(import.meta.dirname, '../package-lock.json')
const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  aix: 'aix',
  win: 'win32',
  win32: 'win32',
  windows: 'win32',
}
const processors = {
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  loong64: 'loong64',
  mips64el: 'mips64el',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
  x64: 'x64',
}
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

/** @type {{ packages: Record<string, Entry> }} */
const lock = JSON.parse(readFileSync(file, 'utf8'))
const added = missingEntries(lock.packages)
if (process.argv.includes('--check')) {
  if (added.length > 0)
    console.log(
      `package-lock.json lacks ${added.length} packages of other platforms, among them ${added[0]?.[0]}.`,
    )
  process.exitCode = added.length > 0 ? 1 : 0
} else {
  const all = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) => a.localeCompare(b, 'en'))
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(all) }, null, 2)}\n`)
  console.log(`package-lock.json: ${added.length} packages of other platforms added`)
}

/**
 * @param {Record<string, Entry>} packages
 * @returns {[string, Entry][]}
 */
function missingEntries(packages) {
  /** @type {Map<string, Entry>} */
  const missing = new Map()
  for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (resolvesFrom(path, name, packages)) continue
      const platform = platformOf(name)
      if (!platform) continue // pure optional packages are served everywhere; a missing one is worth npm's complaint
      const { os, cpu, libc } = platform
      // The order of keys is npm's own, so that its next write changes nothing.
      missing.set(`node_modules/${name}`, {
        version,
        cpu,
        ...(dev ? { dev } : {}),
        ...(libc.length > 0 ? { libc } : {}),
        optional: true,
        os,
      })
    }
  }
  return [...missing]
}

/**
 * Whether Node's walk up the folders finds the package.
 * @param {string} path
 * @param {string} name
 * @param {Record<string, Entry>} packages
 */
function resolvesFrom(path, name, packages) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) return true
    if (folder === '') return false
  }
}

/** @param {string} name as in @oxlint/binding-linux-arm64-musl */
function platformOf(name) {
  const words = name.split(/[/-]/)
  const os = pick(words, systems)
  const cpu = pick(words, processors)
  const libc = pick(words, libraries)
  return os.length > 0 && cpu.length > 0 ? { os, cpu, libc } : null
}

/**
 * @param {string[]} words
 * @param {Record<string, string>} table
 */
function pick(words, table) {
  return words.flatMap((word) => (Object.hasOwn(table, word) ? [String(table[word])] : [])).slice(0, 1)
}
