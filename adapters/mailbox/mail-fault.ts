/** What went wrong between us and a mail server, in plain words. No word of the server's own goes in: it may quote the user. */
import { OutgoingError, type Finding } from '../adapter.ts'

export class MailFault extends OutgoingError {
  /** Where a connection test shows it. */
  readonly about: Finding['subject']
  constructor(
    message: string,
    options: {
      about: Finding['subject']
      reason: OutgoingError['reason']
      sent?: 'no' | 'perhaps'
      cause?: unknown
    },
  ) {
    const { about, reason, sent = 'no', cause } = options
    super(message, { sent, reason, cause, ...((about === 'name' || about === 'tls') && { subject: about }) })
    this.name = 'MailFault'
    this.about = about
  }
}

const tlsCodes =
  /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL|EPROTO|ETLS|UPGRADE_TIMEOUT|ClosedAfterConnectTLS|HOSTNAME_MISMATCH)/
const lostCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EDNS',
])
const slowCodes = new Set([
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
  'ETIMEDOUT',
  'ETIMEOUT',
  'CONNECTION_TIMEOUT',
  'SOCKET_TIMEOUT',
])

interface ClientError {
  readonly code?: unknown
  readonly originalCode?: unknown
  readonly authenticationFailed?: unknown
  readonly tlsFailed?: unknown
  readonly serverResponseCode?: unknown
  readonly cause?: unknown
}

/** An error of a mail client as one of ours. `server` names it for people: `IMAP server mail.example:993`. */
export function faultOf(error: unknown, server: string): OutgoingError {
  if (error instanceof OutgoingError) return error
  const { code, originalCode, authenticationFailed, tlsFailed, serverResponseCode } = (error ??
    {}) as ClientError
  const codes = [code, originalCode].filter((one) => typeof one === 'string')
  if (authenticationFailed === true || codes.includes('EAUTH'))
    return new MailFault(
      `${server} refuses our login${words(serverResponseCode)}. Check user and password; many providers want an authorisation code for mail clients (客户端授权码) in place of the password.`,
      { about: 'login', reason: 'broken', cause: error },
    )
  if (tlsFailed === true || codes.some((one) => tlsCodes.test(one)))
    return new MailFault(
      `No secure connection to ${server} (${codes.at(-1) ?? 'TLS'}). Check security and port; a certificate of an own authority goes under ca.`,
      { about: 'tls', reason: 'unreachable', cause: error },
    )
  if (codes.some((one) => slowCodes.has(one)))
    return new MailFault(`${server} does not answer in time.`, {
      about: 'name',
      reason: 'timeout',
      cause: error,
    })
  if (codes.some((one) => lostCodes.has(one)))
    return new MailFault(`${server} cannot be reached (${codes.at(-1)}). Check host and port.`, {
      about: 'name',
      reason: 'unreachable',
      cause: error,
    })
  return new MailFault(`${server} broke off${words(serverResponseCode ?? codes.at(-1))}.`, {
    about: 'name',
    reason: 'broken',
    cause: error,
  })
}

/** Codes only: upper-case words as the protocols define them. */
function words(code: unknown): string {
  return typeof code === 'string' && /^[A-Za-z_-]{2,40}$/.test(code) ? ` (${code})` : ''
}
