import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, statSync } from 'node:fs'

/** The operating-system user PostgreSQL runs as; it refuses to run as root. */
export type Account = { kind: 'self' } | { kind: 'other'; name: string; uid: number; gid: number }

/**
 * The user for a cluster: this process's own, or under root the owner of an existing cluster, else `postgres`, else `nobody`.
 * Throws when root has none of these.
 */
export function chooseAccount(clusterFolder: string): Account {
  if (process.getuid?.() !== 0) return { kind: 'self' }
  const owner = statSync(clusterFolder, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0)
    return { kind: 'other', name: String(owner.uid), uid: owner.uid, gid: owner.gid }
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const account = lookUp(name)
    if (account) return account
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and this machine has neither a user "postgres" nor "nobody" to run it as. Create one (useradd --system postgres), or set DATABASE_URL.',
  )
}

function lookUp(name: string): Account | null {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
    return { kind: 'other', name, uid: id('-u'), gid: id('-g') }
  } catch {
    return null
  }
}

/** Runs a program as the account to its end; its output is kept apart from ours. */
export function runAs(
  account: Account,
  program: string,
  args: readonly string[],
): { ok: boolean; output: string } {
  const result = spawnSync(program, args, {
    ...identity(account),
    cwd: '/',
    env: plainEnv(),
    encoding: 'utf8',
  })
  return {
    ok: result.status === 0,
    output: [result.stdout, result.stderr, result.error?.message].filter(Boolean).join('\n').trim(),
  }
}

/** Starts a program that outlives us: its own session, none of our terminal, its output appended to `logFile`. */
export function startDetached(account: Account, program: string, args: readonly string[], logFile: string) {
  const log = openSync(logFile, 'a', 0o600)
  try {
    const child = spawn(program, args, {
      ...identity(account),
      cwd: '/',
      env: plainEnv(),
      detached: true,
      stdio: ['ignore', log, log],
    })
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

function identity(account: Account) {
  return account.kind === 'other' ? { uid: account.uid, gid: account.gid } : {}
}

/** PG* variables of our user (PGHOST, PGOPTIONS, …) would change what these programs do; locale ones the language of what we read. */
function plainEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C' }
}
