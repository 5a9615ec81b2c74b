import { defineCommand } from 'citty'
import { join } from 'node:path'
import { readConfig } from '../config/config.ts'
import { findRunning } from '../store/embedded-postgres.ts'

export const dbCommand = defineCommand({
  meta: { name: 'db', description: 'The database' },
  subCommands: {
    url: defineCommand({
      meta: { name: 'url', description: 'Print how to look inside, for example psql "$(./guiyi db url)"' },
      run: async () => {
        const config = readConfig()
        if (config.databaseUrl !== undefined) {
          console.log(config.databaseUrl)
          return
        }
        const running = await findRunning(join(config.varDir, 'postgres'))
        if (running === null) {
          console.error('The embedded database does not run. Start the gateway (`npm start`) and ask again.')
          process.exitCode = 1
          return
        }
        console.log(running.url)
      },
    }),
  },
})
