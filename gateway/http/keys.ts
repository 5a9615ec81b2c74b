/** API keys: shown once, stored as a hash, each with the scopes it needs and no more. */
import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'

export interface KeyInfo {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

const scopePattern = /^(dispatch|review|confidential|admin|(?:channel|manage):[a-z0-9][a-z0-9-]{0,62})$/
const keyPattern = /^gy_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}$/
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')

/** Makes a key. The text is given back once and is nowhere kept. Throws `request.parameter` for a scope that is none. */
export async function createKey(
  db: Database,
  key: { name: string; scopes: readonly string[]; now: Date },
): Promise<{ id: string; key: string }> {
  const wrong = key.scopes.find((scope) => !scopePattern.test(scope))
  if (wrong !== undefined || key.scopes.length === 0) {
    throw new GatewayError(
      'request.parameter',
      `${wrong === undefined ? 'A key needs a scope' : `"${wrong}" is no scope`}. Scopes are: dispatch, review (the review desk), confidential (with review: what confidential callers wrote), admin, manage:<channel> (its mapping and life), channel:<channel> (its reports).`,
    )
  }
  const id = randomBytes(6).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 8)
  const text = `gy_${id}_${randomBytes(32).toString('base64url')}`
  await db.sql`insert into api_keys (id, name, hash, scopes, created_at) values (${id}, ${key.name}, ${hashOf(text)}, ${key.scopes as string[]}, ${key.now})`
  return { id, key: text }
}

export async function listKeys(db: Database): Promise<KeyInfo[]> {
  return await db.sql<KeyInfo[]>`
    select id, name, scopes, created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt" from api_keys order by created_at`
}

/** Takes effect in every process within seconds. Throws `key.unknown`. */
export async function revokeKey(db: Database, id: string, now: Date): Promise<void> {
  const revoked =
    await db.sql`update api_keys set revoked_at = coalesce(revoked_at, ${now}) where id = ${id} returning 1`
  if (revoked.length === 0)
    throw new GatewayError('key.unknown', `There is no key ${id}. \`guiyi key list\` shows them.`)
}

interface Known {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly readAt: number
}

export interface KeyPrincipal {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
}

export interface KeyRing {
  /** Who calls; any of several scopes will do. Throws `auth.missing`, `auth.invalid`, `auth.scope`. */
  check(authorization: string | undefined, ...scopes: readonly string[]): Promise<KeyPrincipal>
}

const rememberMs = 3_000
const remembered = 1_000

/** Keys are looked up by hash, and remembered for three seconds. */
export function createKeyRing(db: Database, now: () => Date): KeyRing {
  const known = new Map<string, Known>()
  const find = async (key: string): Promise<Known | undefined> => {
    const hash = hashOf(key)
    const found = known.get(hash)
    if (found !== undefined && performance.now() - found.readAt < rememberMs) return found
    known.delete(hash)
    const [row] = await db.sql<{ id: string; name: string; scopes: string[] }[]>`
      update api_keys set last_used_at = ${now()} where hash = ${hash} and revoked_at is null returning id, name, scopes`
    if (row === undefined) return undefined
    const fresh = { ...row, readAt: performance.now() }
    if (known.size >= remembered) known.clear()
    known.set(hash, fresh)
    return fresh
  }
  return {
    check: async (authorization, ...scopes) => {
      const wanted = scopes.join(' or ')
      if (authorization === undefined || authorization === '')
        throw new GatewayError(
          'auth.missing',
          `This address needs an API key with the scope ${wanted}: send "Authorization: Bearer <key>". \`guiyi key create\` makes one.`,
        )
      const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
      const found = key === undefined || !keyPattern.test(key) ? undefined : await find(key)
      if (found === undefined)
        throw new GatewayError(
          'auth.invalid',
          'This API key is unknown or was revoked. Ask the gateway’s admins for a new one.',
        )
      if (!scopes.some((scope) => found.scopes.includes(scope)))
        throw new GatewayError(
          'auth.scope',
          `Key ${found.id} lacks the scope ${wanted}. Use a key that has it.`,
          { context: { key: found.id } },
        )
      return { id: found.id, name: found.name, scopes: found.scopes }
    },
  }
}
