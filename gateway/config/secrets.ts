import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, type Config } from './config.ts'

const masterKeyBytes = 32

function decodeMasterKey(variable: string, text: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== masterKeyBytes) {
    throw new ConfigurationError(
      variable,
      `decodes to ${key.length} bytes; ${masterKeyBytes} are needed. Make one with: openssl rand -base64 32`,
    )
  }
  return key
}

/** For a trial set-up: generated once, readable by its owner only. Two first starts at once agree on one key. */
function generatedMasterKey(varDir: string): Buffer {
  const file = join(varDir, 'master.key')
  if (!existsSync(file)) {
    mkdirSync(varDir, { recursive: true })
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, `${randomBytes(masterKeyBytes).toString('base64')}\n`, { mode: 0o600 })
    chmodSync(draft, 0o600)
    try {
      linkSync(draft, file)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    }
    unlinkSync(draft)
  }
  return decodeMasterKey(file, readFileSync(file, 'utf8'))
}

/** The key that wraps all data keys. Throws ConfigurationError; in production there is no fallback. */
export function readMasterKey(config: Config, env: NodeJS.ProcessEnv = process.env): Buffer {
  const direct = env['GUIYI_MASTER_KEY']
  if (direct !== undefined && direct !== '') return decodeMasterKey('GUIYI_MASTER_KEY', direct)
  const file = env['GUIYI_MASTER_KEY_FILE']
  if (file !== undefined && file !== '') {
    if (!existsSync(file))
      throw new ConfigurationError('GUIYI_MASTER_KEY_FILE', 'names a file that does not exist.')
    return decodeMasterKey('GUIYI_MASTER_KEY_FILE', readFileSync(file, 'utf8'))
  }
  if (config.production)
    throw new ConfigurationError(
      'GUIYI_MASTER_KEY',
      'is not set. Make one with `openssl rand -base64 32`, keep a copy outside the database, and set it or GUIYI_MASTER_KEY_FILE.',
    )
  return generatedMasterKey(config.varDir)
}

/** Finds a secret that a channel names: the variable GUIYI_SECRET_<NAME>, or the file of that name in GUIYI_SECRETS_DIR. */
export function createSecrets(
  config: Config,
  env: NodeJS.ProcessEnv = process.env,
): (name: string) => string {
  return (name) => {
    const variable = `GUIYI_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`
    const direct = env[variable]
    if (direct !== undefined && direct !== '') return direct
    if (config.secretsDir !== undefined && /^[a-zA-Z0-9._-]+$/.test(name)) {
      const file = join(config.secretsDir, name)
      if (existsSync(file)) return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    }
    throw new ConfigurationError(
      variable,
      `the secret "${name}" is not set. Set this variable, or put a file named ${name} into the folder of GUIYI_SECRETS_DIR.`,
    )
  }
}
