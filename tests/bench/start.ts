/**
 * How soon a gateway of 148 channels is ready, and what it uses while nothing happens.
 *
 *   npm run bench start -- [--starts 3] [--idle-s 30] [--settle-s 15] [--few 8]
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { findRunning, startEmbeddedPostgres } from '../../gateway/store/embedded-postgres.ts'
import { startPeers, type Peers } from '../support/channels-148/peers.ts'
import type { MadeChannel } from '../support/channels-148/types.ts'
import { runGateway, type GatewayRun } from './start/gateway-run.ts'
import { measureIdle, type Idle } from './start/idle.ts'

const help = `How soon a gateway of 148 channels is ready, and what it uses while nothing happens.

  npm run bench start -- [options]

  --starts N       later starts, nothing changed; the median is told (3)
  --idle-s S       seconds over which memory and CPU are measured (30)
  --settle-s S     seconds after the start before that: first polls are spread over 10 (15)
  --few N          channels of the smaller gateway that the memory of one channel is reckoned from; 0 leaves it out (8)
  --embedded       also start with the gateway's own embedded PostgreSQL, as \`npm start\` does

Every partner answers on loopback: lists and feeds are empty, at the pace of the channel files. DATABASE_URL names a
PostgreSQL for the run (its user may create databases); without it an embedded one is started, which the times leave out.
The last line is JSON. Linux only: CPU and memory are read from /proc.`

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '3' },
    'idle-s': { type: 'string', default: '30' },
    'settle-s': { type: 'string', default: '15' },
    few: { type: 'string', default: '8' },
    embedded: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const say = (line: string) => console.error(line)
const masterKey = randomBytes(32).toString('base64')

interface Server {
  readonly url: string
  /** Undefined where it is not ours. */
  readonly postmaster: number | undefined
  createDatabase(name: string): Promise<string>
  stop(): Promise<void>
}

async function startServer(folder: string): Promise<Server> {
  const given = process.env['DATABASE_URL']
  const dataDir = join(folder, 'postgres')
  const server =
    given === undefined || given === ''
      ? await startEmbeddedPostgres({ dataDir, log: () => undefined })
      : { url: given, stop: async () => undefined }
  const run = randomBytes(4).toString('hex')
  const made: string[] = []
  const asking = async (statements: readonly string[]) => {
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined })
    for (const statement of statements) await sql.unsafe(statement)
    await sql.end()
  }
  return {
    url: server.url,
    postmaster: (await findRunning(dataDir))?.pid,
    createDatabase: async (name) => {
      const database = `guiyi_bench_${name}_${run}`
      await asking([`create database ${database} template template0 encoding 'UTF8'`])
      made.push(database)
      const url = new URL(server.url)
      url.pathname = `/${database}`
      return url.href
    },
    stop: async () => {
      await asking(made.map((database) => `drop database if exists ${database} with (force)`))
      await server.stop()
    },
  }
}

