/** A partner on loopback that misbehaves on purpose. Everything it opens is closed when the test ends. */
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createRawServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface PartnerRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Partner {
  readonly url: string
  /** Every request read in full, oldest first. */
  readonly requests: readonly PartnerRequest[]
}

export interface PartnerAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** Answers whole HTTP messages. */
export async function startPartner(
  answer: (request: PartnerRequest, count: number) => PartnerAnswer,
): Promise<Partner> {
  const requests: PartnerRequest[] = []
  const listener: RequestListener = (incoming, outgoing) => {
    void text(incoming).then((body) => {
      const request = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body,
      }
      requests.push(request)
      const { status = 200, headers = {}, body: answerBody = '' } = answer(request, requests.length)
      outgoing.writeHead(status, { ...headers }).end(answerBody)
    })
  }
  return { url: await listen(createHttpServer(listener)), requests }
}

/** Speaks bytes: `onRequest` is called once per connection, when the first bytes of a request are there. */
export async function startRawPartner(
  onRequest: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly heard: () => string }> {
  let heard = ''
  const server = createRawServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.once('data', () => onRequest(socket))
    socket.on('data', (bytes) => (heard += bytes.toString('latin1')))
  })
  return { url: await listen(server), heard: () => heard }
}

/** An address at which nothing listens. */
export async function refusedUrl(): Promise<string> {
  const server = createRawServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return `http://127.0.0.1:${port}`
}

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(async () => {
    const closed = new Promise((done) => server.close(done))
    for (const socket of sockets) socket.destroy()
    await closed
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
