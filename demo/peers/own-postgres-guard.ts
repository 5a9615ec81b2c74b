/**
 * Stops the PostgreSQL server of a peer that is gone without saying that it stopped it. Runs as a process of its own, for the
 * data folder of its argument.
 */
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { findRunning, startEmbeddedPostgres } from '../../gateway/store/embedded-postgres.ts'

/** What its peer says once it has stopped the server itself. */
export type AllClear = 'stopped'

/** A server that was still starting answers after a while only. */
const looksAfterMs = [0, 500, 1_500, 4_000]
const dataDir = process.argv[2] ?? ''

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined)
process.on('message', () => process.exit(0))
process.on('disconnect', () => void end())

async function end(): Promise<void> {
  for (const ms of looksAfterMs) {
    await delay(ms)
    // The last of its users to leave stops it; the peer is known to be gone.
    if (existsSync(dataDir) && (await findRunning(dataDir)) !== null) {
      const server = await startEmbeddedPostgres({ dataDir, log: () => undefined })
      await server.stop()
    }
  }
  process.exit(0)
}
