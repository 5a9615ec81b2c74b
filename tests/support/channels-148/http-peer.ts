/** One server on loopback that plays every partner who speaks HTTP: it gives lists and feeds, and books what it is told. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { XMLParser } from 'fast-xml-parser'
import iconv from 'iconv-lite'
import { verifySignature } from '../../../adapters/credentials/signature.ts'
import { tokenOf } from './place.ts'
import type { MadeChannel, Proof, Told } from './types.ts'

type Fields = { readonly [field: string]: unknown }
type Call = Extract<Told, { kind: 'call' }>

export interface HttpPeer {
  readonly url: string
  /** What each channel's partner was told, oldest first. */
  readonly booked: Map<string, Fields[]>
  /** Requests that it refused, with their channels. */
  readonly refused: string[]
  /** Lists and feeds that it gave. */
  asked: number
  close(): Promise<void>
}

interface Reply {
  readonly status?: number
  readonly contentType: string
  readonly body: Uint8Array | string
}

const json = (value: object, status = 200): Reply => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
})

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly method: string
  readonly url: string
  readonly bytes: Buffer
}

function isProven(proof: Proof, { headers, method, url, bytes }: Request): boolean {
  switch (proof.kind) {
    case 'hmac': {
      const payload = { bytes, headers, method, url, receivedAt: new Date() }
      const settings = { kind: 'hmac', secret: proof.secret, headers: proof.headers } as const
      return verifySignature(payload, settings, new Date()).name === 'hmac'
    }
    case 'header':
      return headers[proof.header] === proof.value
    case 'basic': {
      const pair = Buffer.from(`${proof.user}:${proof.password}`).toString('base64')
      return headers['authorization'] === `Basic ${pair}`
    }
    case 'username-token':
      return bytes.includes(`>${proof.user}<`) && bytes.includes(`>${proof.password}<`)
    case 'none':
    case 'key':
      return true
  }
}

const parser = new XMLParser({ parseTagValue: false, removeNSPrefix: true })
type Tree = { readonly [name: string]: Tree & string }

function fieldsOf({ form }: Call, { bytes, headers }: Request): Fields {
  if (form === 'json') return JSON.parse(bytes.toString()) as Fields
  const said = `${headers['content-type'] ?? ''} ${bytes.subarray(0, 100).toString('latin1')}`
  const text = iconv.decode(bytes, /gb18030/i.test(said) ? 'gb18030' : 'utf-8')
  const tree = parser.parse(text) as Tree
  if (form === 'xml') return tree['node'] ?? tree['request'] ?? {}
  const inner = tree['Envelope']?.['Body']?.['updateStatus']?.['ztxml'] ?? ''
  return (parser.parse(inner) as Tree)['zt'] ?? {}
}

/** `pages`: whether lists and feeds hold the samples. */
export async function startHttpPeer(): Promise<
  HttpPeer & { serve(channels: readonly MadeChannel[], pages: 'samples' | 'empty'): void }
> {
  const channels = new Map<string, MadeChannel>()
  const booked = new Map<string, Fields[]>()
  let pages: 'samples' | 'empty' = 'samples'
  const pageFor = ({ incoming }: MadeChannel, request: Request): Reply => {
    if (incoming.kind !== 'poll') return json({ error: 'no list here' }, 404)
    if (!isProven(incoming.proof, request)) return json({ error: 'not proven' }, 401)
    peer.asked += 1
    const { contentType, full, empty, cursor } = incoming.page
    const at = new URL(request.url, 'http://peer').searchParams.get(cursor ?? '') ?? '0'
    return { contentType, body: pages === 'empty' || at !== '0' ? empty : full }
  }
  const callFor = ({ channel, told }: MadeChannel, request: Request): Reply => {
    if (told.kind !== 'call') return json({ error: 'no interface here' }, 404)
    if (!isProven(told.proof, request)) return json({ error: 'not proven' }, 401)
    booked.set(channel, [...(booked.get(channel) ?? []), fieldsOf(told, request)])
    return told.answer
  }
  const answer = (request: Request): Reply => {
    const [, name = ''] = request.url.split('/')
    const channel = channels.get(name)
    if (channel === undefined) return json({ error: 'nobody here' }, 404)
    if (request.url.endsWith('/oauth/token')) return json({ access_token: tokenOf(name), expires_in: 3600 })
    return request.method === 'GET' ? pageFor(channel, request) : callFor(channel, request)
  }
  const server = createServer((incoming: IncomingMessage, response) => {
    const respond = async () => {
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      )
      const { method = '', url = '/' } = incoming
      const reply = answer({ headers, method, url, bytes: await buffer(incoming) })
      if (reply.status !== undefined && reply.status >= 400) peer.refused.push(`${reply.status} ${url}`)
      response.writeHead(reply.status ?? 200, { 'content-type': reply.contentType }).end(reply.body)
    }
    respond().catch((cause: unknown) => {
      peer.refused.push(`${incoming.url}: ${String(cause)}`)
      response.writeHead(500).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const peer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    booked,
    refused: [] as string[],
    asked: 0,
    serve: (served: readonly MadeChannel[], hold: 'samples' | 'empty') => {
      pages = hold
      for (const one of served) channels.set(one.channel, one)
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return peer
}
