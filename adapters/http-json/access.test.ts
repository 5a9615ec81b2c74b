import { describe, expect, it } from 'vitest'
import {
  channelWith,
  judgeByCode,
  loopbackHttp,
  noon,
  noticeOf,
} from '../../tests/support/adapter-channel.ts'
import {
  refusedUrl,
  startPartner,
  type Partner,
  type PartnerAnswer,
} from '../../tests/support/adapter-partner.ts'
import { OutgoingError, type Channel } from '../adapter.ts'
import { verifySignature } from '../credentials/signature.ts'
import { httpJson } from './http-json.ts'
import { callPartner } from './partner-call.ts'
import type { HttpJsonSettings } from './settings.ts'

const signal = new AbortController().signal
const clientSecret = 's3cret:&=密'

describe('our calls prove who we are', () => {
  it.each<{ access: NonNullable<HttpJsonSettings['access']>; header: string; value: string }>([
    { access: { kind: 'api-key', secret: 'k-123' }, header: 'x-api-key', value: 'k-123' },
    {
      access: { kind: 'api-key', secret: 'k-123', header: 'Authorization', prefix: 'AppCode ' },
      header: 'authorization',
      value: 'AppCode k-123',
    },
    {
      access: { kind: 'basic', user: '区政数局', password: 'p:w' },
      header: 'authorization',
      value: `Basic ${Buffer.from('区政数局:p:w').toString('base64')}`,
    },
  ])('by $access.kind in $header', async ({ access, header, value }) => {
    const partner = await startPartner(() => ({}))

    await callPartner({ method: 'GET', url: partner.url }, channelOf({ access }), signal)

    expect(partner.requests[0]?.headers[header]).toBe(value)
  })

  it('by a key in the query, which the signature covers', async () => {
    const partner = await startPartner(() => ({}))
    const settings: HttpJsonSettings = {
      access: { kind: 'api-key', secret: 'k 1&2', query: 'appKey' },
      signing: { secret: 'a-shared-secret-of-32-characters' },
    }

    await callPartner({ method: 'GET', url: `${partner.url}/list?a=1` }, channelOf(settings), signal)

    const [request] = partner.requests
    const headers = Object.fromEntries(Object.entries(request?.headers ?? {}).map(([n, v]) => [n, String(v)]))
    const payload = {
      bytes: Buffer.alloc(0),
      headers,
      method: 'GET',
      url: request?.url ?? '',
      receivedAt: noon,
    }
    expect(request?.url).toBe('/list?a=1&appKey=k+1%262')
    expect(
      verifySignature(payload, { kind: 'hmac', secret: settings.signing?.secret ?? '' }, noon).name,
    ).toBe('hmac')
  })

  it('in one header where channel and request both name it', async () => {
    const partner = await startPartner(() => ({}))
    const settings = {
      headers: { Accept: 'text/plain', 'X-Api-Key': 'old' },
      access: { kind: 'api-key', secret: 'new' },
    } as const

    await callPartner({ method: 'GET', url: partner.url }, channelOf(settings), signal)

    expect(partner.requests[0]?.headers).toMatchObject({ accept: 'text/plain', 'x-api-key': 'new' })
  })
})

