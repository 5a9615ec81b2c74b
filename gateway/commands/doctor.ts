import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { loadCatalog } from '../catalog/load-catalog.ts'
import { ConfigurationError, readConfig, variables, type Config } from '../config/config.ts'
import { createSecrets, readMasterKey } from '../config/secrets.ts'
import { openDeps } from '../main.ts'
import { createLogger } from '../telemetry/logger.ts'

interface Check {
  readonly name: string
  readonly run: (config: Config) => Promise<string>
}

/** Each answers with what is well, or throws what is wrong and what to do. */
const checks: readonly Check[] = [
  {
    name: 'Node',
    run: async () => {
      const major = Number(process.versions.node.split('.')[0])
      if (major < 24)
        throw new Error(
          `This is Node ${process.versions.node}; 24 is needed. Start with ./guiyi or npm, which bring it.`,
        )
      return `Node ${process.versions.node}`
    },
  },
  {
    name: 'data folder',
    run: async ({ varDir }) => {
      mkdirSync(varDir, { recursive: true })
      accessSync(varDir, constants.W_OK)
      return varDir
    },
  },
  {
    name: 'master key',
    run: async (config) => {
      readMasterKey(config)
      const file = join(config.varDir, 'master.key')
      const generated =
        process.env['GUIYI_MASTER_KEY'] === undefined && process.env['GUIYI_MASTER_KEY_FILE'] === undefined
      if (generated && existsSync(file) && (statSync(file).mode & 0o077) !== 0)
        throw new Error(`${file} can be read by others. Run: chmod 600 ${file}`)
      return generated ? `generated, in ${file}: keep a copy elsewhere` : 'given from outside'
    },
  },
  {
    name: 'channels',
    run: async (config) => {
      const catalog = await loadCatalog(config, { secret: createSecrets(config), now: () => new Date() })
      await catalog.close()
      const problems = catalog.problems()
      if (problems.length > 0)
        throw new Error(problems.map(({ channelId, detail }) => `${channelId}: ${detail}`).join('\n    '))
      return `${catalog.all().length} in ${config.channelsDir}`
    },
  },
  {
    name: 'database',
    run: async (config) => {
      const { deps, close } = await openDeps(config, { log: createLogger({ level: 'silent' }) })
      try {
        const [row] = await deps.db.sql<{ version: string; encoding: string; clock: number }[]>`
          select current_setting('server_version') as version, current_setting('server_encoding') as encoding, extract(epoch from now())::float8 as clock`
        if (row?.encoding !== 'UTF8')
          throw new Error(`The database is encoded in ${row?.encoding}; make one with UTF8.`)
        if (Math.abs(row.clock * 1000 - Date.now()) > 60_000)
          throw new Error(
            'The clocks of the database and this machine differ by more than a minute. Set them by NTP: signatures and leases depend on it.',
          )
        return `PostgreSQL ${row.version}${config.databaseUrl === undefined ? ', embedded' : ''}`
      } finally {
        await close()
      }
    },
  },
]

export const doctorCommand = defineCommand({
  meta: {
    name: 'doctor',
    description: 'Say what is wrong with this set-up and what to do; --variables lists what can be set',
  },
  run: async () => {
    if (process.argv.includes('--variables'))
      for (const [name, meaning] of Object.entries(variables)) console.log(`${name}\n    ${meaning}`)
    let config: Config
    try {
      config = readConfig()
    } catch (cause) {
      if (!(cause instanceof ConfigurationError)) throw cause
      console.log(`wrong  configuration\n    ${cause.message}`)
      process.exitCode = 1
      return
    }
    for (const { name, run } of checks) {
      try {
        console.log(`well   ${name}: ${await run(config)}`)
      } catch (cause) {
        console.log(`wrong  ${name}\n    ${cause instanceof Error ? cause.message : String(cause)}`)
        process.exitCode = 1
      }
    }
  },
})
