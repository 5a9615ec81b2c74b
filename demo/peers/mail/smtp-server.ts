/** The citizens' side of the mail: takes what is sent to it, and misbehaves where it is told to. */
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import type { MailLogin } from './imap-server.ts'

export interface Arrived {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

/** What the server does with a letter that it has read. `lost`: the connection breaks before the answer. */
export type Behaviour = 'take' | 'busy' | 'refuse' | 'lost' | 'silent'

export interface SmtpServer {
  readonly port: number
  /** Drops every connection and takes no new one. */
  readonly kill: () => Promise<void>
  readonly restart: () => Promise<void>
}

export interface SmtpServerOptions {
  readonly login: MailLogin
  /** It speaks TLS from the first byte (`secure`), or after STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly secure: boolean } | undefined
  /** Whether this address exists here; all do where missing. */
  readonly knows?: (address: string) => boolean
  readonly onLetter: (letter: Arrived) => Behaviour | Promise<Behaviour>
}

/** Listens on a free port of 127.0.0.1. */
export async function startSmtpServer(options: SmtpServerOptions): Promise<SmtpServer> {
  const { login, tls, knows = () => true, onLetter } = options
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
        else done(refusal(535, 'no such login'))
      },
      onRcptTo: ({ address }, _session, done) => done(knows(address) ? null : refusal(550, 'no such user')),
      onData: (stream, { id, envelope: { mailFrom, rcptTo } }, done) => {
        const behave = async (): Promise<void> => {
          const raw = (await buffer(stream)).toString()
          const from = mailFrom === false ? '' : mailFrom.address
          switch (await onLetter({ from, to: rcptTo.map(({ address }) => address), raw })) {
            case 'take':
              return done()
            case 'busy':
              return done(refusal(451, 'not now'))
            case 'refuse':
              return done(refusal(554, 'not this one'))
            case 'lost':
              return drop(id)
            case 'silent':
          }
        }
        behave().catch(() => drop(id))
      },
    })
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.server.address() as AddressInfo).port
  }
  const drop = (session?: string): void => {
    for (const { id, _socket } of server.connections as Set<{ id: string; _socket: { destroy(): void } }>)
      if (session === undefined || id === session) _socket.destroy()
  }
  await listen()
  return {
    get port() {
      return port
    },
    kill: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      drop()
      await closed
    },
    restart: listen,
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
