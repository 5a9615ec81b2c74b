import { describe, expect, it } from 'vitest'
import { noon } from '../../tests/support/adapter-channel.ts'
import { AuthenticationError, type RawPayload } from '../adapter.ts'
import { envelopeText } from './envelope.ts'
import { usernameToken, verifyUsernameToken } from './username-token.ts'

const password = 'a-shared-<secret>-&-32-characters'
const nonce = Buffer.from('0123456789abcdef')
const text = { kind: 'username-token', user: '热线', password } as const
const digest = { ...text, form: 'digest' } as const

function payloadOf(envelope: string): RawPayload {
  return { bytes: Buffer.from(envelope), headers: {}, method: 'POST', url: '/', receivedAt: noon }
}

function called(
  login: { user?: string; password?: string; form?: 'text' | 'digest' },
  at: Date = noon,
): RawPayload {
  const header = usernameToken({ user: '热线', password, ...login }, { nonce, at })
  return payloadOf(envelopeText('1.1', { header, body: '<submit/>' }))
}

function refusalOf(run: () => unknown): AuthenticationError {
  try {
    run()
  } catch (error) {
    if (error instanceof AuthenticationError) return error
    throw error
  }
  throw new Error('it was let in')
}

describe('a UsernameToken', () => {
  it('with the password as text names its sender', () => {
    expect(verifyUsernameToken(called({}), text, noon)).toEqual({ name: 'username-token:热线' })
  })

  it('with a digest names its sender once', () => {
    expect(verifyUsernameToken(called({ form: 'digest' }), digest, noon)).toEqual({
      name: 'username-token:热线',
      replay: {
        key: 'MDEyMzQ1Njc4OWFiY2RlZg== 2026-11-22T04:00:00.000Z',
        expiresAt: new Date(noon.getTime() + 600_000),
      },
    })
  })

  it('with the digest of the profile’s formula is what other toolkits make', () => {
    // Made by openssl: nonce, created and password through SHA-1, base64.
    const token =
      '<wsse:UsernameToken><wsse:Username>u</wsse:Username><wsse:Password Type="x#PasswordDigest">C9WoJtdXP3El/OmClxXfxx08x30=</wsse:Password><wsse:Nonce>MDEyMzQ1Njc4OWFiY2RlZg==</wsse:Nonce><wsu:Created>2026-11-22T04:00:00Z</wsu:Created></wsse:UsernameToken>'
    const settings = { ...digest, user: 'u', password: 'a-shared-secret-of-32-characters' }

    expect(verifyUsernameToken(payloadOf(token), settings, noon).name).toBe('username-token:u')
  })

  it.each([
    { what: 'that is missing', payload: payloadOf('<e:Envelope/>'), settings: text, code: 'missing' },
    { what: 'of another user', payload: called({ user: '别人' }), settings: text, code: 'invalid' },
    { what: 'with another password', payload: called({ password: 'x' }), settings: text, code: 'invalid' },
    { what: 'with text where a digest is agreed', payload: called({}), settings: digest, code: 'invalid' },
    {
      what: 'with a digest where text is agreed',
      payload: called({ form: 'digest' }),
      settings: text,
      code: 'invalid',
    },
    {
      what: 'that is old',
      payload: called({ form: 'digest' }, new Date(noon.getTime() - 301_000)),
      settings: digest,
      code: 'expired',
    },
    {
      what: 'of the future',
      payload: called({ form: 'digest' }, new Date(noon.getTime() + 301_000)),
      settings: digest,
      code: 'expired',
    },
    {
      what: 'behind the first 64 KiB',
      payload: payloadOf(
        `${' '.repeat(65_536)}${usernameToken({ user: '热线', password }, { nonce, at: noon })}`,
      ),
      settings: text,
      code: 'missing',
    },
    {
      what: 'that is nothing but its start',
      payload: payloadOf('<UsernameToken>'.repeat(4_000)),
      settings: text,
      code: 'invalid',
    },
  ])('$what is refused', ({ payload, settings, code }) => {
    const refusal = refusalOf(() => verifyUsernameToken(payload, settings, noon))

    expect(refusal.code).toBe(code)
    expect(refusal.message).not.toContain('secret')
  })
})
