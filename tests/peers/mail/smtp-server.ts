/** The citizens' side of the mail in tests: behaves as each test says. */
import { EventEmitter, once } from 'node:events'
import {
  startSmtpServer,
  type Arrived,
  type Behaviour,
  type SmtpServerOptions,
} from '../../../demo/peers/mail/smtp-server.ts'
import { login } from './imap-server.ts'

export type { Behaviour }

export interface SmtpPeer {
  readonly port: number
  readonly arrived: readonly Arrived[]
  /** Of the next letters; `take` where none is left. All but busy and refusing servers have taken the letter. */
  readonly next: Behaviour[]
  /** Addresses that do not exist here. */
  readonly unknown: Set<string>
  /** Resolves when a letter met this behaviour. */
  reached(behaviour: Behaviour): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
}

/** With `tls` it speaks TLS from the first byte, or after STARTTLS. */
export async function startSmtpPeer(tls?: SmtpServerOptions['tls']): Promise<SmtpPeer> {
  const arrived: Arrived[] = []
  const next: Behaviour[] = []
  const unknown = new Set<string>()
  const met = new EventEmitter()
  const server = await startSmtpServer({
    login,
    tls,
    knows: (address) => !unknown.has(address),
    onLetter: (letter) => {
      const behaviour = next.shift() ?? 'take'
      if (behaviour === 'busy' || behaviour === 'refuse') return behaviour
      arrived.push(letter)
      met.emit(behaviour)
      return behaviour
    },
  })
  return {
    get port() {
      return server.port
    },
    arrived,
    next,
    unknown,
    reached: async (behaviour) => {
      await once(met, behaviour)
    },
    kill: server.kill,
    restart: server.restart,
  }
}
