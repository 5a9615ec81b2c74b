/**
 * Opens connections for the outgoing HTTP client. Three looks at the address: the literal in the URL (for which no DNS is
 * asked), every DNS answer, and the peer of the connection before the request is written.
 */
import type { LookupOptions } from 'node:dns'
import { lookup as systemLookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { getCACertificates } from 'node:tls'
import { callbackify } from 'node:util'
import { buildConnector } from 'undici'
import type { AddressGuard } from './addresses.ts'

/** Every address of a host name. Rejects as `node:dns` does. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

/** Our own guard said no. */
export class AddressBlockedError extends Error {
  readonly hostname: string
  constructor(hostname: string) {
    super('address not allowed')
    this.name = 'AddressBlockedError'
    this.hostname = hostname
  }
}

export interface ConnectorOptions {
  readonly guard: AddressGuard
  readonly connectTimeoutMs: number
  readonly lookup?: Lookup
  /** PEM certificates trusted beside the public ones: a government network's own authority. */
  readonly ca?: readonly string[]
  /** PEM certificate and key with which we show a partner who we are. */
  readonly identity?: { readonly certificate: string; readonly key: string }
}

export function createConnector({
  guard,
  connectTimeoutMs,
  lookup = everyAddress,
  ca = [],
  identity,
}: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    autoSelectFamily: true,
    lookup: guardedLookup(guard, shared(lookup)),
    ...(ca.length > 0 && { ca: [...getCACertificates('default'), ...ca] }),
    ...(identity && { cert: identity.certificate, key: identity.key }),
  })
  return (options, callback) => {
    if (isIP(options.hostname) !== 0 && !guard.allows(options.hostname)) {
      callback(new AddressBlockedError(options.hostname), null)
      return
    }
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null)
      const peer = socket.remoteAddress
      if (peer !== undefined && guard.allows(peer)) {
        // A TLS alert comes before the end of the stream; undici would speak of the end alone.
        socket.prependOnceListener('error', (failure) => socket.destroy(failure))
        return callback(null, socket)
      }
      socket.on('error', () => {}).destroy()
      callback(new AddressBlockedError(options.hostname), null)
    })
  }
}

/** An address of the host to connect to. Rejects with an AddressBlockedError, or as `node:dns` does. */
export async function allowedAddress(
  host: string,
  { guard, lookup = everyAddress }: Pick<ConnectorOptions, 'guard' | 'lookup'>,
): Promise<string> {
  const [first, ...others] = isIP(host) === 0 ? await lookup(host) : [host]
  if (first === undefined)
    throw Object.assign(new Error('no address'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
  if (![first, ...others].every((address) => guard.allows(address))) throw new AddressBlockedError(host)
  return first
}

async function everyAddress(hostname: string): Promise<string[]> {
  return (await systemLookup(hostname, { all: true })).map(({ address }) => address)
}

/**
 * One look-up per name at a time. The system's resolver holds one of Node's four worker threads until it answers; without
 * this the tries for one name, whose name server is silent, would take them all.
 */
function shared(lookup: Lookup): Lookup {
  const running = new Map<string, Promise<readonly string[]>>()
  return (hostname) => {
    const known = running.get(hostname)
    if (known) return known
    const begun = lookup(hostname).finally(() => running.delete(hostname))
    running.set(hostname, begun)
    return begun
  }
}

/**
 * One forbidden answer among several refuses the name: a partner has no reason to mix, an attacker has. Node asks for all
 * addresses at once where it may choose the family (`autoSelectFamily`).
 */
function guardedLookup(guard: AddressGuard, lookup: Lookup): LookupFunction {
  return callbackify(async (hostname: string, { all }: LookupOptions) => {
    if (!all) throw new Error('the connector must ask for all addresses')
    const addresses = await lookup(hostname)
    if (addresses.length === 0)
      throw Object.assign(new Error('no address'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
    if (!addresses.every((address) => guard.allows(address))) throw new AddressBlockedError(hostname)
    return addresses.map((address) => ({ address, family: isIP(address) }))
  })
}
