import { expect, it } from 'vitest'
import { noon } from '../../tests/support/adapter-channel.ts'
import type { RawPayload } from '../adapter.ts'
import { verifyBasic, verifyHeader, verifySender } from './verify.ts'

const secret = 'a-shared-secret-of-32-characters'
const oldSecret = 'the-secret-of-the-year-before!!!'

function payloadWith(headers: Readonly<Record<string, string>>): RawPayload {
  return { bytes: new Uint8Array(), headers, method: 'POST', url: '/', receivedAt: noon }
}

function basic(text: string): RawPayload {
  return payloadWith({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
}

it('user name and password in UTF-8 name the sender', () => {
  const settings = { kind: 'basic', user: '城管', password: secret } as const

  expect(verifyBasic(basic(`城管:${secret}`), settings)).toEqual({ name: 'basic:城管' })
})

it('a password may hold a colon', () => {
  const settings = { kind: 'basic', user: 'a', password: `${secret}:x` } as const

  expect(verifyBasic(basic(`a:${secret}:x`), settings)).toEqual({ name: 'basic:a' })
})

it('while secrets change both are taken', () => {
  const settings = { kind: 'header', secret, previousSecret: oldSecret } as const

  expect(verifyHeader(payloadWith({ 'x-api-key': oldSecret }), settings).name).toBe('header:x-api-key')
  expect(verifyHeader(payloadWith({ 'x-api-key': secret }), settings).name).toBe('header:x-api-key')
})

it('a channel without authentication of its own says that it takes keys of the gateway', () => {
  expect(() => verifySender(payloadWith({}), undefined, noon)).toThrow(/API key of the gateway/)
})

it.each([`a:${secret}x`, `b:${secret}`, `a:${secret.slice(1)}`, 'a', ''])(
  'user name and password %# are refused, and not quoted',
  (text) => {
    const settings = { kind: 'basic', user: 'a', password: secret } as const

    expect(() => verifyBasic(basic(text), settings)).toThrow(/^(?!.*secret-of).*(wrong|asks for)/)
  },
)
