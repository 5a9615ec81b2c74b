/**
 * The gateway's HMAC scheme, the same in both directions. Signed are method, path with query, and the body's hash, so that
 * a captured signature fits no other call; time and nonce make it fit once.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { AuthenticationError, type Principal, type RawPayload } from '../adapter.ts'
import type { HmacAuthentication, SignatureHeaders } from './settings.ts'

export interface Signable {
  /** Unix time as it stands in the header: 10 digits are seconds, 13 are milliseconds. */
  readonly timestamp: string
  readonly nonce: string
  readonly method: string
  /** As the receiver sees it: `/v1/channels/pw-7/reports?feed=live`. */
  readonly pathWithQuery: string
  readonly body: Uint8Array | string
}

export const defaultSignatureHeaders = {
  timestamp: 'x-timestamp',
  nonce: 'x-nonce',
  signature: 'x-signature',
} as const

/** Lower-case hex of HMAC-SHA256 over timestamp, nonce, METHOD, path with query and the body's SHA-256, joined by line feeds. */
export function sign(secret: string, { timestamp, nonce, method, pathWithQuery, body }: Signable): string {
  const bodyHash = hash('sha256', body, 'hex')
  return createHmac('sha256', secret)
    .update([timestamp, nonce, method.toUpperCase(), pathWithQuery, bodyHash].join('\n'))
    .digest('hex')
}

/** The three headers of a signed call. `url` may be whole or begin at the path. */
export function signedHeaders(
  secret: string,
  call: {
    readonly method: string
    readonly url: string
    readonly body: Uint8Array | string
    readonly nonce: string
    readonly at: Date
    readonly headers?: SignatureHeaders | undefined
  },
): Record<string, string> {
  const names = { ...defaultSignatureHeaders, ...call.headers }
  const timestamp = String(Math.floor(call.at.getTime() / 1000))
  const signature = sign(secret, {
    timestamp,
    nonce: call.nonce,
    method: call.method,
    pathWithQuery: pathOf(call.url),
    body: call.body,
  })
  return { [names.timestamp]: timestamp, [names.nonce]: call.nonce, [names.signature]: signature }
}

/** Throws AuthenticationError. Reads headers and raw bytes only. */
export function verifySignature(payload: RawPayload, settings: HmacAuthentication, now: Date): Principal {
  const names = { ...defaultSignatureHeaders, ...settings.headers }
  const timestamp = header(payload, names.timestamp)
  const nonce = header(payload, names.nonce)
  const signature = header(payload, names.signature)
  if (!/^(\d{10}|\d{13})$/.test(timestamp))
    throw new AuthenticationError(
      'invalid',
      `Header ${names.timestamp} must be Unix time: 10 digits (seconds) or 13 (milliseconds).`,
    )
  if (!/^[\x21-\x7e]{16,128}$/.test(nonce))
    throw new AuthenticationError(
      'invalid',
      `Header ${names.nonce} must be 16 to 128 visible ASCII characters, new for every request.`,
    )
  if (!/^[0-9a-fA-F]{64}$/.test(signature))
    throw new AuthenticationError('invalid', `Header ${names.signature} must be 64 hexadecimal digits.`)

  const signable = {
    timestamp,
    nonce,
    method: payload.method,
    pathWithQuery: pathOf(payload.url),
    body: payload.bytes,
  }
  const given = Buffer.from(signature, 'hex')
  const secrets =
    settings.previousSecret === undefined ? [settings.secret] : [settings.secret, settings.previousSecret]
  if (!secrets.some((secret) => timingSafeEqual(Buffer.from(sign(secret, signable), 'hex'), given))) {
    throw new AuthenticationError(
      'invalid',
      'The signature does not fit this request. Compare secret, method, path with query, and that the bytes signed are the bytes sent.',
    )
  }
  return {
    name: 'hmac',
    replay: { key: nonce, expiresAt: replayableUntil(timestamp, settings.toleranceS ?? 300, now) },
  }
}

/**
 * Beyond the tolerance a signature is refused by its age, so its nonce need not be remembered longer. A clock ahead of ours
 * by the whole tolerance makes that twice the tolerance.
 */
function replayableUntil(timestamp: string, toleranceS: number, now: Date): Date {
  const signedAtMs = Number(timestamp) * (timestamp.length === 10 ? 1000 : 1)
  const differenceS = Math.round((now.getTime() - signedAtMs) / 1000)
  if (Math.abs(differenceS) > toleranceS) {
    throw new AuthenticationError(
      'expired',
      `The signature's time is ${Math.abs(differenceS)} s ${differenceS > 0 ? 'behind' : 'ahead of'} ours; ${toleranceS} s are allowed. Set the sender's clock by NTP and sign again.`,
    )
  }
  return new Date(signedAtMs + 2 * toleranceS * 1000)
}

function header({ headers }: RawPayload, name: string): string {
  const value = headers[name.toLowerCase()]?.trim()
  if (!value)
    throw new AuthenticationError(
      'missing',
      `Header ${name} is missing. Send timestamp, nonce and signature with every request.`,
    )
  return value
}

function pathOf(url: string): string {
  const whole = /^https?:\/\/[^/?#]+/i.exec(url)
  const rest = whole ? url.slice(whole[0].length) : url
  return rest.startsWith('/') ? rest : `/${rest}`
}
