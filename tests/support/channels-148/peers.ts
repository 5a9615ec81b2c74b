/** All partners of the 148 channels: one HTTP server, an exchange database, two mailboxes and the citizens' mail server. */
import { login, startImapPeer, type ImapPeer } from '../../peers/mail/imap-server.ts'
import { startSmtpPeer, type SmtpPeer } from '../../peers/mail/smtp-server.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { startHttpPeer, type HttpPeer } from './http-peer.ts'
import { make148 } from './make.ts'
import type { MadeChannel, Places } from './types.ts'

export interface Peers {
  readonly channels: readonly MadeChannel[]
  readonly http: HttpPeer
  readonly exchange: Exchange
  readonly mailboxes: readonly ImapPeer[]
  readonly smtp: SmtpPeer
  stop(): Promise<void>
}

/** `server`: a PostgreSQL for the exchange database. `pages`: whether lists and feeds hold the samples. */
export async function startPeers(
  seed: number,
  { server, pages }: { server: string; pages: 'samples' | 'empty' },
): Promise<Peers> {
  const [http, exchange, smtp, ...mailboxes] = await Promise.all([
    startHttpPeer(),
    createExchange(server),
    startSmtpPeer(),
    startImapPeer(),
    startImapPeer(),
  ])
  const places: Places = {
    http: http.url,
    exchange: exchange.place,
    imap: mailboxes.map(({ port }) => port),
    smtp: smtp.port,
    mailLogin: login,
  }
  const channels = make148(seed, places).map((made) => withGivenSecrets(made, places))
  http.serve(channels, pages)
  return {
    channels,
    http,
    exchange,
    mailboxes,
    smtp,
    stop: async () => {
      await Promise.all([http.close(), smtp.kill(), ...mailboxes.map((mailbox) => mailbox.kill())])
      await exchange.drop()
    },
  }
}

/** Passwords of servers that are there already are theirs, not the generator's. */
function withGivenSecrets(made: MadeChannel, { exchange, mailLogin }: Places): MadeChannel {
  const given = { row: exchange.password, letter: mailLogin.password }
  const { kind } = made.incoming
  if (kind !== 'row' && kind !== 'letter') return made
  const [name] = Object.keys(made.secrets)
  return name === undefined ? made : { ...made, secrets: { ...made.secrets, [name]: given[kind] } }
}
