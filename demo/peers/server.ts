import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Request {
  readonly method: string
  /** As called, with query. */
  readonly path: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export type Reply =
  | {
      readonly status: number
      readonly body?: string | Buffer | object
      readonly headers?: Readonly<Record<string, string>>
    }
  | Misbehaviour
/** What real systems do now and then: cut the connection, or never answer. */
export type Misbehaviour = 'reset' | 'hang'

/** Longer than any caller waits. */
const hangMs = 20_000

/** Listens on a free port of 127.0.0.1; resolves to the address. */
export async function serve(
  handle: (request: Request) => Reply | Promise<Reply>,
): Promise<{ address: string; close: () => void }> {
  const server = createServer((incoming, response) => {
    readRequest(incoming)
      .then(handle)
      .then((reply) => write(response, reply))
      .catch(() => incoming.destroy())
  })
  server.keepAliveTimeout = 30_000
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.on('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const path = incoming.url ?? '/'
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  )
  return {
    method: incoming.method ?? 'GET',
    path,
    url: new URL(path, 'http://peer'),
    headers,
    body: Buffer.concat(chunks),
  }
}

function write(response: ServerResponse, reply: Reply): void {
  if (reply === 'reset') return void response.socket?.destroy()
  if (reply === 'hang') return void setTimeout(() => response.socket?.destroy(), hangMs).unref()
  const { status, body = '', headers } = reply
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  response.writeHead(status, {
    ...(!isRaw && { 'content-type': 'application/json; charset=utf-8' }),
    ...headers,
  })
  response.end(isRaw ? body : JSON.stringify(body))
}
