import { fileURLToPath } from 'node:url'
import { isAbsolute, join, resolve } from 'node:path'

/** Everything that can be set from outside, typed. Secrets are apart: see secrets.ts. */
export interface Config {
  readonly host: string
  readonly port: number
  /** Data of a trial set-up: embedded PostgreSQL, generated master key. */
  readonly varDir: string
  /** Undefined: embedded PostgreSQL under varDir. */
  readonly databaseUrl: string | undefined
  readonly maxConnections: number
  readonly channelsDir: string
  readonly platformsDir: string
  readonly codesDir: string
  readonly secretsDir: string | undefined
  /** Letters in front of case numbers: PS20261122-000123. */
  readonly casePrefix: string
  readonly logLevel: string
  readonly maxBodyBytes: number
  /** How long work that a process took stays its own after its last sign of life. */
  readonly leaseMs: number
  /** How long a case under review is kept from the dispatch 暂缓分拨; 0: not at all. */
  readonly holdMs: number
  readonly killAt: string | undefined
  readonly production: boolean
}

/** A variable that is missing or wrong: says which, why, and what to set. */
export class ConfigurationError extends Error {
  readonly variable: string
  constructor(variable: string, message: string) {
    super(`${variable}: ${message}`)
    this.name = 'ConfigurationError'
    this.variable = variable
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The variables the gateway reads, for `guiyi doctor` and docs. */
export const variables = {
  DATABASE_URL:
    'PostgreSQL 15 or newer, postgres://user:password@host:port/name. Unset: an embedded PostgreSQL under GUIYI_VAR (not with NODE_ENV=production)',
  GUIYI_HOST: 'Address to listen on. Default 127.0.0.1',
  GUIYI_PORT: 'Port to listen on; 0 takes a free one. Default 8148',
  GUIYI_VAR: 'Folder for data of a trial set-up. Default var/ of the checkout',
  GUIYI_CHANNELS: 'Folder of channel files. Default mappings/channels',
  GUIYI_SECRETS_DIR: 'Folder with one file for each secret that a channel names',
  GUIYI_MASTER_KEY:
    'Master key, 32 bytes in base64. Unset: generated once under GUIYI_VAR (not with NODE_ENV=production)',
  GUIYI_MASTER_KEY_FILE: 'File that holds the master key instead',
  GUIYI_CASE_PREFIX: 'Two to six capital letters in front of case numbers. Default PS',
  GUIYI_LOG_LEVEL: 'debug, info, warn, error or silent. Default info',
  GUIYI_MAX_CONNECTIONS: 'Size of the database pool. Default 12',
  GUIYI_MAX_BODY_MIB: 'Largest payload that is accepted. Default 10',
  GUIYI_LEASE_S:
    'Seconds after which the work of a process that was killed is taken over, 5 to 300. Default 30',
  GUIYI_HOLD_MIN:
    'Minutes for which a case is kept from the dispatch while a clerk is asked about its report, 0 to 10; 0: not at all. Default 10',
  GUIYI_KILL_AT: 'For tests: a named point at which the process kills itself',
} as const

const levels = new Set(['trace', 'debug', 'info', 'warn', 'error', 'silent'])

function integer(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  range: { min: number; max: number },
): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw new ConfigurationError(
      name,
      `"${text}" is no whole number from ${range.min} to ${range.max}. Set one, or unset it for ${fallback}.`,
    )
  }
  return value
}

function folder(env: NodeJS.ProcessEnv, name: string, fallback: string): string {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  return isAbsolute(text) ? text : resolve(env['GUIYI_CWD'] ?? process.cwd(), text)
}

function databaseUrl(env: NodeJS.ProcessEnv, production: boolean): string | undefined {
  const text = env['DATABASE_URL']
  if (text === undefined || text === '') {
    if (production)
      throw new ConfigurationError(
        'DATABASE_URL',
        'is not set. With NODE_ENV=production the embedded trial database is not used; set it to postgres://user:password@host:5432/guiyi.',
      )
    return undefined
  }
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol)) {
    throw new ConfigurationError(
      'DATABASE_URL',
      'is no PostgreSQL address. It looks like postgres://user:password@host:5432/guiyi; characters such as @ in the password are written %40.',
    )
  }
  return text
}

/** Reads the environment. Throws ConfigurationError for the first variable that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const production = env['NODE_ENV'] === 'production'
  const casePrefix = env['GUIYI_CASE_PREFIX'] ?? 'PS'
  if (!/^[A-Z]{2,6}$/.test(casePrefix))
    throw new ConfigurationError('GUIYI_CASE_PREFIX', `"${casePrefix}" is not two to six capital letters.`)
  const logLevel = env['GUIYI_LOG_LEVEL'] ?? 'info'
  if (!levels.has(logLevel))
    throw new ConfigurationError('GUIYI_LOG_LEVEL', `"${logLevel}" is none of ${[...levels].join(', ')}.`)
  const killAt = env['GUIYI_KILL_AT']
  if (production && killAt !== undefined)
    throw new ConfigurationError('GUIYI_KILL_AT', 'is for tests; unset it with NODE_ENV=production.')
  return {
    host: env['GUIYI_HOST'] ?? '127.0.0.1',
    port: integer(env, 'GUIYI_PORT', 8148, { min: 0, max: 65535 }),
    varDir: folder(env, 'GUIYI_VAR', join(root, 'var')),
    databaseUrl: databaseUrl(env, production),
    maxConnections: integer(env, 'GUIYI_MAX_CONNECTIONS', 12, { min: 4, max: 200 }),
    channelsDir: folder(env, 'GUIYI_CHANNELS', join(root, 'mappings/channels')),
    platformsDir: join(root, 'mappings/platforms'),
    codesDir: join(root, 'mappings/codes'),
    secretsDir: env['GUIYI_SECRETS_DIR'] === undefined ? undefined : folder(env, 'GUIYI_SECRETS_DIR', ''),
    casePrefix,
    logLevel,
    maxBodyBytes: integer(env, 'GUIYI_MAX_BODY_MIB', 10, { min: 1, max: 200 }) * 1024 * 1024,
    leaseMs: integer(env, 'GUIYI_LEASE_S', 30, { min: 5, max: 300 }) * 1000,
    holdMs: integer(env, 'GUIYI_HOLD_MIN', 10, { min: 0, max: 10 }) * 60_000,
    killAt,
    production,
  }
}
