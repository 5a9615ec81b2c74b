/** A house with writeback's edges in the test's hand: clock, chance, partners, log. The database is real. */
import { randomBytes } from 'node:crypto'
import Type from 'typebox'
import type { Adapter, Channel as AdapterChannel, OutgoingHttp } from '../../adapters/adapter.ts'
import type { Catalog, ChannelRuntime } from '../../gateway/catalog/catalog.ts'
import type { Deps } from '../../gateway/deps.ts'
import { compileMapping } from '../../gateway/mapping/compile.ts'
import { openDatabase } from '../../gateway/store/client.ts'
import { createEnvelope } from '../../gateway/store/envelope.ts'
import { newId } from '../../gateway/store/ids.ts'
import type { StageName } from '../../gateway/store/signals.ts'
import { GatewayError } from '../../gateway/telemetry/errors.ts'
import { createLogger } from '../../gateway/telemetry/logger.ts'
import { createMetrics } from '../../gateway/telemetry/metrics.ts'
import type { Notice, Outcome } from '../../schemas/delivery.ts'
import type { Mapping, ReverseMapping } from '../../schemas/mapping.ts'
import { createTestDatabase } from './database.ts'

type Answer = Outcome | Error | ((notice: Notice, signal: AbortSignal) => Outcome | Promise<Outcome>)

const callNobody = () => Promise.reject(new Error('This channel calls nobody.'))

/** A partner's end of the line: says what the test tells it to, and remembers what it was told. */
export interface ScriptedPartner {
  readonly adapter: Adapter<unknown>
  readonly calls: Notice[]
  readonly lookups: Notice[]
  /** Answers to the next calls, in order; `delivered` after them. */
  answers(...next: Answer[]): void
  lookupAnswers(...next: Answer[]): void
}

export function createScriptedPartner(): ScriptedPartner {
  const calls: Notice[] = []
  const lookups: Notice[] = []
  const script: Answer[] = []
  const lookupScript: Answer[] = []
  const say = async (next: Answer | undefined, notice: Notice, signal: AbortSignal): Promise<Outcome> => {
    if (next instanceof Error) throw next
    return typeof next === 'function' ? next(notice, signal) : (next ?? { kind: 'delivered' })
  }
  return {
    calls,
    lookups,
    answers: (...next) => void script.push(...next),
    lookupAnswers: (...next) => void lookupScript.push(...next),
    adapter: {
      protocol: 'scripted',
      settings: Type.Object({}),
      authenticate: () => Promise.reject(new Error('This partner sends nothing.')),
      decode: async function* () {},
      deliver: (notice, _channel, signal) => {
        calls.push(notice)
        return say(script.shift(), notice, signal)
      },
      lookup: (notice, _channel, signal) => {
        lookups.push(notice)
        return say(lookupScript.shift(), notice, signal)
      },
    },
  }
}

/** Tells everything by one call; leaves out what a test does not need to say. */
export const tellEverything: ReverseMapping = {
  adapter: 'scripted',
  partner: 'keyed',
  events: { otherwise: { action: 'call', request: 'status' } },
  requests: {
    status: { body: { status: 'event.type', text: 'progressText' }, answer: { delivered: 'status == 200' } },
  },
}

const mappingOf = (reverse: ReverseMapping): Mapping => ({
  platform: 'test',
  name: { zh: '测试' },
  feeds: {
    push: {
      adapter: 'hello',
      rank: 10,
      identity: ['id'],
      forward: [
        {
          into: 'report',
          fields: { externalId: 'id', text: 'text', kind: { value: 'other' }, submittedAt: 'at' },
        },
      ],
    },
  },
  reverse,
})

export interface TestChannel {
  readonly reverse?: Partial<ReverseMapping>
  readonly state?: ChannelRuntime['state']
  readonly partner?: Pick<ScriptedPartner, 'adapter'>
  /** For a real adapter: what it is given. */
  readonly settings?: object
  readonly http?: OutgoingHttp
  readonly deliveries?: Partial<ChannelRuntime['deliveries']>
}

const seconds = [0, 5, 30, 120, 600, 1800, 7200, 21_600, 43_200, 86_400, 86_400]

