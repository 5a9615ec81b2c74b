/** The embedded database of a run: stopped when gateways were killed without being started again, and removed with its run. */
import { existsSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findRunning, startEmbeddedPostgres } from '../gateway/store/embedded-postgres.ts'

const dataOf = (folder: string) => join(folder, 'gateway', 'postgres')

/** Nothing where it does not run, or somebody else uses it. */
export async function stopDatabase(folder: string): Promise<void> {
  const dataDir = dataOf(folder)
  if (!existsSync(dataDir) || (await findRunning(dataDir)) === null) return
  // The last of its users to leave stops it; those that were killed are known to be gone.
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined })
  await server.stop()
}

/** The database of an even run is of no more use, and large. */
export function removeDatabase(folder: string): void {
  const dataDir = dataOf(folder)
  if (!existsSync(dataDir)) return
  // It may be a link to where the database's own user can reach it.
  rmSync(realpathSync(dataDir), { recursive: true, force: true })
  rmSync(dataDir, { recursive: true, force: true })
}
