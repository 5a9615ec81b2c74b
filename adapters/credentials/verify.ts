/** Shared secrets of the plain kind: HTTP Basic, and a secret in a header. Read from headers alone, compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { AuthenticationError, type Principal, type RawPayload } from '../adapter.ts'
import type { BasicAuthentication, HeaderAuthentication, HmacAuthentication } from './settings.ts'
import { verifySignature } from './signature.ts'

/** Throws AuthenticationError. */
export function verifyBasic({ headers }: RawPayload, settings: BasicAuthentication): Principal {
  const header = headers['authorization']?.trim() ?? ''
  if (header === '')
    throw new AuthenticationError(
      'missing',
      'This channel asks for user name and password: send "Authorization: Basic <base64 of name:password>".',
    )
  const given = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1]
  const wanted = [settings.password, settings.previousPassword].flatMap((password) =>
    password === undefined ? [] : `${settings.user}:${password}`,
  )
  if (given === undefined || !isOneOf(Buffer.from(given, 'base64').toString('utf8'), wanted))
    throw new AuthenticationError(
      'invalid',
      'User name or password is wrong. Compare both with what was agreed; the text before base64 is UTF-8.',
    )
  return { name: `basic:${settings.user}` }
}

/** Throws AuthenticationError. */
export function verifyHeader({ headers }: RawPayload, settings: HeaderAuthentication): Principal {
  const name = settings.header ?? 'x-api-key'
  const given = headers[name.toLowerCase()]?.trim() ?? ''
  if (given === '')
    throw new AuthenticationError('missing', `Header ${name} is missing. Send the agreed secret in it.`)
  const wanted = [settings.secret, settings.previousSecret].filter((secret) => secret !== undefined)
  if (!isOneOf(given, wanted))
    throw new AuthenticationError(
      'invalid',
      `The secret in header ${name} is wrong. Compare it with what was agreed.`,
    )
  return { name: `header:${name.toLowerCase()}` }
}

/** By whichever of the shared ways the channel is set up for. Throws AuthenticationError. */
export function verifySender(
  payload: RawPayload,
  authentication:
    | BasicAuthentication
    | HeaderAuthentication
    | HmacAuthentication
    | { kind: 'api-key' }
    | undefined,
  now: Date,
): Principal {
  switch (authentication?.kind) {
    case 'hmac':
      return verifySignature(payload, authentication, now)
    case 'basic':
      return verifyBasic(payload, authentication)
    case 'header':
      return verifyHeader(payload, authentication)
    case 'api-key':
    case undefined:
      throw new AuthenticationError(
        'missing',
        'This channel takes payloads with an API key of the gateway: send it as "Authorization: Bearer <key>".',
      )
  }
}

/** Hashes have one length, so that the time taken tells nothing of the secret's. */
function isOneOf(given: string, wanted: readonly string[]): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return wanted.map((one) => timingSafeEqual(hash(given), hash(one))).includes(true)
}
