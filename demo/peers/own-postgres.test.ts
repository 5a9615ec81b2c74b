import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { findRunning } from '../../gateway/store/embedded-postgres.ts'
import { startOwnPostgres } from './own-postgres.ts'

let dataDir: string

beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'guiyi-own-postgres-')), 'database')
})
afterEach(() => {
  rmSync(realpathSync(dataDir), { recursive: true, force: true })
  rmSync(join(dataDir, '..'), { recursive: true, force: true })
})

it('a server that its peer stops is down, and its guard with it', { timeout: 60_000 }, async () => {
  const { stop } = await startOwnPostgres(dataDir)

  await stop()

  expect(await findRunning(dataDir)).toBeNull()
})

it('a server whose peer is killed comes down all the same', { timeout: 60_000 }, async () => {
  const program = `import { startOwnPostgres } from ${JSON.stringify(join(import.meta.dirname, 'own-postgres.ts'))}
    await startOwnPostgres(${JSON.stringify(dataDir)})
    process.stdout.write('up')`
  const peer = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(peer.stdout, 'data')
  expect(await findRunning(dataDir)).not.toBeNull()

  peer.kill('SIGKILL')

  await vi.waitFor(async () => expect(await findRunning(dataDir)).toBeNull(), {
    timeout: 30_000,
    interval: 200,
  })
})
