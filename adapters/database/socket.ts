/** The one way to their server: to the address that the guard gave, with our deadline, never to a name. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls, getCACertificates, type TLSSocket } from 'node:tls'
import { isIP } from 'node:net'
import { DatabaseFault } from './fault.ts'
import type { DatabaseSettings } from './settings.ts'

export interface OpenSocket {
  readonly raw: Socket
  /** Rejects with DatabaseFault when `work` takes longer than `ms` or the caller gave up; the connection is then gone. */
  within<T>(ms: number, work: Promise<T>): Promise<T>
  destroy(): void
}

/** Connects. Throws DatabaseFault `lost`. */
export async function openSocket(
  address: string,
  { kind, port, connectTimeoutMs = 5_000 }: DatabaseSettings,
  signal: AbortSignal,
): Promise<OpenSocket> {
  if (signal.aborted) throw new DatabaseFault('lost', 'timeout')
  const raw = connect({
    host: address,
    port: port ?? (kind === 'mysql' ? 3306 : 5432),
    noDelay: true,
    keepAlive: true,
  })
  const gone = Promise.withResolvers<never>()
  gone.promise.catch(() => {})
  const giveUp = (): void => end(new DatabaseFault('lost', 'timeout'))
  const end = (fault: DatabaseFault): void => {
    gone.reject(fault)
    raw.destroy()
  }
  raw.on('error', (error) => gone.reject(new DatabaseFault('lost', codeOf(error), { cause: error })))
  raw.once('close', () => {
    signal.removeEventListener('abort', giveUp)
    gone.reject(new DatabaseFault('lost', 'closed'))
  })
  signal.addEventListener('abort', giveUp, { once: true })
  const open: OpenSocket = {
    raw,
    within: async (ms, work) => {
      const timer = setTimeout(giveUp, ms)
      work.catch(() => {})
      try {
        return await Promise.race([work, gone.promise])
      } finally {
        clearTimeout(timer)
      }
    },
    destroy: () => end(new DatabaseFault('lost', 'closed')),
  }
  await open.within(connectTimeoutMs, new Promise<void>((done) => raw.once('connect', () => done())))
  return open
}

/** What TLS must know: the host's name, since we connect to an address, and whom to trust. */
export function tlsOptions({ host, tls }: DatabaseSettings): {
  readonly host: string
  readonly servername?: string
  readonly rejectUnauthorized: boolean
  readonly ca?: string[]
} {
  return {
    host,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: tls?.mode !== 'require',
    ...(tls?.ca !== undefined && { ca: [...getCACertificates('default'), tls.ca] }),
  }
}

export function usesTls({ tls }: DatabaseSettings): boolean {
  return tls?.mode !== 'off'
}

/** Upgrades a connection. Throws DatabaseFault `lost` with the code of the TLS failure. */
export async function startTls(raw: Socket, settings: DatabaseSettings): Promise<TLSSocket> {
  return await new Promise((done, fail) => {
    const secure = connectTls({ socket: raw, ...tlsOptions(settings) })
    secure.once('error', (error) =>
      fail(new DatabaseFault('lost', `tls: ${codeOf(error)}`, { cause: error })),
    )
    secure.once('close', () => fail(new DatabaseFault('lost', 'tls: closed')))
    secure.once('secureConnect', () => done(secure))
  })
}

/** `ECONNREFUSED`, `CERT_HAS_EXPIRED` …; never the message, which may quote. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[\w.]{1,60}$/.test(code) ? code : 'broken'
}
