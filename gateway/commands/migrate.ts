import { defineCommand } from 'citty'
import { readConfig } from '../config/config.ts'
import { reachDatabase } from '../main.ts'
import { migrate } from '../store/migrate.ts'
import { createLogger } from '../telemetry/logger.ts'

export const migrateCommand = defineCommand({
  meta: { name: 'migrate', description: 'Bring the database to the newest tables (serve does it too)' },
  run: async () => {
    const config = readConfig()
    const database = await reachDatabase(config, createLogger({ level: 'error' }))
    try {
      await migrate(database.url)
      console.log('The database is up to date.')
    } finally {
      await database.stop()
    }
  },
})
