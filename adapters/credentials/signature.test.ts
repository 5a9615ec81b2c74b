import { expect, it } from 'vitest'
import { noon } from '../../tests/support/adapter-channel.ts'
import type { RawPayload } from '../adapter.ts'
import { sign, signedHeaders, verifySignature } from './signature.ts'

const secret = 'a-shared-secret-of-32-characters'
const settings = { kind: 'hmac', secret } as const
const body = '{"no":"A1","text":"井盖破损"}'
const call = { method: 'POST', url: '/v1/receive/pw-7?feed=live', body, nonce: 'f3b1c0d2a4958677', at: noon }

function payloadWith(headers: Record<string, string>, parts: Partial<RawPayload> = {}): RawPayload {
  return { bytes: Buffer.from(body), headers, method: call.method, url: call.url, receivedAt: noon, ...parts }
}

it('the scheme stays what partners have built', () => {
  // Made by openssl, as in the README.
  const signature = sign(secret, {
    timestamp: '1795320000',
    nonce: call.nonce,
    method: 'post',
    pathWithQuery: call.url,
    body,
  })

  expect(signature).toBe('e15951796e1ca77efe0ec301f98eacb455a61773b7e572688357a36172637aac')
})

it('a genuine signature names its nonce and how long it must be remembered', () => {
  const principal = verifySignature(payloadWith(signedHeaders(secret, call)), settings, noon)

  expect(principal).toEqual({
    name: 'hmac',
    replay: { key: call.nonce, expiresAt: new Date(noon.getTime() + 600_000) },
  })
})

it('a repeated request has the same replay key, so that it can be refused', () => {
  const payload = payloadWith(signedHeaders(secret, call))

  expect(verifySignature(payload, settings, noon).replay?.key).toBe(
    verifySignature(payload, settings, new Date(noon.getTime() + 60_000)).replay?.key,
  )
})

it('the whole address is as good as path and query', () => {
  const payload = payloadWith(
    signedHeaders(secret, { ...call, url: `https://gateway.example:8443${call.url}` }),
  )

  expect(verifySignature(payload, settings, noon).name).toBe('hmac')
})

it('milliseconds are as good as seconds', () => {
  const timestamp = String(noon.getTime())
  const signature = sign(secret, {
    timestamp,
    nonce: call.nonce,
    method: 'POST',
    pathWithQuery: call.url,
    body,
  })

  expect(
    verifySignature(
      payloadWith({
        'x-timestamp': timestamp,
        'x-nonce': call.nonce,
        'x-signature': signature.toUpperCase(),
      }),
      settings,
      noon,
    ).name,
  ).toBe('hmac')
})

it('headers may have other names', () => {
  const headers = { timestamp: 'X-Ca-Timestamp', signature: 'X-Ca-Signature' }
  const signed = signedHeaders(secret, { ...call, headers })
  const lowerCase = Object.fromEntries(
    Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]),
  )

  expect(Object.keys(signed)).toEqual(['X-Ca-Timestamp', 'x-nonce', 'X-Ca-Signature'])
  expect(verifySignature(payloadWith(lowerCase), { ...settings, headers }, noon).name).toBe('hmac')
})

it('the previous secret is taken while a partner changes to the new one', () => {
  const payload = payloadWith(signedHeaders(secret, call))

  expect(
    verifySignature(
      payload,
      { kind: 'hmac', secret: 'the-new-secret-of-32-characters!', previousSecret: secret },
      noon,
    ).name,
  ).toBe('hmac')
})

it.each([-300, 300])('a clock %i s off is tolerated', (seconds) => {
  const payload = payloadWith(
    signedHeaders(secret, { ...call, at: new Date(noon.getTime() + seconds * 1000) }),
  )

  const { replay } = verifySignature(payload, settings, noon)

  expect(replay?.expiresAt.getTime()).toBeGreaterThanOrEqual(noon.getTime() + 300_000)
})

it('a clock further off is refused with by how much', () => {
  const payload = payloadWith(signedHeaders(secret, { ...call, at: new Date(noon.getTime() - 3_600_000) }))

  expect(() => verifySignature(payload, settings, noon)).toThrow('3600 s behind ours')
})

it.each([
  ['x-timestamp', 'yesterday'],
  ['x-timestamp', '17953200'],
  ['x-nonce', 'fifteen-chars-x'],
  ['x-nonce', 'x'.repeat(129)],
  ['x-nonce', '随机串随机串随机串随机串随机串随机串'],
  ['x-signature', 'abc'],
  ['x-signature', 'z'.repeat(64)],
  ['x-signature', '0'.repeat(64)],
])('header %s of "%s" is refused', (name, value) => {
  const payload = payloadWith({ ...signedHeaders(secret, call), [name]: value })

  expect(() => verifySignature(payload, settings, noon)).toThrow(
    expect.objectContaining({ name: 'AuthenticationError', code: 'invalid' }),
  )
})
