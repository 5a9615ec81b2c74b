/**
 * The embedded databases of a run: the gateway's is stopped when gateways were killed without being started again, and all
 * are removed with their run. A partner's own is stopped by its peer (`peers/own-postgres.ts`).
 */
import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs'
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

/** Where a partner has a database server of its own. */
export function partnerDatabase(folder: string, partner: string): string {
  return join(folder, 'databases', partner)
}

/** The databases of an even run are of no more use, and large. */
export function removeDatabases(folder: string): void {
  const partners = join(folder, 'databases')
  const names = existsSync(partners) ? readdirSync(partners) : []
  for (const dataDir of [dataOf(folder), ...names.map((name) => partnerDatabase(folder, name))]) {
    if (!existsSync(dataDir)) continue
    // It may be a link to where the database's own user can reach it.
    rmSync(realpathSync(dataDir), { recursive: true, force: true })
    rmSync(dataDir, { recursive: true, force: true })
  }
}
