import { describe, expect, it } from 'vitest'
import {
  channelWith,
  judgeByCode,
  loopbackHttp,
  noon,
  noticeOf,
} from '../../tests/support/adapter-channel.ts'
import { refusedUrl, startPartner, type Partner } from '../../tests/support/adapter-partner.ts'
import type { Notice, Outcome } from '../../schemas/delivery.ts'
import type { Finding } from '../adapter.ts'
import { httpJson } from './http-json.ts'
import type { HttpJsonSettings, RequestSettings } from './settings.ts'
import { verifySignature } from '../credentials/signature.ts'

const secret = 'a-shared-secret-of-32-characters'

describe('a call out', () => {
  it('carries the mapped body to the path of the mapping, with the number encoded', async () => {
    const partner = await startPartner(() => ({ body: '{"code":0}' }))

    await deliver(partner, {
      path: '/orders/{externalId}/status?case={case}&code={code}&type={event}',
      method: 'PUT',
    })

    expect(partner.requests).toMatchObject([
      {
        method: 'PUT',
        url: '/api/orders/RX%2F2026%20001/status?case=PS20261122-000123&code=50&type=resolved',
        body: '{"orderNo":"RX/2026 001","status":"50"}',
        headers: { 'content-type': 'application/json' },
      },
    ])
  })

  it('is signed so that the partner can verify it with the same scheme', async () => {
    const partner = await startPartner(() => ({ body: '{"code":0}' }))

    await deliver(partner, { path: '/status?a=1' }, { settings: { signing: { secret } } })

    const [request] = partner.requests
    const headers = Object.fromEntries(
      Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    )
    const payload = {
      bytes: Buffer.from(request?.body ?? ''),
      headers,
      method: 'POST',
      url: '/api/status?a=1',
      receivedAt: noon,
    }
    expect(verifySignature(payload, { kind: 'hmac', secret }, noon).name).toBe('hmac')
  })

  it('is signed anew on every try, with the key unchanged', async () => {
    const partner = await startPartner(() => ({ body: '{"code":0}' }))

    await deliver(partner, { path: '/status' }, { settings: { signing: { secret } } })
    await deliver(partner, { path: '/status' }, { settings: { signing: { secret } } })

    expect(new Set(partner.requests.map(({ headers }) => headers['x-nonce'])).size).toBe(2)
    expect(new Set(partner.requests.map(({ headers }) => headers['idempotency-key']))).toEqual(
      new Set(['delivery-1']),
    )
  })

  it('carries the headers of channel and request, and the key under the name the partner wants', async () => {
    const partner = await startPartner(() => ({ body: '{"code":0}' }))

    await deliver(
      partner,
      { path: '/status', headers: { 'x-version': '2' } },
      { settings: { headers: { 'app-key': 'k1' }, idempotencyHeader: 'X-Msg-Id' } },
    )

    expect(partner.requests[0]?.headers).toMatchObject({
      'app-key': 'k1',
      'x-version': '2',
      'x-msg-id': 'delivery-1',
    })
  })

  it.each<{
    what: string
    request: RequestSettings | { path: string; colour: string }
    notice?: Partial<Notice>
    settings?: HttpJsonSettings
  }>([
    { what: 'an unknown placeholder', request: { path: '/{phone}' } },
    { what: 'a placeholder that this event lacks', request: { path: '/{code}' }, notice: { code: '' } },
    {
      what: 'a number that would climb out of its path',
      request: { path: '/orders/{externalId}/status' },
      notice: { source: { externalId: '..', references: [], extra: {} } },
    },
    {
      what: 'half a character in its path',
      request: { path: '/{externalId}' },
      notice: { source: { externalId: '\ud83d', references: [], extra: {} } },
    },
    { what: 'a setting that is none', request: { path: '/status', colour: 'red' } },
    { what: 'a body that is no JSON', request: { path: '/status' }, notice: { body: { n: 1n } } },
  ])('with $what is not made, and that is permanent', async ({ request, notice }) => {
    const partner = await startPartner(() => ({ body: '{"code":0}' }))

    expect(await deliver(partner, request, { notice: notice ?? {} })).toMatchObject({ kind: 'permanent' })
    expect(partner.requests).toEqual([])
  })

  it('without a base address is permanent', async () => {
    const outcome = await httpJson.deliver?.(
      noticeOf(),
      channelWith<HttpJsonSettings>({}),
      new AbortController().signal,
    )

    expect(outcome).toEqual({
      kind: 'permanent',
      detail: 'The channel has no baseUrl. Set it under reverse.settings.',
    })
  })

  it('is answered to the mapping as text where it is no JSON, and as a tree where it is', async () => {
    const seen: unknown[] = []
    const partner = await startPartner((_, count) => ({
      status: 202,
      headers: { 'x-a': '1' },
      body: count === 1 ? 'OK' : '{"no":12345678901234567890}',
    }))
    const judge = (answer: unknown): null => void seen.push(answer) as unknown as null

    await deliver(partner, { path: '/status' }, { judge })
    await deliver(partner, { path: '/status' }, { judge })

    expect(seen).toMatchObject([
      { status: 202, headers: { 'x-a': '1' }, body: 'OK' },
      { body: { no: '12345678901234567890' } },
    ])
  })

  function deliver(
    partner: Partner,
    request: RequestSettings,
    {
      settings = {},
      notice = {},
      judge = judgeByCode,
    }: { settings?: HttpJsonSettings; notice?: Partial<Notice>; judge?: typeof judgeByCode } = {},
  ): Promise<Outcome> | undefined {
    const channel = channelWith<HttpJsonSettings>(
      { baseUrl: `${partner.url}/api/`, ...settings },
      { http: loopbackHttp(), request: () => ({ settings: { ...request }, judge }) },
    )
    return httpJson.deliver?.(noticeOf(notice), channel, new AbortController().signal)
  }
})

