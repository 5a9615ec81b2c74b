/** A whole gateway on a database of its own, and a hotline that speaks its real protocol, for integration tests. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { stringify } from 'yaml'
import { signedHeaders } from '../../adapters/credentials/signature.ts'
import { readConfig } from '../../gateway/config/config.ts'
import { createKey } from '../../gateway/http/keys.ts'
import { startGateway, type Gateway } from '../../gateway/main.ts'
import { createLogger } from '../../gateway/telemetry/logger.ts'
import type { Case, CaseEvent, DispatchItem, NewCaseEvent } from '../../schemas/case.ts'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import { createTestDatabase } from './database.ts'

export const inboundSecret = 'inbound-secret-of-the-test-hotline'

/** What the hotline was told, in its own words. */
export interface Told {
  readonly path: string
  readonly body: { readonly [field: string]: unknown }
}

/** The partner's side of `hotline-12345`: takes callbacks, answers as it is told to. */
export interface Hotline {
  readonly url: string
  readonly told: Told[]
  /** Answers of the next calls; `{"code":0}` where none is left. */
  readonly answers: { status: number; body: unknown }[]
  /** Runs while a call waits for its answer. */
  whileCalled: ((body: Told['body']) => Promise<void>) | undefined
  close(): Promise<void>
}

export async function startHotline(): Promise<Hotline> {
  const told: Told[] = []
  const answers: { status: number; body: unknown }[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    const answerCall = async () => {
      const body =
        request.method === 'POST' ? (JSON.parse(Buffer.concat(chunks).toString('utf8')) as Told['body']) : {}
      const answer = answers.shift() ?? { status: 200, body: { code: 0 } }
      await hotline.whileCalled?.(body)
      if (request.method === 'POST' && answer.status === 200 && (answer.body as { code?: number }).code === 0)
        told.push({ path: request.url ?? '', body })
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer.body))
    }
    request.on('end', () => void answerCall())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hotline: Hotline = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told,
    answers,
    whileCalled: undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return hotline
}

/** A hotline channel file that calls back to `url`. */
export function hotlineChannel(url: string, other: object = {}): object {
  return {
    channel: 'hotline-a',
    platform: 'hotline-12345',
    name: { zh: '测试热线' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    feeds: { push: { settings: { authentication: { secret: { secret: 'inbound' } } } } },
    reverse: { settings: { baseUrl: url, signing: { secret: { secret: 'outbound' } } } },
    deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.5] },
    ...other,
  }
}

