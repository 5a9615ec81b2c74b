/**
 * Opens connections for the outgoing HTTP client. Three looks at the address: the literal in the URL (for which no DNS is
 * asked), every DNS answer, and the peer of the connection before the request is written.
 */
import { lookup as systemLookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { getCACertificates } from 'node:tls'
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
}

export function createConnector({
  guard,
  connectTimeoutMs,
  lookup = everyAddress,
  ca = [],
}: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    lookup: guardedLookup(guard, lookup),
    ...(ca.length > 0 && { ca: [...getCACertificates('default'), ...ca] }),
  })
  return (options, callback) => {
    if (isIP(options.hostname) !== 0 && !guard.allows(options.hostname)) {
      callback(new AddressBlockedError(options.hostname), null)
      return
    }
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null)
      const peer = socket.remoteAddress
      if (peer !== undefined && guard.allows(peer)) return callback(null, socket)
      socket.on('error', () => {}).destroy()
      callback(new AddressBlockedError(options.hostname), null)
    })
  }
}

async function everyAddress(hostname: string): Promise<string[]> {
  return (await systemLookup(hostname, { all: true })).map(({ address }) => address)
}

/** One forbidden answer among several refuses the name: a partner has no reason to mix, an attacker has. */
function guardedLookup(guard: AddressGuard, lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname).then(
      (addresses) => {
        const answers = addresses.map((address) => ({ address, family: isIP(address) }))
        const [first] = answers
        if (!first)
          return callback(
            Object.assign(new Error('no address'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
            '',
          )
        if (!addresses.every((address) => guard.allows(address)))
          return callback(new AddressBlockedError(hostname), '')
        return options.all ? callback(null, answers) : callback(null, first.address, first.family)
      },
      (error: unknown) =>
        callback(error instanceof Error ? error : new Error('DNS failed', { cause: error }), ''),
    )
  }
}
