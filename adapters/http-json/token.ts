/**
 * OAuth 2.0 client credentials (RFC 6749, 4.4). A token is kept until shortly before its end, one per client and partner;
 * callers that need one at the same moment share one request.
 */
import { createHash } from 'node:crypto'
import pRetry from 'p-retry'
import {
  OutgoingError,
  retryAfterMs,
  type Channel,
  type OutgoingAnswer,
  type OutgoingHttp,
  type OutgoingTls,
} from '../adapter.ts'
import type { OAuth2Access } from './access-settings.ts'
import { parseJson } from './parse-json.ts'
import { textAt, valueAt } from './tree.ts'

export interface Token {
  readonly value: string
  /** Milliseconds since 1970: it is not used from here on. */
  readonly until: number
}

interface Held {
  token?: Token | undefined
  running?: Promise<Token> | undefined
}

type TokenChannel = Pick<Channel<{ readonly tls?: OutgoingTls }>, 'http' | 'now' | 'settings'>

const maxAnswerBytes = 65_536
const tryMs = 10_000
const allTriesMs = 20_000
/** Where the partner does not say how long a token lives. */
const defaultLifetimeS = 300
const maxLifetimeS = 86_400

/** Lives as long as the client that its calls go through: a reloaded catalog starts with none. */
const held = new WeakMap<OutgoingHttp, Map<string, Held>>()

/** Throws OutgoingError: `blocked` where the partner refuses our client. No message holds a token or secret. */
export async function tokenFor(
  channel: TokenChannel,
  access: OAuth2Access,
  signal: AbortSignal,
): Promise<Token> {
  const own = heldBy(channel, access)
  const { token } = own
  if (token !== undefined && channel.now().getTime() < token.until) return token
  own.running ??= request(channel, access)
    .then((fresh) => (own.token = fresh))
    .finally(() => (own.running = undefined))
  return await orCancelled(own.running, signal)
}

/** The partner would not have it: the next call asks for another. A token that was replaced since stays. */
export function forgetToken(channel: TokenChannel, access: OAuth2Access, token: Token): void {
  const own = heldBy(channel, access)
  if (own.token === token) own.token = undefined
}

function heldBy({ http, settings }: TokenChannel, access: OAuth2Access): Held {
  const all = held.get(http) ?? new Map<string, Held>()
  held.set(http, all)
  const name = createHash('sha256')
    .update(JSON.stringify([access, settings.tls]))
    .digest('hex')
  const own = all.get(name) ?? {}
  all.set(name, own)
  return own
}

/** Asking for a token changes nothing at the partner, so a try that failed on the way is made again. */
async function request(channel: TokenChannel, access: OAuth2Access): Promise<Token> {
  return await pRetry(() => requestOnce(channel, access), {
    retries: 2,
    minTimeout: 100,
    maxRetryTime: allTriesMs,
    shouldRetry: ({ error }) =>
      error instanceof OutgoingError && error.reason !== 'blocked' && error.retryAfterMs === undefined,
  })
}

async function requestOnce(channel: TokenChannel, access: OAuth2Access): Promise<Token> {
  const { http, now, settings } = channel
  const { style = 'basic', clientId, clientSecret, scope, url } = access
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
    ...(style === 'body' && { client_id: clientId, client_secret: clientSecret }),
  })
  // RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
  const basic = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')
  const call = {
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(style === 'basic' && { authorization: `Basic ${basic}` }),
    },
    body: form.toString(),
    timeoutMs: tryMs,
    maxBytes: maxAnswerBytes,
    ...(settings.tls && { tls: settings.tls }),
  }
  try {
    return tokenOf(await http.call(call, AbortSignal.timeout(tryMs)), access, now())
  } catch (error) {
    throw error instanceof OutgoingError ? beforeTheCall(error) : error
  }
}

function tokenOf(answer: OutgoingAnswer, access: OAuth2Access, now: Date): Token {
  const { origin } = new URL(access.url)
  if (answer.status !== 200) throw refusal(answer, origin, now)
  const tree = treeOf(answer)
  const value = textAt(tree, access.valuePath ?? 'access_token')
  if (value === undefined)
    throw new OutgoingError(
      `The token service ${origin} answered without a token${codeIn(tree)}. Check client id, secret, and valuePath.`,
      { sent: 'no', reason: 'blocked' },
    )
  const stated = Number(valueAt(tree, access.lifetimePath ?? 'expires_in'))
  const lifetimeS = stated > 0 ? Math.min(stated, maxLifetimeS) : defaultLifetimeS
  const marginS = Math.min(60, lifetimeS / 10)
  return { value, until: now.getTime() + (lifetimeS - marginS) * 1000 }
}

function refusal(answer: OutgoingAnswer, origin: string, now: Date): OutgoingError {
  const { status, headers } = answer
  if (status >= 500 || status === 408 || status === 429) {
    const waitMs = retryAfterMs(headers, now)
    return new OutgoingError(`The token service ${origin} answered ${status}. It will be asked again.`, {
      sent: 'no',
      reason: 'broken',
      ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    })
  }
  return new OutgoingError(
    `The token service ${origin} gave no token: it answered ${status}${codeIn(treeOf(answer))}. Check client id, secret, scope and address.`,
    { sent: 'no', reason: 'blocked' },
  )
}

/** The error codes of RFC 6749, 5.2, and nothing longer: an answer may quote what we sent. */
function codeIn(tree: unknown): string {
  const code = textAt(tree, 'error')
  return code !== undefined && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : ''
}

function treeOf({ bytes, headers }: OutgoingAnswer): unknown {
  try {
    return parseJson(bytes, headers['content-type'])
  } catch {
    return undefined
  }
}

/** Whatever became of the question for a token: the call that needed it was not made. */
function beforeTheCall({
  message,
  reason,
  subject,
  retryAfterMs: waitMs,
  cause,
}: OutgoingError): OutgoingError {
  return new OutgoingError(message, {
    sent: 'no',
    reason,
    ...(subject && { subject }),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    cause,
  })
}

function formEncoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice('text='.length)
}

/** One caller that gives up ends nobody else's wait. */
async function orCancelled<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const cancel = (): void =>
    reject(
      new OutgoingError('The call was cancelled while a token was asked for; it was not made.', {
        sent: 'no',
        reason: 'timeout',
      }),
    )
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await Promise.race([running, promise])
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
