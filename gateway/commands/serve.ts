import { defineCommand } from 'citty'
import { readConfig } from '../config/config.ts'
import { startGateway } from '../main.ts'

const stopWithinMs = 25_000

export const serveCommand = defineCommand({
  meta: { name: 'serve', description: 'Run the gateway until it is stopped (Ctrl-C, SIGTERM)' },
  run: async () => {
    const asked = Promise.withResolvers<void>()
    const stop = () => {
      setTimeout(() => process.exit(1), stopWithinMs).unref()
      asked.resolve()
    }
    // From the first moment: a start that is broken off takes the embedded database down again.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
    const gateway = await startGateway(readConfig())
    console.log(`guiyi is ready at ${gateway.url}  (API: ${gateway.url}/docs)`)
    const problems = gateway.deps.catalog.problems()
    for (const { channelId, detail } of problems) console.error(`Channel ${channelId} cannot run: ${detail}`)
    const live = gateway.deps.catalog.all().filter((channel) => channel.state === 'live').length
    if (live === 0)
      console.log(
        'No channel is live yet. docs/channels.md says how to add one; `npm run demo` shows a whole district.',
      )
    await asked.promise
    await gateway.stop()
  },
})
