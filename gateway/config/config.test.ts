import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigurationError, readConfig } from './config.ts'
import { createSecrets, readMasterKey } from './secrets.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'guiyi-config-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

test('nothing set is a trial set-up on loopback', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8148,
    databaseUrl: undefined,
    casePrefix: 'PS',
    production: false,
  })
})

test.each([
  [{ NODE_ENV: 'production' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  [{ GUIYI_PORT: 'eight' }, 'GUIYI_PORT'],
  [{ GUIYI_PORT: '70000' }, 'GUIYI_PORT'],
  [{ GUIYI_CASE_PREFIX: 'ps' }, 'GUIYI_CASE_PREFIX'],
  [{ GUIYI_LOG_LEVEL: 'loud' }, 'GUIYI_LOG_LEVEL'],
  [{ NODE_ENV: 'production', DATABASE_URL: 'postgres://h/d', GUIYI_KILL_AT: 'x' }, 'GUIYI_KILL_AT'],
])('%j is refused and names %s', (env, variable) => {
  expect(() => readConfig(env)).toThrow(ConfigurationError)
  expect(() => readConfig(env)).toThrow(variable)
})

test('a trial’s master key is generated once, for its owner only', () => {
  const config = readConfig({ GUIYI_VAR: folder() })

  const first = readMasterKey(config, {})

  expect(readMasterKey(config, {})).toEqual(first)
  expect(statSync(join(config.varDir, 'master.key')).mode & 0o077).toBe(0)
})

test('in production a missing or short master key is refused', () => {
  const config = readConfig({ NODE_ENV: 'production', DATABASE_URL: 'postgres://h/d' })

  expect(() => readMasterKey(config, {})).toThrow('openssl rand -base64 32')
  expect(() => readMasterKey(config, { GUIYI_MASTER_KEY: 'c2hvcnQ=' })).toThrow('5 bytes')
})

test('a secret that is not set names the variable and the file', () => {
  const secret = createSecrets(readConfig({ GUIYI_SECRETS_DIR: folder() }), {
    GUIYI_SECRET_HOTLINE_A: 'from the environment',
  })

  expect(secret('hotline-a')).toBe('from the environment')
  expect(() => secret('hotline-b')).toThrow('GUIYI_SECRET_HOTLINE_B')
})
