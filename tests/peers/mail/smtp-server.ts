/** The citizens' side of the mail: takes what is sent to it, and misbehaves on demand. */
import { EventEmitter, once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { login } from './imap-server.ts'

export interface Arrived {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

/** What becomes of the next letter. `lost`: taken, but the connection breaks before the answer. */
export type Behaviour = 'take' | 'busy' | 'refuse' | 'lost' | 'silent'

export interface SmtpPeer {
  readonly port: number
  readonly arrived: readonly Arrived[]
  /** Of the next letters; `take` where none is left. */
  readonly next: Behaviour[]
  /** Addresses that do not exist here. */
  readonly unknown: Set<string>
  /** Resolves when a letter met this behaviour. */
  reached(behaviour: Behaviour): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
}

/** With `tls` it speaks TLS from the first byte, or after STARTTLS. */
export async function startSmtpPeer(tls?: {
  readonly key: string
  readonly cert: string
  readonly secure: boolean
}): Promise<SmtpPeer> {
  const arrived: Arrived[] = []
  const next: Behaviour[] = []
  const unknown = new Set<string>()
  const met = new EventEmitter()
  let port = 0
  let server: SMTPServer
  const listen = async (): Promise<void> => {
    server = new SMTPServer({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: tls ? [] : ['STARTTLS'],
      ...tls,
      logger: false,
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, done) => {
        if (username === login.user && password === login.password) done(null, { user: username })
        else done(Object.assign(new Error('no such login'), { responseCode: 535 }))
      },
      onRcptTo: ({ address }, _session, done) => {
        done(unknown.has(address) ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null)
      },
      onData: (stream, session, done) => {
        void buffer(stream).then((bytes) => {
          const { mailFrom, rcptTo } = session.envelope
          const behaviour = next.shift() ?? 'take'
          const refusal = { busy: 451, refuse: 554 }[behaviour as 'busy' | 'refuse'] as number | undefined
          if (refusal !== undefined)
            return done(Object.assign(new Error('not this one'), { responseCode: refusal }))
          arrived.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            raw: bytes.toString(),
          })
          met.emit(behaviour)
          if (behaviour === 'take') return done()
          if (behaviour === 'lost') dropAll()
        })
      },
    })
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.server.address() as AddressInfo).port
  }
  const dropAll = (): void => {
    for (const connection of server.connections as unknown as Set<{ _socket: { destroy(): void } }>)
      connection._socket.destroy()
  }
  await listen()
  return {
    get port() {
      return port
    },
    arrived,
    next,
    unknown,
    reached: async (behaviour) => {
      await once(met, behaviour)
    },
    kill: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      dropAll()
      await closed
    },
    restart: listen,
  }
}