export interface House {
  readonly gateway: Gateway
  readonly databaseUrl: string
  readonly dispatchKey: string
  readonly adminKey: string
  /** Log lines so far, as written. */
  readonly log: string[]
  /** A signed push to a channel. */
  push(
    channel: string,
    body: unknown,
    options?: {
      batch?: boolean
      headers?: Record<string, string>
      raw?: Uint8Array | string
      nonce?: string
      at?: Date
      query?: string
    },
  ): Promise<Response>
  accepted(channel: string, body: unknown): Promise<Acknowledgement>
  dispatchItems(after?: string): Promise<{ items: DispatchItem[]; cursor: string }>
  append(
    number: string,
    event: Omit<NewCaseEvent, 'eventId' | 'occurredAt'> & Partial<NewCaseEvent>,
  ): Promise<Response>
  readCase(number: string): Promise<{ case: Case; allowed: string[]; events: CaseEvent[] }>
  caseOf(channel: string, externalId: string): Promise<string>
  /** POST where there is a body, else GET. */
  admin(path: string, body?: object, method?: 'PUT' | 'DELETE'): Promise<Response>
  /** Another gateway process's worth on the same database; stopped with the house. */
  second(): Promise<Gateway>
  readonly channelsDir: string
  /** For commands of the gateway on this house's database. */
  readonly environment: { readonly [name: string]: string }
  /** Stops the gateway and starts another on the same database; `between` runs while there is none. */
  restart(between?: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/** Asks again until a condition is met that the house will meet; fails loudly after 20 s. */
export async function until<T>(what: string, read: () => Promise<T | undefined | false>): Promise<T> {
  return await vi.waitFor(
    async () => {
      const found = await read()
      if (found === undefined || found === false) throw new Error(`It did not come true: ${what}`)
      return found
    },
    { timeout: 20_000, interval: 20 },
  )
}

/** A channel is an object, or the text of its file. `secrets`: beside the two that every house has. */
export async function startHouse(
  channels: readonly object[],
  { secrets: more = {} }: { secrets?: Readonly<Record<string, string>> } = {},
): Promise<House> {
  const database = await createTestDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'guiyi-house-'))
  mkdirSync(join(folder, 'channels'))
  for (const channel of channels)
    writeFileSync(
      join(folder, 'channels', `${(channel as { channel: string }).channel}.yaml`),
      'text' in channel ? String(channel.text) : stringify(channel),
    )
  const secrets = join(folder, 'secrets')
  mkdirSync(secrets)
  writeFileSync(join(secrets, 'inbound'), inboundSecret)
  writeFileSync(join(secrets, 'outbound'), 'outbound-secret-of-the-test-hotline')
  for (const [name, value] of Object.entries(more)) writeFileSync(join(secrets, name), value)
  const environment = {
    DATABASE_URL: database.url,
    GUIYI_PORT: '0',
    GUIYI_VAR: folder,
    GUIYI_CHANNELS: join(folder, 'channels'),
    GUIYI_SECRETS_DIR: secrets,
    GUIYI_MASTER_KEY: randomBytes(32).toString('base64'),
  }
  const config = readConfig(environment)
  process.env['GUIYI_MASTER_KEY'] = environment.GUIYI_MASTER_KEY
  const log: string[] = []
  const start = async (): Promise<Gateway> =>
    await startGateway(config, {
      log: createLogger({ level: 'debug', destination: { write: (line: string) => void log.push(line) } }),
    })
  let gateway = await start()
  const others: Gateway[] = []
  const now = new Date()
  const dispatchKey = (await createKey(gateway.deps.db, { name: 'dispatch', scopes: ['dispatch'], now })).key
  const adminKey = (await createKey(gateway.deps.db, { name: 'admin', scopes: ['admin'], now })).key
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
  const push: House['push'] = async (channel, body, options = {}) => {
    const path = `/v1/channels/${channel}/reports${options.batch === true ? ':batch' : ''}${options.query ?? ''}`
    const bytes = options.raw ?? JSON.stringify(body)
    const signature = signedHeaders(inboundSecret, {
      method: 'POST',
      url: path,
      body: bytes,
      nonce: options.nonce ?? randomUUID(),
      at: options.at ?? new Date(),
    })
    return await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes),
      headers: { 'content-type': 'application/json', ...signature, ...options.headers },
    })
  }
  const house: House = {
    get gateway() {
      return gateway
    },
    databaseUrl: database.url,
    dispatchKey,
    adminKey,
    log,
    push,
    accepted: async (channel, body) => {
      const answer = await push(channel, body)
      if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as Acknowledgement
    },
    dispatchItems: async (after = '0') => {
      const answer = await fetch(`${gateway.url}/v1/dispatch/cases?after=${after}`, {
        headers: bearer(dispatchKey),
      })
      return (await answer.json()) as { items: DispatchItem[]; cursor: string }
    },
    append: async (number, event) =>
      await fetch(`${gateway.url}/v1/dispatch/cases/${number}/events`, {
        method: 'POST',
        headers: { ...bearer(dispatchKey), 'content-type': 'application/json' },
        body: JSON.stringify({ eventId: randomUUID(), occurredAt: new Date().toISOString(), ...event }),
      }),
    readCase: async (number) => {
      const answer = await fetch(`${gateway.url}/v1/dispatch/cases/${number}`, {
        headers: bearer(dispatchKey),
      })
      return (await answer.json()) as { case: Case; allowed: string[]; events: CaseEvent[] }
    },
    caseOf: async (channel, externalId) =>
      await until(`report ${externalId} of ${channel} has a case`, async () => {
        const [row] = await gateway.deps.db.sql<{ number: string }[]>`
          select c.number from reports p join cases c on c.id = p.case_id where p.channel_id = ${channel} and p.external_id = ${externalId}`
        return row?.number
      }),
    admin: async (path, body, method) =>
      await fetch(`${gateway.url}/v1/admin${path}`, {
        headers: { ...bearer(adminKey), 'content-type': 'application/json' },
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    second: async () => {
      const other = await start()
      others.push(other)
      return other
    },
    channelsDir: join(folder, 'channels'),
    environment,
    restart: async (between) => {
      await gateway.stop()
      await between?.()
      gateway = await start()
    },
    stop: async () => {
      for (const other of others) await other.stop()
      await gateway.stop()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return house
}

const firsts = Array.from('翠云锦梧枫桂榕柏松兰荷莲菊梅杏桃')
const seconds = Array.from('溪岭湾洲坪塘浦滨汀泽渚')
const matters = [
  ['0231', '路灯不亮', '门前照明设施整晚熄灭，夜间出行不便，请尽快维修'],
  ['0111', '垃圾无人清运', '堆放的生活垃圾三天没有清走，异味严重，希望安排清扫'],
  ['0311', '工地深夜施工', '塔吊与打桩机凌晨仍在作业，老人孩子无法入睡，请制止'],
  ['0221', '坑洼积水', '车道上出现一个大坑，雨后看不见深浅，已有电动车摔倒'],
  ['0531', '违停堵路', '货车长期占用人行横道，学生只能绕到机动车道上行走'],
] as const
let orders = 0

/** A work order as the hotline would send it; each about a matter and a road of its own. */
export function order(other: { [field: string]: unknown } = {}): {
  [field: string]: unknown
  order_no: string
} {
  orders += 1
  const number = `G${String(20_261_122_000_000 + orders)}`
  const road = `${firsts[orders % firsts.length]}${seconds[orders % seconds.length]}路`
  const [category, title, content] = matters[orders % matters.length] as (typeof matters)[number]
  return {
    msg_type: 'ORDER',
    msg_id: `M${number}`,
    order_no: number,
    flow_id: `F${orders}`,
    order_type: '3',
    title: `${road}${title}`,
    content: `${road}${content}。`,
    category,
    event_time: '2026-11-20 09:30:00',
    urgency: '1',
    address: `${road}${orders}号`,
    caller: { name: '王小明', phone: `1380000${String(1000 + orders)}` },
    is_secret: '0',
    ...other,
  }
}