describe('an OAuth2 token', () => {
  it.each([
    {
      style: 'basic' as const,
      authorization: `Basic ${Buffer.from('%E5%8C%BA:s3cret%3A%26%3D%E5%AF%86').toString('base64')}`,
      body: 'grant_type=client_credentials&scope=read+write',
    },
    {
      style: 'body' as const,
      authorization: undefined,
      body: 'grant_type=client_credentials&scope=read+write&client_id=%E5%8C%BA&client_secret=s3cret%3A%26%3D%E5%AF%86',
    },
  ])('is asked for in the $style style and sent along', async ({ style, authorization, body }) => {
    const { service, partner, channel } = await startSecured({ style, scope: 'read write', clientId: '区' })

    await call(partner, channel)

    expect(service.requests[0]).toMatchObject({
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(service.requests[0]?.headers.authorization).toBe(authorization)
    expect(partner.requests[0]?.headers.authorization).toBe('Bearer t1')
  })

  it('is kept until shortly before it ends', async () => {
    let now = noon
    const { service, partner, channel } = await startSecured({}, { now: () => now })

    await call(partner, channel)
    now = new Date(noon.getTime() + 3_539_000)
    await call(partner, channel)
    now = new Date(noon.getTime() + 3_541_000)
    await call(partner, channel)

    expect(service.requests).toHaveLength(2)
    expect(partner.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ])
  })

  it('is asked for once by callers that need it at the same moment', async () => {
    const { service, partner, channel } = await startSecured()

    await Promise.all(Array.from({ length: 10 }, () => call(partner, channel)))

    expect(service.requests).toHaveLength(1)
    expect(partner.requests).toHaveLength(10)
  })

  it('that the partner has withdrawn is replaced once, and the call made again', async () => {
    const { service, partner, channel } = await startSecured({}, {}, ({ headers }) => ({
      status: headers['authorization'] === 'Bearer t1' ? 401 : 200,
      body: '{"code":0}',
    }))

    const outcome = await deliver(partner, channel)

    expect(outcome).toMatchObject({ kind: 'delivered' })
    expect([service.requests.length, partner.requests.length]).toEqual([2, 2])
  })

  it('that is refused again is not asked for a third time', async () => {
    const { service, partner, channel } = await startSecured({}, {}, () => ({ status: 401 }))

    const outcome = await deliver(partner, channel)

    expect(outcome).toMatchObject({ kind: 'permanent', detail: expect.stringContaining('401') })
    expect([service.requests.length, partner.requests.length]).toEqual([2, 2])
  })

  it('is found and sent where this partner has it', async () => {
    const { partner, channel } = await startSecured(
      { valuePath: 'data.accessToken', lifetimePath: 'data.expire', query: 'access_token' },
      {},
      undefined,
      () => ({ body: '{"code":0,"data":{"accessToken":"x/y","expire":"60"}}' }),
    )

    await call(partner, channel)

    expect(partner.requests[0]?.url).toBe('/?access_token=x%2Fy')
  })

  it.each<{ what: string; answer: PartnerAnswer; outcome: object; tries: number }>([
    {
      what: 'refuses our client',
      answer: { status: 401, body: `{"error":"invalid_client","error_description":"${clientSecret}"}` },
      outcome: { kind: 'permanent', detail: expect.stringContaining('invalid_client') },
      tries: 1,
    },
    {
      what: 'answers without a token',
      answer: { body: `{"error":"${clientSecret}"}` },
      outcome: { kind: 'permanent', detail: expect.stringContaining('without a token') },
      tries: 1,
    },
    { what: 'answers with a web page', answer: { body: '<html>' }, outcome: { kind: 'permanent' }, tries: 1 },
    { what: 'is not well', answer: { status: 502 }, outcome: { kind: 'transient' }, tries: 3 },
    {
      what: 'asks for patience',
      answer: { status: 429, headers: { 'retry-after': '9' } },
      outcome: { kind: 'transient', retryAfterMs: 9_000 },
      tries: 1,
    },
  ])('whose service $what means that nothing was sent', async ({ answer, outcome, tries }) => {
    const { service, partner, channel } = await startSecured({}, {}, undefined, () => answer)

    const result = await deliver(partner, channel)

    expect(result).toMatchObject(outcome)
    expect(JSON.stringify(result)).not.toContain('s3cret')
    expect([service.requests.length, partner.requests.length]).toEqual([tries, 0])
  })

  it('whose service is well again after a failure is there for the next call', async () => {
    const { partner, channel } = await startSecured({}, {}, undefined, (count) =>
      count <= 3 ? { status: 500 } : { body: '{"access_token":"late"}' },
    )

    const outcomes = [await deliver(partner, channel), await deliver(partner, channel)]

    expect(outcomes).toMatchObject([{ kind: 'transient' }, { kind: 'delivered' }])
  })

  it('whose service is away is no notice that was perhaps taken', async () => {
    const access = {
      kind: 'oauth2',
      url: `${await refusedUrl()}/token`,
      clientId: 'c',
      clientSecret,
    } as const

    const outcome = await deliver(await startPartner(() => ({})), channelOf({ access }))

    expect(outcome).toMatchObject({ kind: 'transient' })
  })

  it('is waited for no longer than the caller does, and the others go on waiting', async () => {
    const cancel = new AbortController()
    const { partner, channel } = await startSecured({}, {}, undefined, () => {
      cancel.abort()
      return { body: '{"access_token":"t"}' }
    })
    const request = { method: 'GET', url: partner.url }

    const [given, waited] = await Promise.allSettled([
      callPartner(request, channel, cancel.signal),
      callPartner(request, channel, signal),
    ])

    expect(given).toMatchObject({ status: 'rejected', reason: expect.any(OutgoingError) })
    expect(waited).toMatchObject({ status: 'fulfilled', value: { status: 200 } })
  })
})

function channelOf(
  settings: HttpJsonSettings,
  parts: Partial<Channel<HttpJsonSettings>> = {},
): Channel<HttpJsonSettings> {
  return channelWith<HttpJsonSettings>(settings, {
    http: loopbackHttp(),
    request: () => ({ settings: { path: '/status' }, judge: judgeByCode }),
    ...parts,
  })
}

/** A token service that gives t1, t2 … for an hour each, and a partner behind it. */
async function startSecured(
  access: Partial<Extract<NonNullable<HttpJsonSettings['access']>, { kind: 'oauth2' }>> = {},
  parts: Partial<Channel<HttpJsonSettings>> = {},
  answer: Parameters<typeof startPartner>[0] = () => ({ body: '{"code":0}' }),
  give: (count: number) => PartnerAnswer = (count) => ({
    body: `{"access_token":"t${count}","expires_in":3600}`,
  }),
): Promise<{ service: Partner; partner: Partner; channel: Channel<HttpJsonSettings> }> {
  const service = await startPartner((_, count) => give(count))
  const partner = await startPartner(answer)
  const settings: HttpJsonSettings = {
    baseUrl: partner.url,
    access: { kind: 'oauth2', url: `${service.url}/token`, clientId: 'c', clientSecret, ...access },
  }
  return { service, partner, channel: channelOf(settings, parts) }
}

async function call(partner: Partner, channel: Channel<HttpJsonSettings>): Promise<unknown> {
  return await callPartner({ method: 'GET', url: partner.url }, channel, signal)
}

async function deliver(partner: Partner, channel: Channel<HttpJsonSettings>): Promise<unknown> {
  const whole = { ...channel, settings: { baseUrl: partner.url, ...channel.settings } }
  return await httpJson.deliver?.(noticeOf(), whole, signal)
}