describe('with API keys', () => {
  it.each([{}, { authentication: { kind: 'api-key' } as const }])(
    'and no key the payload has no sender',
    async (settings) => {
      const payload = { bytes: Buffer.from('{}'), headers: {}, method: 'POST', url: '/', receivedAt: noon }

      await expect(
        httpJson.authenticate(payload, channelWith<HttpJsonSettings>(settings)),
      ).rejects.toMatchObject({ name: 'AuthenticationError', code: 'missing' })
    },
  )
})

describe('the connection test', () => {
  it('says that nothing is called where nothing is', async () => {
    expect(await findings({})).toMatchObject([{ level: 'ok', subject: 'settings' }])
  })

  it('finds a partner that answers, and says that http is not secret', async () => {
    const partner = await startPartner(() => ({ headers: { date: noon.toUTCString() } }))

    expect(await findings({ baseUrl: partner.url })).toMatchObject([
      { level: 'warning', subject: 'tls' },
      { level: 'ok', subject: 'name' },
    ])
    expect(partner.requests).toMatchObject([{ method: 'GET', body: '' }])
  })

  it.each([
    { answer: { status: 401, headers: { date: noon.toUTCString() } }, subject: 'login', says: '401' },
    { answer: { status: 302, headers: { date: noon.toUTCString() } }, subject: 'settings', says: 'redirect' },
    { answer: { status: 502, headers: { date: noon.toUTCString() } }, subject: 'settings', says: '502' },
    {
      answer: { headers: { date: new Date(noon.getTime() + 600_000).toUTCString() } },
      subject: 'login',
      says: '600 s ahead of ours',
    },
  ])('warns of $says', async ({ answer, subject, says }) => {
    const partner = await startPartner(() => answer)

    expect(await findings({ baseUrl: partner.url })).toContainEqual({
      level: 'warning',
      subject,
      detail: expect.stringContaining(says),
    })
  })

  it('says why nobody can be reached', async () => {
    expect(await findings({ baseUrl: await refusedUrl() })).toContainEqual({
      level: 'error',
      subject: 'name',
      detail: expect.stringContaining('ECONNREFUSED'),
    })
  })

  async function findings(settings: HttpJsonSettings): Promise<Finding[] | undefined> {
    return httpJson.test?.(channelWith<HttpJsonSettings>(settings, { http: loopbackHttp() }))
  }
})
