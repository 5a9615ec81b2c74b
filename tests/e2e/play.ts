import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removeDatabases } from '../../demo/leftovers.ts'
import { defaults, type DemoOptions } from '../../demo/options.ts'
import { createLimit } from '../../demo/peers/limit.ts'
import type { DemoResult } from '../../demo/print.ts'
import { playDemo } from '../../demo/run.ts'
import { createTestDatabase } from '../support/database.ts'

const folder = join(import.meta.dirname, '../../var/test-e2e')

// A run is a dozen processes; what it mostly does is wait for leases.
const twoAtATime = createLimit(2)

/** Plays the demo in small on a database of its own. The folder of an uneven run is kept. */
export function play(options: Partial<DemoOptions>): Promise<DemoResult> {
  return twoAtATime(() => playAlone(options))
}

async function playAlone(options: Partial<DemoOptions>): Promise<DemoResult> {
  const database = await createTestDatabase()
  mkdirSync(folder, { recursive: true })
  const run = mkdtempSync(join(folder, 'run-'))
  try {
    const result = await playDemo({
      ...defaults,
      count: 25,
      paceMs: 150,
      quiet: true,
      databaseUrl: database.url,
      var: run,
      ...options,
    })
    if (result.even) {
      removeDatabases(run)
      rmSync(run, { recursive: true, force: true })
    }
    return result
  } finally {
    await database.drop()
  }
}
