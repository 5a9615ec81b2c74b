/** One channel in the making: what chance gave it, and the parts that every family of channels shares. */
import { randomFor, type Random } from '../../../demo/random.ts'
import type { ReportKind } from '../../../schemas/report.ts'
import { acceptedCode, anyKind } from './code-tables.ts'
import type { Incoming, MadeChannel, Places, Proof, Told } from './types.ts'
import { matters, placeName, type Matter } from './words.ts'

export interface Making {
  readonly channel: string
  readonly platform: string
  /** Of the 148, from 0. */
  readonly number: number
  /** Among those of its platform, from 0. */
  readonly index: number
  readonly random: Random
  readonly places: Places
  readonly matter: Matter
  readonly kind: ReportKind
  /** A road of its own. */
  readonly road: string
  readonly title: string
  readonly content: string
  readonly address: string
  readonly externalId: string
  readonly submittedAt: Date
  /** Its own code of `registered`. */
  readonly accepted: string
  readonly inbound: Secret
  readonly outbound: Secret
}

export interface Secret {
  readonly value: string
  /** As a channel's file names it. */
  readonly reference: { readonly secret: string }
}

/** What a family makes of it: the rest of the file below `channel`, `platform`, `name`, `owner` and `state`. */
export interface Made {
  readonly file: Readonly<Record<string, unknown>>
  readonly incoming: Incoming
  readonly told: Told
  readonly expected?: Partial<MadeChannel['expected']>
}
export type Family = (making: Making) => Made

const prefixes = ['G', 'WX', 'LX', '', 'AJ-']
const firstAt = Date.UTC(2026, 10, 16, 1, 0, 0)

export function makingOf(
  seed: number,
  platform: string,
  { index, number, places }: { index: number; number: number; places: Places },
): Making {
  const channel = `${platform}-${String(index + 1).padStart(2, '0')}`
  const random = randomFor(seed, channel)
  const matter = random.pick(matters)
  const road = `${placeName(number + seed)}路`
  const doorNumber = 1 + random.below(300)
  const secretOf = (role: string): Secret => {
    const name = `${channel.replaceAll('-', '_')}_${role}`.toUpperCase()
    return { value: `${role}-${channel}-${random.below(1e9)}`.padEnd(24, 'x'), reference: { secret: name } }
  }
  return {
    channel,
    platform,
    number,
    index,
    random,
    places,
    matter,
    kind: anyKind(random),
    road,
    title: `${road}${matter.name}`,
    content: `${road}${doorNumber}号附近${matter.text}。`,
    address: `${road}${doorNumber}号`,
    externalId: `${platform === 'message-board' ? '' : random.pick(prefixes)}${20_261_116_000_000 + number * 1_000 + random.below(1_000)}`,
    submittedAt: new Date(firstAt + number * 37 * 60_000),
    accepted: acceptedCode(random, number + 1),
    inbound: secretOf('in'),
    outbound: secretOf('out'),
  }
}

/** Where its partner's server stands. */
export const baseUrlOf = ({ places, channel }: Making): string => `${places.http}/${channel}`

/** How a caller proves itself, and the setting that asks for it. */
export interface Way {
  readonly settings: Readonly<Record<string, unknown>>
  readonly proof: Proof
}

const signedBy = [
  {},
  { timestamp: 'X-Ca-Timestamp', nonce: 'X-Ca-Nonce', signature: 'X-Ca-Signature' },
  { signature: 'X-Hub-Sign' },
  { timestamp: 'timestamp', nonce: 'nonce', signature: 'sign' },
] as const

/** Pushes that are signed, or carry a key of ours. */
export function signedOrKeyed({ random, inbound, index }: Making): Way {
  if (index % 3 === 2) return { settings: { authentication: { kind: 'api-key' } }, proof: { kind: 'key' } }
  const headers = random.pick(signedBy)
  const named = Object.keys(headers).length === 0 ? {} : { headers }
  return {
    settings: { authentication: { kind: 'hmac', secret: inbound.reference, ...named } },
    proof: { kind: 'hmac', secret: inbound.value, headers },
  }
}

type Access = 'signed' | 'key' | 'login' | 'token'

/** Our calls by JSON: signed, with a key in a header, with user and password, or with a token of theirs. */
export function ourAccess(making: Making, choices: readonly Access[]): Way {
  const { outbound, index, channel } = making
  const login = { kind: 'basic', user: channel } as const
  switch (choices[index % choices.length]) {
    case 'key':
      return {
        settings: { access: { kind: 'api-key', header: 'X-App-Key', secret: outbound.reference } },
        proof: { kind: 'header', header: 'x-app-key', value: outbound.value },
      }
    case 'login':
      return {
        settings: { access: { ...login, password: outbound.reference } },
        proof: { ...login, password: outbound.value },
      }
    case 'token':
      return {
        settings: {
          access: {
            kind: 'oauth2',
            url: `${baseUrlOf(making)}/oauth/token`,
            clientId: channel,
            clientSecret: outbound.reference,
          },
        },
        proof: { kind: 'header', header: 'authorization', value: `Bearer ${tokenOf(channel)}` },
      }
    default: {
      const headers = signedBy[index % signedBy.length] ?? {}
      const named = Object.keys(headers).length === 0 ? {} : { headers }
      return {
        settings: { signing: { secret: outbound.reference, ...named } },
        proof: { kind: 'hmac', secret: outbound.value, headers },
      }
    }
  }
}

/** The token that a partner's office gives. */
export const tokenOf = (channel: string): string => `token-of-${channel}`
