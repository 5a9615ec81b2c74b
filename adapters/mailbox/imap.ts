/** A bounded connection to a mailbox: to the guarded address, with a deadline on every step, closed when the signal says so. */
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import { ImapFlow, type MailboxObject } from 'imapflow'
import type { Channel } from '../adapter.ts'
import { faultOf, MailFault } from './mail-fault.ts'
import type { ImapSettings, MailboxSettings } from './settings.ts'

export interface ImapSession {
  readonly client: ImapFlow
  /** For messages to people. */
  readonly server: string
  /** Runs a step; what fails becomes a plain fault. Throws OutgoingError. */
  run<T>(step: (client: ImapFlow) => Promise<T>): Promise<T>
  close(): void
}

const connectMs = 10_000
const silenceMs = 20_000
const maxLineBytes = 4_194_304
const maxTokens = 200_000

/** Logs in. Throws OutgoingError: blocked or unknown address, no TLS, login refused, silence. */
export async function openImap(
  { http, settings }: Channel<MailboxSettings>,
  signal: AbortSignal,
  limits: { maxLiteralBytes: number },
): Promise<ImapSession> {
  const { imap } = settings
  if (!imap)
    throw new MailFault('The channel has no imap settings. Set them under settings.imap.', {
      about: 'settings',
      reason: 'blocked',
    })
  const server = serverOf(
    'IMAP server',
    imap,
    imap.security === 'tls' || imap.security === undefined ? 993 : 143,
  )
  const client = clientOf(imap, await http.addressOf(imap.host, signal), limits)
  // Without a listener an error between two commands would end the process; the next command fails with it.
  client.on('error', () => {})
  const close = (): void => client.close()
  signal.addEventListener('abort', close, { once: true })
  const run: ImapSession['run'] = async (step) => {
    try {
      if (signal.aborted)
        throw new MailFault(`${server} was left: our time is over.`, { about: 'name', reason: 'timeout' })
      return await step(client)
    } catch (error) {
      throw signal.aborted
        ? new MailFault(`${server} did not answer in our time.`, {
            about: 'name',
            reason: 'timeout',
            cause: error,
          })
        : faultOf(error, server)
    }
  }
  const session = {
    client,
    server,
    run,
    close: () => {
      signal.removeEventListener('abort', close)
      close()
    },
  }
  try {
    await run(() => client.connect())
    return session
  } catch (error) {
    session.close()
    throw error
  }
}

/** Opens a folder. Throws OutgoingError, also where it is not there or closed to this login: a server answers NO, some BAD. */
export async function openFolder(
  session: ImapSession,
  folder: string,
  options: { readOnly: boolean } = { readOnly: false },
): Promise<MailboxObject> {
  const box = await session.run((client) =>
    client.mailboxOpen(folder, options).catch((error: { responseStatus?: string }) => {
      if (error.responseStatus !== undefined) return null
      throw error
    }),
  )
  if (box) return box
  throw new MailFault(`There is no folder "${folder}" on ${session.server}, or the login may not open it.`, {
    about: 'rights',
    reason: 'broken',
  })
}

export function serverOf(
  kind: string,
  { host, port }: { host: string; port?: number },
  usual: number,
): string {
  return `${kind} ${host}:${port ?? usual}`
}

/** TLS checks the name, not the address that we connect to. */
export function tlsOf({ host, ca }: { host: string; ca?: string }): { servername?: string; ca?: string[] } {
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
  }
}

function clientOf(
  imap: ImapSettings,
  address: string,
  { maxLiteralBytes }: { maxLiteralBytes: number },
): ImapFlow {
  const { security = 'tls', port = security === 'tls' ? 993 : 143, user, password } = imap
  const tls = tlsOf(imap)
  return new ImapFlow({
    host: address,
    port,
    secure: security === 'tls',
    doSTARTTLS: security === 'starttls',
    ...(tls.servername !== undefined && { servername: tls.servername }),
    tls,
    auth: { user, pass: password },
    logger: false,
    clientInfo: { name: 'guiyi' },
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    maxLineLength: maxLineBytes,
    maxLiteralSize: maxLiteralBytes,
    maxResponseSize: maxLiteralBytes + maxLineBytes,
    maxResponseTokens: maxTokens,
  })
}
