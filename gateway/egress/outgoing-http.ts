/**
 * The one way out of the gateway.
 *
 * Why undici's own dispatcher and not Node's global `fetch` with it: 11,400 calls/s and 101 µs of CPU a call, this file
 * included, against 3,350 and 394 (Node 24, undici 7, two cores, 500-byte POST, server beside it). It also says when the first byte leaves, on which `sent: no |
 * perhaps` rests; `fetch` does not, refuses ports that partners do use (6000, 10080 …) and adds headers of its own. msw
 * sees `fetch` only, but its sockets have no peer address, which the guard rightly refuses: test against a real server on
 * loopback, or hand the adapter an `OutgoingHttp` of your own.
 *
 * Connections are pooled per origin, so a partner that hangs fills its own pool only. No redirect is followed.
 */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Agent } from 'undici'
import {
  OutgoingError,
  type OutgoingAnswer,
  type OutgoingHttp,
  type OutgoingRequest,
  type OutgoingTls,
} from '../../adapters/adapter.ts'
import { createAddressGuard } from './addresses.ts'
import { checkTls } from './check-tls.ts'
import { allowedAddress, createConnector, type Lookup } from './connector.ts'
import { exchange, type ExchangeCall, type RawAnswer } from './exchange.ts'
import { CallEnded, outgoingError } from './failure.ts'

const unzip = promisify(gunzip)

export interface OutgoingHttpOptions {
  /** CIDR blocks that may be reached although they are not public. A wrong one throws a TypeError. */
  readonly allowPrivate: readonly string[]
  /** From the call to the last byte of its answer, where the call names none. */
  readonly timeoutMs: number
  /** Size of an answer, before and after decompression, where the call names none. */
  readonly maxBytes: number
  /** TCP and TLS. */
  readonly connectTimeoutMs?: number
  readonly connectionsPerOrigin?: number
  /** PEM certificates trusted beside the public ones. */
  readonly ca?: readonly string[]
  readonly userAgent?: string
  readonly lookup?: Lookup
}

export interface ClosableOutgoingHttp extends OutgoingHttp {
  /** Lets running calls end (each has its deadline), then closes every connection. A second call waits for the first. */
  close(): Promise<void>
}

/** One client per set of `allowPrivate`: a connection that one channel may use is never lent to another that may not. */
export function createOutgoingHttp(options: OutgoingHttpOptions): ClosableOutgoingHttp {
  const {
    timeoutMs,
    maxBytes,
    connectTimeoutMs = Math.min(timeoutMs, 10_000),
    connectionsPerOrigin = 16,
    userAgent = 'guiyi',
  } = options
  const guard = createAddressGuard(options.allowPrivate)
  const agents = new Map<string, Agent>()
  const agentFor = (tls: OutgoingTls | undefined): Agent => {
    const name = tls === undefined ? '' : fingerprintOf(tls)
    const known = agents.get(name)
    if (known) return known
    if (tls !== undefined) checkTls(tls)
    const made = new Agent({
      connect: createConnector({
        guard,
        connectTimeoutMs,
        ...(options.lookup && { lookup: options.lookup }),
        ca: [...(options.ca ?? []), ...(tls?.ca === undefined ? [] : [tls.ca])],
        ...(tls?.certificate !== undefined &&
          tls.key !== undefined && { identity: { certificate: tls.certificate, key: tls.key } }),
      }),
      connections: connectionsPerOrigin,
      pipelining: 1,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 60_000,
      // The total deadline of each call rules; these would only cut a slow answer twice.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    agents.set(name, made)
    return made
  }
  let closing: Promise<void> | undefined
  return {
    async call(request, signal) {
      const call = callOf(request, { timeoutMs, maxBytes, userAgent })
      return decompressed(await exchange(agentWith(agentFor, request.tls), call, signal), call)
    },
    async addressOf(host, signal) {
      try {
        const found = allowedAddress(host, { guard, ...(options.lookup && { lookup: options.lookup }) })
        return await Promise.race([found, whenAborted(signal)])
      } catch (cause) {
        throw outgoingError(signal.aborted ? new CallEnded('cancelled') : cause, {
          origin: host,
          started: false,
        })
      }
    },
    close: () => (closing ??= Promise.all([...agents.values()].map((agent) => agent.close())).then(() => {})),
  }
}

/** The system's resolver has no deadline of its own. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(new CallEnded('cancelled'))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return promise
}

/** A wrong certificate or key speaks as a setting that is wrong, not as a partner that is away. */
function agentWith(agentFor: (tls: OutgoingTls | undefined) => Agent, tls: OutgoingTls | undefined): Agent {
  try {
    return agentFor(tls)
  } catch (cause) {
    throw new OutgoingError(
      'Our own certificate or key for this partner, or its authority, cannot be used: each is a PEM text, and the key is that of the certificate. Correct the secrets under tls.',
      { sent: 'no', reason: 'blocked', subject: 'tls', cause },
    )
  }
}

/** A connection made under one certificate is never used under another. */
function fingerprintOf({ certificate = '', key = '', ca = '' }: OutgoingTls): string {
  return createHash('sha256').update([certificate, key, ca].join('\n\n')).digest('hex')
}

function callOf(
  request: OutgoingRequest,
  defaults: { timeoutMs: number; maxBytes: number; userAgent: string },
): ExchangeCall {
  const url = URL.parse(request.url)
  if (!url) throw blocked('The address of the call is no URL. Check the base address and the path.')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw blocked(`The address begins with ${url.protocol} Only http: and https: are called.`)
  if (url.username !== '' || url.password !== '')
    throw blocked(
      `The address of ${url.host} holds a user name or password. Put credentials into a header setting.`,
    )
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers: withDefaults(request.headers ?? {}, {
      'user-agent': defaults.userAgent,
      'accept-encoding': 'gzip',
    }),
    body: request.body ?? null,
    timeoutMs: request.timeoutMs ?? defaults.timeoutMs,
    maxBytes: request.maxBytes ?? defaults.maxBytes,
  }
}

function blocked(message: string): OutgoingError {
  return new OutgoingError(message, { sent: 'no', reason: 'blocked' })
}

function withDefaults(
  headers: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  return { ...Object.fromEntries(Object.entries(defaults).filter(([name]) => !given.has(name))), ...headers }
}

/** A small answer may unpack to gigabytes: the bound holds for what comes out, too. */
async function decompressed(
  { status, headers, bytes }: RawAnswer,
  call: ExchangeCall,
): Promise<OutgoingAnswer> {
  const { 'content-encoding': encoding, ...rest } = headers
  if (encoding === undefined || encoding.toLowerCase() === 'identity' || bytes.length === 0)
    return { status, headers, bytes }
  try {
    if (!/^(x-)?gzip$/i.test(encoding)) throw new CallEnded('undecodable')
    return { status, headers: rest, bytes: await unzip(bytes, { maxOutputLength: call.maxBytes }) }
  } catch (error) {
    const isTooLarge = error instanceof RangeError
    const ended =
      error instanceof CallEnded
        ? error
        : new CallEnded(isTooLarge ? 'too-large' : 'undecodable', call.maxBytes, error)
    throw outgoingError(ended, { origin: call.origin, started: true })
  }
}
