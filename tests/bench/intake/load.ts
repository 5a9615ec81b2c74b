/**
 * The sender's side as a process of its own: requests are signed beforehand and written as they are on keep-alive
 * connections, one in flight on each. A general HTTP client would cost as much CPU as the service that is measured, on the
 * same two cores, and so draw every ratio towards 1.
 */
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { signedHeaders } from '../../../adapters/credentials/signature.ts'
import { orderOf } from './orders.ts'
import { servePart } from './part.ts'

export interface LoadOrder {
  readonly port: number
  readonly channel: string
  readonly secret: string
  readonly connections: number
  /** Requests that are made ready; sending ends with them or with the time, whichever comes first. */
  readonly requests: number
  readonly seconds: number
  /** Number of the first order: each is sent once only. */
  readonly from: number
}

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

interface Sender {
  readonly socket: Socket
  /** Resolves with the answer's body once it is whole. Throws for any answer but 202. */
  send(request: Buffer): Promise<string>
}

const headEnd = Buffer.from('\r\n\r\n')

/** The body's bytes where `received` holds a whole answer, else undefined. */
function wholeAnswer(received: Buffer): { head: string; body: Buffer } | undefined {
  const end = received.indexOf(headEnd)
  if (end === -1) return undefined
  const head = received.toString('latin1', 0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`An answer without Content-Length cannot be read here:\n${head}`)
  const from = end + headEnd.length
  return received.length < from + Number(length) ? undefined : { head, body: received.subarray(from) }
}

async function openSender(port: number): Promise<Sender> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let received: Buffer = Buffer.alloc(0)
  let waiting: PromiseWithResolvers<string> | undefined
  socket.on('error', (cause) => waiting?.reject(cause))
  socket.on('close', () => waiting?.reject(new Error('The service closed a connection.')))
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const answer = wholeAnswer(received)
    if (answer === undefined) return
    received = Buffer.alloc(0)
    const body = answer.body.toString('utf8')
    if (answer.head.startsWith('HTTP/1.1 202 ')) waiting?.resolve(body)
    else waiting?.reject(new Error(`${answer.head.split('\r\n', 1)[0]}: ${body.slice(0, 500)}`))
  })
  return {
    socket,
    send: (request) => {
      waiting = Promise.withResolvers<string>()
      socket.write(request)
      return waiting.promise
    },
  }
}

function signedRequest({ channel, port, secret }: LoadOrder, n: number): Buffer {
  const path = `/v1/channels/${channel}/reports`
  const { body } = orderOf(n)
  const signature = signedHeaders(secret, {
    method: 'POST',
    url: path,
    body,
    nonce: randomUUID(),
    at: new Date(),
  })
  const headers = {
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...signature,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}

const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0

let ready: { senders: Sender[]; requests: Buffer[]; seconds: number } | undefined

async function prepare(order: LoadOrder): Promise<void> {
  const requests = Array.from({ length: order.requests }, (_, index) =>
    signedRequest(order, order.from + index),
  )
  const senders = await Promise.all(Array.from({ length: order.connections }, () => openSender(order.port)))
  ready = { senders, requests, seconds: order.seconds }
}

async function go(): Promise<LoadResult> {
  if (ready === undefined) throw new Error('Nothing was prepared.')
  const { senders, requests, seconds } = ready
  ready = undefined
  const tookMs: number[] = []
  let next = 0
  const startedAt = performance.now()
  const until = startedAt + seconds * 1000
  const sendOn = async (sender: Sender) => {
    for (;;) {
      const sentAt = performance.now()
      const request = requests[next]
      if (request === undefined || sentAt > until) return
      next += 1
      await sender.send(request)
      tookMs.push(performance.now() - sentAt)
    }
  }
  await Promise.all(senders.map(sendOn))
  const elapsedS = (performance.now() - startedAt) / 1000
  for (const { socket } of senders) socket.removeAllListeners('close').destroy()
  const sorted = tookMs.toSorted((a, b) => a - b)
  return {
    requests: tookMs.length,
    seconds: elapsedS,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  }
}

servePart({ prepare, go })
