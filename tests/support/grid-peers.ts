/** The grid workers' app and the grid platform, each with its own store, and the channels that speak with them. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { verifySignature } from '../../adapters/credentials/signature.ts'

type Fields = { readonly [field: string]: unknown }

interface Peer {
  readonly url: string
  close(): Promise<void>
}

async function serve(
  answer: (request: IncomingMessage, body: Buffer, url: URL) => { status?: number; body: unknown },
): Promise<Peer> {
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://peer')
      const { status = 200, body: said } = answer(request, body, url)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export interface GridApp extends Peer {
  /** What the worker sees of each report, oldest first. */
  readonly seen: Map<string, Fields[]>
  /** Answers of the next callbacks; as usual where none is left. */
  readonly answers: { status: number; body: unknown }[]
}

export const callbackSecret = 'outbound-secret-of-the-test-hotline'

/** Takes only callbacks that are signed; a repeat with the same key is answered with the first receipt. */
export async function startGridApp(): Promise<GridApp> {
  const seen = new Map<string, Fields[]>()
  const receipts = new Map<string, string>()
  const answers: GridApp['answers'] = []
  const peer = await serve((request, body) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const { method = '', url = '' } = request
    const payload = { bytes: body, headers, method, url, receivedAt: new Date() }
    verifySignature(payload, { kind: 'hmac', secret: callbackSecret }, new Date())
    const scripted = answers.shift()
    if (scripted !== undefined) return scripted
    const key = headers['idempotency-key'] ?? ''
    const fields = JSON.parse(body.toString()) as Fields
    const number = String(fields['report_no'])
    if (!receipts.has(key)) seen.set(number, [...(seen.get(number) ?? []), fields])
    receipts.set(key, receipts.get(key) ?? `R${receipts.size + 1}`)
    return { body: { success: true, receipt: receipts.get(key) } }
  })
  return { ...peer, seen, answers }
}

export function gridAppChannel(url: string, other: object = {}): object {
  return {
    channel: 'grid-app-a',
    platform: 'grid-app',
    name: { zh: '测试网格通' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    feeds: { push: { settings: { authentication: { secret: { secret: 'inbound' } } } } },
    reverse: { settings: { baseUrl: url, signing: { secret: { secret: 'outbound' } } } },
    deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.5] },
    ...other,
  }
}

export interface GridPlatform extends Peer {
  /** Its list of changes, oldest first. */
  readonly changes: Fields[]
  /** What it was told of its own orders. */
  readonly told: Map<string, Fields[]>
  /** Cases that were handed to it, and what it was told of them. */
  readonly tasks: Map<string, Fields[]>
  /** Cursors with which it was asked. */
  readonly cursors: string[]
}

const appKey = 'grid-platform-key'

export async function startGridPlatform(): Promise<GridPlatform> {
  const changes: Fields[] = []
  const told = new Map<string, Fields[]>()
  const tasks = new Map<string, Fields[]>()
  const cursors: string[] = []
  /** Once, by its number. */
  const book = (into: Map<string, Fields[]>, name: string, fields: Fields): void => {
    const known = into.get(name) ?? []
    if (!known.some(({ event_no: number }) => number === fields['event_no']))
      into.set(name, [...known, fields])
  }
  const peer = await serve((request, body, url) => {
    if (request.headers['x-app-key'] !== appKey) return { status: 401, body: { code: 401 } }
    if (url.pathname === '/openapi/v2/changes') {
      const cursor = url.searchParams.get('cursor') ?? ''
      cursors.push(cursor)
      const from = Number(cursor.slice(1))
      const list = changes.slice(from, from + Number(url.searchParams.get('limit')))
      const to = from + list.length
      return { body: { code: 0, data: { list, next_cursor: `c${to}`, has_more: to < changes.length } } }
    }
    const [, number] = /^\/openapi\/v2\/cases\/([^/]+)\/events$/.exec(url.pathname) ?? []
    if (number !== undefined) {
      const all = [...told.values(), ...tasks.values()].flat()
      return { body: { code: 0, data: all.filter(({ case_no: one }) => one === number) } }
    }
    const fields = JSON.parse(body.toString()) as Fields
    if (url.pathname.startsWith('/openapi/v2/orders/')) book(told, String(fields['order_no']), fields)
    else book(tasks, String(fields['case_no']), fields)
    const own = fields['order_no'] ?? `T-${String(fields['case_no'])}`
    return { body: { code: 0, data: { no: own } } }
  })
  return { ...peer, changes, told, tasks, cursors }
}

export function gridPlatformChannel(url: string, other: object = {}): object {
  const account = { baseUrl: url, access: { kind: 'api-key', header: 'X-App-Key', secret: appKey } }
  return {
    channel: 'grid-platform-a',
    platform: 'grid-platform',
    name: { zh: '测试网格平台' },
    state: 'live',
    handles: ['WGZX'],
    privateAddresses: ['127.0.0.0/8'],
    feeds: {
      changes: { settings: { ...account, intervalS: 1, poll: { size: 2 } } },
      push: { settings: { authentication: { secret: { secret: 'inbound' } } } },
    },
    reverse: { settings: account },
    deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.5] },
    ...other,
  }
}

export interface Part {
  readonly name: string
  readonly fileName?: string
  readonly type?: string
  readonly body: string | Uint8Array
}

/** A form as an app would send it, with its Content-Type. */
export async function formOf(parts: readonly Part[]): Promise<{ raw: Uint8Array; contentType: string }> {
  const form = new FormData()
  for (const { name, fileName, type, body } of parts) {
    if (fileName === undefined) form.append(name, String(body))
    else form.append(name, new Blob([new Uint8Array(Buffer.from(body))], { type: type ?? '' }), fileName)
  }
  const written = new Response(form)
  return {
    contentType: written.headers.get('content-type') ?? '',
    raw: new Uint8Array(await written.arrayBuffer()),
  }
}

/** The smallest picture there is: one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
