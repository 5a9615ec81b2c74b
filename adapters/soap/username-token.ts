/**
 * WS-Security UsernameToken Profile 1.0, both ways. What arrives is found in the raw bytes before anything is parsed: the first
 * token in the first 64 KiB, its four values of bounded length. Where it stands does not matter: who writes the agreed password
 * anywhere is the partner.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { AuthenticationError, type Principal, type RawPayload } from '../adapter.ts'
import { plainText } from '../reading/xml-text.ts'
import { writeXml } from '../reading/xml-write.ts'
import type { UsernameTokenAuthentication } from './settings.ts'

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const profile = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0'
const windowBytes = 65_536
const tokenBytes = 4_096

interface Token {
  readonly user: string
  readonly password: string
  readonly nonce: string
  readonly created: string
}

/** The token of a call of ours. `nonce` is 16 random bytes. */
export function usernameToken(
  login: { user: string; password: string; form?: 'text' | 'digest' },
  { nonce, at }: { nonce: Uint8Array; at: Date },
): string {
  const created = at.toISOString()
  const isDigest = login.form === 'digest'
  const password = isDigest ? digestOf(nonce, created, login.password) : login.password
  return writeXml('wsse:Security', {
    '@xmlns:wsse': wsse,
    '@xmlns:wsu': wsu,
    '@soap:mustUnderstand': '1',
    'wsse:UsernameToken': {
      'wsse:Username': login.user,
      'wsse:Password': { '@Type': `${profile}#Password${isDigest ? 'Digest' : 'Text'}`, '#text': password },
      'wsse:Nonce': {
        '@EncodingType':
          'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary',
        '#text': Buffer.from(nonce).toString('base64'),
      },
      'wsu:Created': created,
    },
  })
}

/** A digest's nonce is the replay key. Throws AuthenticationError. */
export function verifyUsernameToken(
  { bytes }: RawPayload,
  settings: UsernameTokenAuthentication,
  now: Date,
): Principal {
  const token = tokenIn(bytes)
  const principal = { name: `username-token:${settings.user}` }
  const isDigest = settings.form === 'digest'
  const nonce = Buffer.from(token.nonce, 'base64')
  const wanted = isDigest ? digestOf(nonce, token.created, settings.password) : settings.password
  const isRight = [isSame(token.user, settings.user), isSame(token.password, wanted)]
  if (isRight.includes(false))
    throw new AuthenticationError(
      'invalid',
      `User name or password in the UsernameToken is wrong. Compare both with what was agreed; the password is sent as ${isDigest ? 'a digest (PasswordDigest)' : 'text (PasswordText)'}.`,
    )
  if (!isDigest) return principal
  if (nonce.length < 8)
    throw new AuthenticationError(
      'invalid',
      'The UsernameToken needs a nonce of 8 bytes or more, new for every call.',
    )
  const expiresAt = replayableUntil(token.created, settings.toleranceS ?? 300, now)
  return { ...principal, replay: { key: `${token.nonce} ${token.created}`.slice(0, 300), expiresAt } }
}

function tokenIn(bytes: Uint8Array): Token {
  const window = Buffer.from(bytes.subarray(0, windowBytes)).toString('utf8')
  const start = /<(?:[\w.-]{1,40}:)?UsernameToken[\s>]/.exec(window)
  if (!start)
    throw new AuthenticationError(
      'missing',
      'The call has no UsernameToken in its header. Send a WS-Security header with Username and Password.',
    )
  const text = window.slice(start.index, start.index + tokenBytes)
  const token = text.slice(0, text.search(/<\/(?:[\w.-]{1,40}:)?UsernameToken\s*>/) + 1 || undefined)
  return {
    user: valueIn(token, 'Username'),
    password: valueIn(token, 'Password'),
    nonce: valueIn(token, 'Nonce'),
    created: valueIn(token, 'Created'),
  }
}

function valueIn(token: string, name: string): string {
  const found = new RegExp(`<(?:[\\w.-]{1,40}:)?${name}(?:\\s[^<>]{0,500})?>([^<]{0,1000})</`).exec(token)
  const value = plainText(found?.[1] ?? '')
  return typeof value === 'string' ? value.trim() : ''
}

function replayableUntil(created: string, toleranceS: number, now: Date): Date {
  const createdMs = Date.parse(created)
  const differenceS = Math.round((now.getTime() - createdMs) / 1000)
  if (Number.isNaN(differenceS) || !/(Z|[+-]\d\d:\d\d)$/.test(created))
    throw new AuthenticationError(
      'invalid',
      'Created of the UsernameToken must be a time with its zone, as 2026-11-22T04:00:00Z.',
    )
  if (Math.abs(differenceS) > toleranceS)
    throw new AuthenticationError(
      'expired',
      `The UsernameToken's time is ${Math.abs(differenceS)} s ${differenceS > 0 ? 'behind' : 'ahead of'} ours; ${toleranceS} s are allowed. Set the sender's clock by NTP and call again.`,
    )
  return new Date(createdMs + 2 * toleranceS * 1000)
}

function digestOf(nonce: Uint8Array, created: string, password: string): string {
  return createHash('sha1').update(nonce).update(created).update(password).digest('base64')
}

function isSame(given: string, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted))
}
