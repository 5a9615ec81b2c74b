/** Says in plain words what became of a call, and whether the partner may have taken it. Names the host, never path or query. */
import { OutgoingError } from '../../adapters/adapter.ts'
import { AddressBlockedError } from './connector.ts'

/** Ends that this client brings about itself. */
export class CallEnded extends Error {
  readonly why: 'deadline' | 'cancelled' | 'too-large' | 'undecodable' | 'sent-again'
  readonly limit: number
  constructor(why: CallEnded['why'], limit = 0, cause?: unknown) {
    super(why, { cause })
    this.name = 'CallEnded'
    this.why = why
    this.limit = limit
  }
}

export interface CallProgress {
  /** Scheme, host and port: `https://hotline.example:8443`. */
  readonly origin: string
  /** True from the moment at which the first byte of the request may have left. */
  readonly started: boolean
}

export function outgoingError(error: unknown, progress: CallProgress): OutgoingError {
  if (error instanceof OutgoingError) return error
  if (error instanceof CallEnded) return endedByUs(error, progress)
  return progress.started ? brokenCall(error, progress) : neverSent(error, progress)
}

function endedByUs(ended: CallEnded, { origin, started }: CallProgress): OutgoingError {
  const sent = started ? 'perhaps' : 'no'
  const options = { sent, cause: ended.cause } as const
  switch (ended.why) {
    case 'deadline':
      return new OutgoingError(
        started
          ? `${origin} took the request but did not finish its answer within ${ended.limit} ms.`
          : `No connection to ${origin} was free or could be opened within ${ended.limit} ms; nothing was sent.`,
        { ...options, reason: 'timeout' },
      )
    case 'cancelled':
      return new OutgoingError(
        `The call to ${origin} was cancelled ${started ? 'before its answer was complete' : 'before it was sent'}.`,
        { ...options, reason: 'timeout' },
      )
    case 'too-large':
      return new OutgoingError(
        `${origin} answered with more than ${ended.limit} bytes; reading stopped there.`,
        { ...options, reason: 'too-large' },
      )
    case 'undecodable':
      return new OutgoingError(`${origin} sent an answer whose content encoding could not be undone.`, {
        ...options,
        reason: 'broken',
      })
    case 'sent-again':
      return new OutgoingError(`The connection to ${origin} was lost while the request was on its way.`, {
        ...options,
        reason: 'broken',
      })
  }
}

function neverSent(error: unknown, { origin }: CallProgress): OutgoingError {
  const code = codeOf(error)
  const options = { sent: 'no', cause: error } as const
  if (error instanceof AddressBlockedError) {
    return new OutgoingError(
      `${origin} is, or its name leads to, an address that is not public, and this channel does not allow it. If it is meant, add its block to privateAddresses of the channel.`,
      { ...options, reason: 'blocked' },
    )
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new OutgoingError(
      `The request to ${origin} cannot be written as HTTP: its method or a header holds a character that is not allowed there.`,
      { ...options, reason: 'blocked' },
    )
  }
  if (syscallOf(error) === 'getaddrinfo') {
    return new OutgoingError(
      `The name of ${origin} could not be resolved (${code}). Check its spelling and the name server.`,
      { ...options, reason: 'unreachable', subject: 'name' },
    )
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new OutgoingError(
      `${origin} did not accept a connection in time. Check address, port and firewall.`,
      { ...options, reason: 'timeout' },
    )
  }
  if (isTls(code)) {
    return new OutgoingError(
      `No secure connection to ${origin} came about (${code}). Check its certificate, and whether the port speaks TLS.`,
      { ...options, reason: 'unreachable', subject: 'tls' },
    )
  }
  return new OutgoingError(`${origin} could not be reached (${code}). Check address, port and firewall.`, {
    ...options,
    reason: 'unreachable',
  })
}

function brokenCall(error: unknown, { origin }: CallProgress): OutgoingError {
  const code = codeOf(error)
  // In TLS 1.3 our handshake ends, and the request leaves, before the partner has looked at our certificate.
  if (isCertificateAlert(code))
    return new OutgoingError(
      `${origin} does not accept our certificate (${code}). Nothing was taken; check tls of the channel, and what the partner has registered.`,
      { sent: 'no', reason: 'unreachable', subject: 'tls', cause: error },
    )
  const what =
    code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW'
      ? 'answered with something that is no HTTP'
      : 'broke off before its answer was complete'
  return new OutgoingError(`${origin} took the request and ${what} (${code}).`, {
    sent: 'perhaps',
    reason: 'broken',
    cause: error,
  })
}

function isTls(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/.test(code)
}

/** RFC 8446, 6.2: the alerts with which a server ends the handshake over the client's certificate. */
function isCertificateAlert(code: string): boolean {
  return /^ERR_SSL_.+_ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED)$/.test(
    code,
  )
}

/** With several addresses Node throws an AggregateError; its first part says what happened. */
function codeOf(error: unknown): string {
  const code = property(error, 'code')
  if (typeof code === 'string') return code
  return error instanceof AggregateError && error.errors.length > 0
    ? codeOf(error.errors[0])
    : 'unknown failure'
}

function syscallOf(error: unknown): unknown {
  return property(error, 'syscall')
}

function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null
    ? (error as Readonly<Record<string, unknown>>)[name]
    : undefined
}
