import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Account, runAs } from './account.ts'
import { type Binaries, sharedFolder } from './binaries.ts'

/** The files of one embedded PostgreSQL. `root` is real: no symlink on the way. */
export type DataFolder = { root: string; cluster: string; password: string; log: string; users: string }

/** The folder behind `dataDir`, or null when none was laid yet. */
export function openDataFolder(dataDir: string): DataFolder | null {
  if (!existsSync(dataDir)) return null
  const root = realpathSync(dataDir)
  return {
    root,
    cluster: join(root, 'cluster'),
    password: join(root, 'password'),
    log: join(root, 'postgres.log'),
    users: join(root, 'users'),
  }
}

/**
 * Lays the folder. Where the account can't reach `dataDir` (a checkout in root's home), the folder lies under
 * /var/lib/guiyi and `dataDir` is a symlink to it; its name is new each time, so a fresh clone never meets the data of a removed one.
 */
export function layDataFolder(dataDir: string, account: Account, log: (message: string) => void): DataFolder {
  mkdirSync(dirname(dataDir), { recursive: true })
  if (!existsSync(dataDir)) {
    if (lstatSync(dataDir, { throwIfNoEntry: false })) {
      log(`${dataDir} pointed to a folder that is gone; starting with an empty database`)
      rmSync(dataDir)
    }
    mkdirSync(dataDir)
    if (!isReachable(dataDir, account)) moveAway(dataDir, log)
  }
  const folder = openDataFolder(dataDir)
  if (!folder) throw new Error(`${dataDir} could not be created.`)
  if (!isReachable(folder.root, account)) throw new Error(unreachable(dataDir, account))
  mkdirSync(folder.users, { recursive: true })
  return folder
}

function unreachable(dataDir: string, account: Account): string {
  const name = account.kind === 'other' ? account.name : 'this user'
  return `PostgreSQL runs as ${name}, who may not enter ${dataDir}. Move that folder under ${sharedFolder} and leave a symlink in its place, or set DATABASE_URL.`
}

function isReachable(folder: string, account: Account): boolean {
  return account.kind === 'self' || runAs(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder]).ok
}

function moveAway(dataDir: string, log: (message: string) => void): void {
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 })
  const away = mkdtempSync(join(sharedFolder, `${basename(dataDir)}-`))
  chmodSync(away, 0o755)
  writeFileSync(join(away, 'origin'), `${dataDir}\n`)
  rmSync(dataDir, { recursive: true })
  symlinkSync(away, dataDir)
  log(
    `the database lies in ${away}, because PostgreSQL may not enter ${dirname(dataDir)}; ${dataDir} points to it`,
  )
}

/** Runs initdb once. A cluster stands whole in its place or not at all; the password is made here and never shown. */
export function layCluster(
  folder: DataFolder,
  account: Account,
  binaries: Binaries,
  options: { sync: 'sync' | 'no-sync' },
): void {
  if (existsSync(folder.cluster)) return
  const draft = `${folder.cluster}.new`
  const password = randomBytes(24).toString('base64url')
  const passwordFile = join(folder.root, 'initdb-password')
  rmSync(draft, { recursive: true, force: true })
  rmSync(passwordFile, { force: true })
  mkdirSync(draft, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account.kind === 'other')
    for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid)
  try {
    initdb(draft, passwordFile, account, binaries, options.sync === 'no-sync' ? ['--no-sync'] : [])
  } finally {
    rmSync(passwordFile, { force: true })
  }
  rmSync(folder.password, { force: true })
  writeFileSync(folder.password, password, { mode: 0o600 })
  renameSync(draft, folder.cluster)
}

function initdb(
  draft: string,
  passwordFile: string,
  account: Account,
  binaries: Binaries,
  more: string[],
): void {
  const base = [
    '-D',
    draft,
    '--username=guiyi',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...more,
  ]
  const usual = runAs(account, binaries.initdb, [...base, '--locale=C.UTF-8'])
  if (usual.ok) return
  // A system without C.UTF-8: PostgreSQL's own locale of that name sorts and folds the same way.
  const own = runAs(account, binaries.initdb, [
    ...base,
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ])
  if (!own.ok) throw new Error(`initdb could not create a database cluster in ${draft}: ${usual.output}`)
}

/** The secret of the role guiyi. Throws when it is another user's. */
export function readPassword(folder: DataFolder): string {
  try {
    return readFileSync(folder.password, 'utf8')
  } catch (cause) {
    throw new Error(
      `${folder.password} can't be read. Run as the user who first started this gateway, or set DATABASE_URL.`,
      { cause },
    )
  }
}
