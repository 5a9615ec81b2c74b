import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive, markOf, withProcessLock } from './process-lock.mjs'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guiyi-lock-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('four processes that add to one number by turns lose no addition', async () => {
  const counter = join(folder, 'counter')
  writeFileSync(counter, '0')
  const code = `import { withProcessLock } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'process-lock.mjs')).href)}
    import { readFileSync, writeFileSync } from 'node:fs'
    for (let i = 0; i < 5; i++) await withProcessLock(${JSON.stringify(join(folder, 'lock'))}, { waitMs: 30000 }, async () => {
      const before = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'))
      await new Promise(setImmediate)
      writeFileSync(${JSON.stringify(counter)}, String(before + 1))
    })`

  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' }),
  )
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'close'))[0] as unknown))

  expect(codes).toEqual([0, 0, 0, 0])
  expect(readFileSync(counter, 'utf8')).toBe('20')
})

test('a lock left by a process that died is taken over', async () => {
  const lock = join(folder, 'lock')
  mkdirSync(lock)
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(join(lock, '3'), JSON.stringify({ pid, bornAt: null }))

  expect(await withProcessLock(lock, { waitMs: 1_000 }, async () => 'done')).toBe('done')
})

test('a living holder is named to whoever waited in vain', async () => {
  const lock = join(folder, 'lock')
  mkdirSync(lock)
  writeFileSync(join(lock, '1'), JSON.stringify(markOf()))

  await expect(withProcessLock(lock, { waitMs: 60 }, async () => 'done')).rejects.toThrow(
    `Process ${process.pid} has held the lock`,
  )
})

test('a later process with the same number is not taken for the earlier one', () => {
  expect(isAlive(markOf())).toBe(true)
  expect(isAlive({ pid: process.pid, bornAt: 'another boot:1' })).toBe(false)
})
