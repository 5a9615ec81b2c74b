/** A PostgreSQL server of a peer's own. It ends with its peer, however that ends. */
import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startEmbeddedPostgres } from '../../gateway/store/embedded-postgres.ts'
import type { AllClear } from './own-postgres-guard.ts'

export interface OwnPostgres {
  readonly url: string
  readonly stop: () => Promise<void>
}

const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '100', shared_buffers: '16MB' }

/** Throws where the server does not come up. */
export async function startOwnPostgres(dataDir: string): Promise<OwnPostgres> {
  mkdirSync(dirname(dataDir), { recursive: true })
  // In a group of its own, and there before the server is: a signal that ends everybody else leaves somebody to stop it.
  const guard = fork(join(import.meta.dirname, 'own-postgres-guard.ts'), [dataDir], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  })
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      const { promise, resolve } = Promise.withResolvers<void>()
      guard.once('exit', () => resolve())
      guard.send('stopped' satisfies AllClear)
      await promise
    },
  }
}
