/**
 * One letter to one mail server. A server has a letter when it says 250 after the final dot; until the last byte was handed
 * to the connection it surely has not; in between it may.
 */
import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Channel } from '../adapter.ts'
import type { ComposedLetter } from './compose.ts'
import { serverOf, tlsOf } from './imap.ts'
import { faultOf, MailFault } from './mail-fault.ts'
import type { MailboxSettings, SmtpSettings } from './settings.ts'

/** A server's answer: its code, and the enhanced code (RFC 3463) where it gives one. */
export interface SmtpAnswer {
  readonly status: number
  readonly enhanced?: string
  /** At which command. */
  readonly at: string
}

const connectMs = 10_000
const silenceMs = 30_000

/** Throws OutgoingError where there is no answer; `sent` says whether the server may have the letter. */
export async function sendLetter(
  channel: Channel<MailboxSettings>,
  letter: ComposedLetter,
  signal: AbortSignal,
): Promise<SmtpAnswer> {
  let isOut = false
  return withServer(channel, { signal, mayHaveIt: () => isOut }, async (connection, server) => {
    const content = Readable.from(
      (function* () {
        yield letter.bytes
        isOut = true
      })(),
    )
    const { promise, resolve, reject } = Promise.withResolvers<SmtpAnswer>()
    const fail = (error: unknown): void => {
      const answer = answerIn(error)
      if (answer) resolve(answer)
      else reject(isOut ? unsure(error, server) : error)
    }
    connection.once('error', fail)
    connection.send({ ...letter.envelope, size: letter.bytes.length }, content, (error, info) => {
      if (error) fail(error)
      else resolve({ ...answerOf(info?.response ?? ''), at: 'DATA' })
    })
    return promise
  })
}

/** Connects and logs in, sends nothing. Throws OutgoingError. */
export async function greetServer(channel: Channel<MailboxSettings>, signal: AbortSignal): Promise<void> {
  await withServer(channel, { signal, mayHaveIt: () => false }, async () => {})
}

async function withServer<T>(
  { http, settings }: Channel<MailboxSettings>,
  { signal, mayHaveIt }: { signal: AbortSignal; mayHaveIt: () => boolean },
  use: (connection: SMTPConnection, server: string) => Promise<T>,
): Promise<T> {
  const { smtp } = settings
  if (!smtp)
    throw new MailFault('The channel has no smtp settings. Set them under reverse.settings.', {
      about: 'settings',
      reason: 'blocked',
    })
  const server = serverOf('SMTP server', smtp, (smtp.security ?? 'tls') === 'tls' ? 465 : 587)
  const connection = connectionTo(smtp, await http.addressOf(smtp.host, signal))
  // Without a listener an error between two commands would end the process; whoever waits learns of it below.
  connection.on('error', () => {})
  try {
    const timeOver = whenOver(signal, server, mayHaveIt)
    await Promise.race([login(connection, smtp), timeOver])
    return await Promise.race([use(connection, server), timeOver])
  } catch (error) {
    throw faultOf(error, server)
  } finally {
    connection.close()
  }
}

function connectionTo(smtp: SmtpSettings, address: string): SMTPConnection {
  const { security = 'tls', port = security === 'tls' ? 465 : 587, from } = smtp
  const tls = tlsOf(smtp)
  return new SMTPConnection({
    host: address,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(tls.servername !== undefined && { servername: tls.servername }),
    tls,
    name: from.split('@')[1] ?? 'localhost',
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    maxResponseSize: 65_536,
  })
}

async function login(connection: SMTPConnection, { user, password }: SmtpSettings): Promise<void> {
  await asPromise((done) => {
    connection.once('error', done)
    connection.connect(done)
  })
  if (user === undefined) return
  await asPromise((done) => {
    connection.once('error', done)
    connection.login({ user, pass: password ?? '' }, done)
  })
}

function asPromise(start: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(asError(error)) : resolve())))
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('The mail client failed.')

/** Rejects when the signal ends our time. */
function whenOver(signal: AbortSignal, server: string, mayHaveIt: () => boolean): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  const end = (): void => {
    const sent = mayHaveIt() ? 'perhaps' : 'no'
    reject(new MailFault(`${server} did not answer in our time.`, { about: 'name', reason: 'timeout', sent }))
  }
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  promise.catch(() => {})
  return promise
}

function unsure(error: unknown, server: string): MailFault {
  return new MailFault(
    `${server} was given the whole letter, and the connection ended before it said whether it took it.`,
    {
      about: 'name',
      reason: 'broken',
      sent: 'perhaps',
      cause: error,
    },
  )
}

/** The server's own word where an error carries one. */
function answerIn(error: unknown): SmtpAnswer | null {
  const { responseCode, response, command } = (error ?? {}) as {
    responseCode?: unknown
    response?: unknown
    command?: unknown
  }
  if (typeof responseCode !== 'number' || responseCode < 400) return null
  const { enhanced } = answerOf(typeof response === 'string' ? response : '')
  const at = typeof command === 'string' ? command : 'DATA'
  return { status: responseCode, at, ...(enhanced !== undefined && { enhanced }) }
}

function answerOf(response: string): { status: number; enhanced?: string } {
  const [, status = '0', enhanced] = /^(\d{3})(?:[ -](\d\.\d{1,3}\.\d{1,3}))?/.exec(response) ?? []
  return { status: Number(status), ...(enhanced !== undefined && { enhanced }) }
}