/** A folder as a gateway's operator would have it. */
function environment(folder: string, channels: readonly MadeChannel[]): NodeJS.ProcessEnv {
  for (const part of ['channels', 'secrets']) mkdirSync(join(folder, part), { recursive: true })
  for (const { channel, text, secrets } of channels) {
    writeFileSync(join(folder, 'channels', `${channel}.yaml`), text)
    for (const [name, value] of Object.entries(secrets)) writeFileSync(join(folder, 'secrets', name), value)
  }
  return {
    GUIYI_PORT: '0',
    GUIYI_VAR: folder,
    GUIYI_CHANNELS: join(folder, 'channels'),
    GUIYI_SECRETS_DIR: join(folder, 'secrets'),
    GUIYI_MASTER_KEY: masterKey,
  }
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN

interface Starts {
  readonly firstMs: number
  readonly laterMs: number
  /** Of the later ones, the least. */
  readonly cpuMs: number
}

async function started(run: Promise<GatewayRun>, expected: number): Promise<GatewayRun> {
  const gateway = await run
  if (gateway.channels === expected && gateway.countOf('channel.problem') === 0) return gateway
  await gateway.stop()
  throw new Error(`${gateway.channels} of ${expected} channels run: the figures would say nothing.`)
}

/** First with an empty database, then with nothing changed. The last one is left running. */
async function measureStarts(
  env: NodeJS.ProcessEnv,
  channels: number,
): Promise<Starts & { last: GatewayRun }> {
  const first = await started(runGateway(env), channels)
  const later: GatewayRun[] = []
  let last = first
  for (let n = 0; n < Number(values.starts); n += 1) {
    await last.stop()
    last = await started(runGateway(env), channels)
    later.push(last)
  }
  const told = (runs: readonly GatewayRun[]) =>
    runs.map(({ readyMs, cpuMs }) => `${readyMs.toFixed(0)} (${cpuMs.toFixed(0)})`).join(', ')
  say(`ms to ready (ms of CPU): first ${told([first])}; later ${told(later)}`)
  return {
    firstMs: first.readyMs,
    laterMs: median(later.map(({ readyMs }) => readyMs).toSorted((a, b) => a - b)),
    cpuMs: Math.min(...later.map(({ cpuMs }) => cpuMs)),
    last,
  }
}

async function measureAll(folder: string, server: Server, peers: Peers) {
  const { channels } = peers
  const env = {
    ...environment(join(folder, 'all'), channels),
    DATABASE_URL: await server.createDatabase('all'),
  }
  const starts = await measureStarts(env, channels.length)
  await after(Number(values['settle-s']) * 1_000)
  const askedBefore = peers.http.asked
  const idle = await measureIdle(starts.last.pid, {
    seconds: Number(values['idle-s']),
    postmaster: server.postmaster,
  })
  const polls = peers.http.asked - askedBefore
  const failed = starts.last.countOf('poll.failed') + peers.http.refused.length
  await starts.last.stop()
  if (failed > 0) throw new Error(`${failed} polls failed: the figures would say nothing.`)
  return { starts, idle, polls }
}

/** Of a gateway of a few channels, one of each platform first. */
async function measureFew(folder: string, server: Server, peers: Peers): Promise<Idle> {
  const few = peers.channels.filter(({ channel }) => channel.endsWith('-01')).slice(0, Number(values.few))
  const env = {
    ...environment(join(folder, 'few'), few),
    DATABASE_URL: await server.createDatabase('few'),
  }
  const { last } = await measureStarts(env, few.length)
  await after(Number(values['settle-s']) * 1_000)
  const idle = await measureIdle(last.pid, {
    seconds: Number(values['idle-s']),
    postmaster: server.postmaster,
  })
  await last.stop()
  return idle
}

/** As `npm start` on a machine without a PostgreSQL. */
async function measureEmbedded(folder: string, { channels }: Peers): Promise<string> {
  const env = { ...environment(join(folder, 'embedded'), channels), DATABASE_URL: '' }
  const runs: string[] = []
  for (const name of ['first', 'second']) {
    const gateway = await started(runGateway(env), channels.length)
    await gateway.stop()
    runs.push(`${name} ${gateway.readyMs.toFixed(0)} ms`)
  }
  return runs.join(', ')
}

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  if (process.platform !== 'linux') throw new Error('This bench reads /proc: it runs on Linux only.')
  const folder = mkdtempSync(join(tmpdir(), 'guiyi-bench-'))
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })]
  try {
    const server = await startServer(folder)
    stops.push(() => server.stop())
    const peers = await startPeers(148, { server: server.url, pages: 'empty' })
    stops.push(() => peers.stop())
    const { starts, idle, polls } = await measureAll(folder, server, peers)
    const few = Number(values.few) > 0 ? await measureFew(folder, server, peers) : undefined
    const embedded = values.embedded ? await measureEmbedded(folder, peers) : undefined
    print({ channels: peers.channels.length, starts, idle, polls, few, embedded })
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

function print(figures: {
  channels: number
  starts: Starts
  idle: Idle
  polls: number
  few: Idle | undefined
  embedded: string | undefined
}): void {
  const { channels, starts, idle, polls, few, embedded } = figures
  const rows = [
    ['first start, empty database', `${starts.firstMs.toFixed(0)} ms`],
    ['later start, nothing changed (median)', `${starts.laterMs.toFixed(0)} ms`],
    ['its CPU until then (least)', `${starts.cpuMs.toFixed(0)} ms`],
    ['resident when idle', `${idle.rssMb.toFixed(0)} MB (at most ${idle.mostRssMb.toFixed(0)})`],
    ['CPU of the gateway when idle', `${idle.cpuPercent.toFixed(1)} % of a core`],
    ['CPU of PostgreSQL meanwhile', `${idle.postgresCpuPercent.toFixed(1)} % of a core`],
    ['lists and feeds asked meanwhile', `${polls} in ${idle.seconds} s`],
    ...(few === undefined ? [] : [['resident with a few channels', `${few.rssMb.toFixed(0)} MB`]]),
    ...(embedded === undefined ? [] : [['with its own embedded PostgreSQL', embedded]]),
  ]
  say(`\n${channels} channels`)
  for (const [what, figure] of rows) say(`${what?.padEnd(40)} ${figure}`)
  console.log(
    JSON.stringify({
      start_ms: Math.round(starts.laterMs),
      start_first_ms: Math.round(starts.firstMs),
      idle_rss_mb: Math.round(idle.rssMb),
      idle_cpu_percent: Math.round(idle.cpuPercent * 10) / 10,
    }),
  )
}

await main()