function runtimeOf(id: string, channel: TestChannel): ChannelRuntime {
  const reverse = { ...tellEverything, ...channel.reverse }
  const compiled = compileMapping(mappingOf(reverse), { file: `${id}.yaml` })
  const adapterChannel: AdapterChannel<unknown> = {
    id,
    feed: 'reverse',
    settings: channel.settings ?? {},
    http: channel.http ?? { call: callNobody, addressOf: callNobody },
    now: () => new Date(),
    request: (name) => ({
      settings: compiled.reverse.requestSettings(name),
      judge: (answer) => compiled.reverse.judge(name, answer),
    }),
    lookup: (notice) => compiled.reverse.lookup(notice),
  }
  return {
    id,
    name: `渠道 ${id}`,
    platform: 'test',
    state: channel.state ?? 'live',
    file: { channel: id, platform: 'test', name: { zh: id } },
    mapping: compiled,
    mappingVersion: `${id}@${compiled.hash.slice(0, 12)}`,
    feeds: new Map(),
    back:
      channel.partner === undefined ? null : { adapter: channel.partner.adapter, channel: adapterChannel },
    deliveries: {
      delaysMs: seconds.map((delay) => delay * 1000),
      uncertainHoldMs: null,
      timeoutMs: 5_000,
      concurrency: 8,
      ...channel.deliveries,
    },
  }
}

const wordings: Catalog['codes']['progress']['events'] = new Map([
  ['registered', { title: '已受理', text: '您的诉求已受理' }],
])

export interface House {
  readonly deps: Deps
  /** Log lines as written. */
  readonly lines: string[]
  readonly wakes: StageName[]
  /** Sets a channel up, or sets it up anew. */
  channel(id: string, channel: TestChannel): ChannelRuntime
  removeChannel(id: string): void
  /** Moves the house's clock; the database's own stays. */
  advance(ms: number): void
  close(): Promise<void>
}

/** Opens on a database of its own. */
export async function createHouse(): Promise<House> {
  const database = await createTestDatabase()
  const db = openDatabase({ url: database.url })
  const channels = new Map<string, ChannelRuntime>()
  const lines: string[] = []
  const wakes: StageName[] = []
  const listeners = new Map<StageName, Set<() => void>>()
  let nowMs = Date.UTC(2026, 10, 23, 1, 0, 0)
  const catalog: Catalog = {
    channel: (id) => {
      const runtime = channels.get(id)
      if (runtime === undefined) throw new GatewayError('channel.unknown', 'No such channel.')
      return runtime
    },
    find: (id) => channels.get(id),
    all: () => [...channels.values()],
    handlerOf: () => undefined,
    problems: () => [],
    trial: () => {
      throw new Error('Nothing is tried here.')
    },
    check: () => ({ missingSecrets: [] }),
    reload: () => Promise.resolve(false),
    onChange: () => () => undefined,
    platforms: new Map(),
    codes: { progress: { nodes: [], events: wordings } } as unknown as Catalog['codes'],
    close: () => Promise.resolve(),
  }
  return {
    deps: {
      db,
      envelope: createEnvelope(randomBytes(32)),
      catalog,
      signals: {
        wake: (stage) => {
          wakes.push(stage)
          for (const listener of listeners.get(stage) ?? []) listener()
        },
        on: (stage, listener) => {
          const set = listeners.get(stage) ?? new Set()
          listeners.set(stage, set.add(listener))
          return () => void set.delete(listener)
        },
        close: () => Promise.resolve(),
      },
      log: createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }),
      metrics: createMetrics(),
      now: () => new Date(nowMs),
      newId,
      killPoint: () => undefined,
      leaseMs: 30_000,
      holdMs: 0,
      holder: 'test',
    },
    lines,
    wakes,
    channel: (id, channel) => {
      const runtime = runtimeOf(id, channel)
      channels.set(id, runtime)
      return runtime
    },
    removeChannel: (id) => void channels.delete(id),
    advance: (ms) => {
      nowMs += ms
    },
    close: async () => {
      await db.close()
      await database.drop()
    },
  }
}
