import { describe, expect, it } from 'vitest'
import { channelWith, loopbackHttp, noon } from '../../tests/support/adapter-channel.ts'
import { refusedUrl, startPartner } from '../../tests/support/adapter-partner.ts'
import type { Channel, FileContent, Finding, PartnerEntry } from '../adapter.ts'
import { httpJson } from './http-json.ts'
import type { HttpJsonSettings } from './settings.ts'

const signal = new AbortController().signal
const key = { kind: 'api-key', secret: 'k-123' } as const
const dated = { date: noon.toUTCString() }

describe('a file at the partner’s', () => {
  it('is fetched with our access, and has the type that the partner says', async () => {
    const partner = await startPartner(() => ({
      body: 'jpeg',
      headers: { 'content-type': 'image/jpeg; q=1' },
    }))

    const file = await fetchFile('/files/1.jpg', { baseUrl: `${partner.url}/api/`, access: key })

    expect({ ...file, bytes: Buffer.from(file?.bytes ?? []).toString() }).toEqual({
      bytes: 'jpeg',
      mediaType: 'image/jpeg',
    })
    expect(partner.requests[0]).toMatchObject({
      url: '/files/1.jpg',
      headers: { 'x-api-key': 'k-123', accept: '*/*' },
    })
  })

  it('on another server is fetched without our access, unless that server is named', async () => {
    const [partner, files] = [await startPartner(() => ({})), await startPartner(() => ({ body: 'x' }))]
    const settings = { baseUrl: partner.url, access: key, headers: { 'x-app': 'a' } }

    await fetchFile(`${files.url}/1.jpg`, settings)
    await fetchFile(`${files.url}/1.jpg`, { ...settings, fileOrigins: [files.url] })

    expect(files.requests.map(({ headers }) => [headers['x-api-key'], headers['x-app']])).toEqual([
      [undefined, undefined],
      ['k-123', 'a'],
    ])
  })

  it.each([
    { what: 'that is too large', url: '/big', reason: 'too-large' },
    { what: 'that is not there', url: '/gone', reason: 'broken' },
    { what: 'that has moved', url: '/moved', reason: 'broken' },
    { what: 'with an address of another kind', url: 'file:///etc/passwd', reason: 'blocked' },
    { what: 'that came with the report', url: 'part:photo', reason: 'blocked' },
  ])('$what is refused', async ({ url, reason }) => {
    const partner = await startPartner((request) => ({
      status: request.url === '/gone' ? 404 : request.url === '/moved' ? 302 : 200,
      body: request.url === '/big' ? 'x'.repeat(2_000) : '',
    }))

    await expect(fetchFile(url, { baseUrl: partner.url })).rejects.toMatchObject({ reason })
  })

  async function fetchFile(url: string, settings: HttpJsonSettings): Promise<FileContent | undefined> {
    return await httpJson.fetchFile?.({ url, maxBytes: 1_000 }, channelAt(settings), signal)
  }
})

describe('the partner’s list of a day', () => {
  const list: HttpJsonSettings['list'] = {
    path: '/days/{day}',
    query: { from: '{since}', to: '{until}', p: '{page}' },
    paging: { kind: 'page' },
    records: 'data.rows',
    total: 'data.total',
    externalId: 'no',
    at: 'time',
    status: 'state.code',
    format: 'yyyy-MM-dd HH:mm:ss',
  }

  it('is read in full, each entry with number, time and status', async () => {
    const partner = await startPartner((_, count) => ({
      body: JSON.stringify({
        data: { total: 2, rows: [{ no: count, time: `2026-11-22 0${count}:00:00`, state: { code: '20' } }] },
      }),
    }))

    const entries = await entriesOf({ baseUrl: partner.url, access: key, list })

    expect(entries).toEqual([
      { externalId: '1', at: new Date('2026-11-21T17:00:00Z'), status: '20' },
      { externalId: '2', at: new Date('2026-11-21T18:00:00Z'), status: '20' },
    ])
    expect(partner.requests.map(({ url }) => url)).toEqual([
      '/days/2026-11-22?from=2026-11-22+00%3A00%3A00&to=2026-11-23+00%3A00%3A00&p=1',
      '/days/2026-11-22?from=2026-11-22+00%3A00%3A00&to=2026-11-23+00%3A00%3A00&p=2',
    ])
  })

  it.each([
    { format: 'epoch-s', time: 1_795_320_000 },
    { format: 'epoch-ms', time: '1795320000000' },
    { format: 'iso', time: '2026-11-22T12:00:00+08:00' },
    { format: 'iso', time: '2026-11-22 12:00:00' },
    { format: 'yyyy/MM/dd', time: '2026/11/22', at: '2026-11-21T16:00:00.000Z' },
  ])('may write its times as $format', async ({ format, time, at = '2026-11-22T04:00:00.000Z' }) => {
    const partner = await startPartner(() => ({ body: JSON.stringify([{ no: 'A', time }]) }))
    const { records: _records, total: _total, ...rest } = list

    const [entry] = await entriesOf({ baseUrl: partner.url, list: { ...rest, path: '/', format } })

    expect(entry?.at.toISOString()).toBe(at)
  })

  it('stops at a partner that gives the same page for ever', async () => {
    const partner = await startPartner(() => ({
      body: '{"data":{"rows":[{"no":1,"time":"2026-11-22 01:00:00"}]}}',
    }))

    expect(await entriesOf({ baseUrl: partner.url, list })).toHaveLength(1)
  })

  it.each([
    { what: 'an entry without number', body: '{"data":{"rows":[{"time":"2026-11-22 01:00:00"}]}}' },
    { what: 'a time in another form', body: '{"data":{"rows":[{"no":1,"time":"22.11.2026"}]}}' },
    { what: 'a web page', body: '<html>' },
  ])('with $what is no list', async ({ body }) => {
    const partner = await startPartner(() => ({ body }))

    await expect(entriesOf({ baseUrl: partner.url, list })).rejects.toThrow(/list|JSON/)
  })

  it('is empty where none is set up', async () => {
    expect(await entriesOf({})).toEqual([])
  })

  async function entriesOf(settings: HttpJsonSettings): Promise<PartnerEntry[]> {
    return await Array.fromAsync(httpJson.list?.(channelAt(settings), '2026-11-22') ?? [])
  }
})

describe('the connection test of a polled feed', () => {
  const poll = { path: '/list' }

  it.each<{ what: string; status?: number; body: string; finding: Partial<Finding> }>([
    { what: 'records', body: '[{"id":1}]', finding: { level: 'ok', subject: 'rights' } },
    { what: 'nothing', body: '[]', finding: { level: 'warning', subject: 'empty' } },
    { what: '401', status: 401, body: '', finding: { level: 'error', subject: 'login' } },
    { what: '403', status: 403, body: '', finding: { level: 'error', subject: 'rights' } },
    { what: 'a login page', body: '<html>', finding: { level: 'error', subject: 'settings' } },
  ])('answered with $what says so', async ({ status = 200, body, finding }) => {
    const partner = await startPartner(() => ({ status, body }))

    const found = await findings({ baseUrl: partner.url, poll })

    expect(found).toMatchObject([{ level: 'ok', subject: 'name' }, finding])
    expect(partner.requests).toHaveLength(1)
  })

  it('says that a token was given, and to whom nobody answers', async () => {
    const service = await startPartner(() => ({ body: '{"access_token":"t","expires_in":600}' }))
    const access = { kind: 'oauth2', url: service.url, clientId: 'c', clientSecret: 's' } as const

    expect(await findings({ baseUrl: await refusedUrl(), access, poll })).toMatchObject([
      { level: 'ok', subject: 'login', detail: expect.stringContaining('540 s') },
      { level: 'error', subject: 'name', detail: expect.stringContaining('ECONNREFUSED') },
    ])
  })

  it('says that the token service refuses us, and asks nobody else', async () => {
    const [service, partner] = [
      await startPartner(() => ({ status: 400, body: '{"error":"invalid_scope"}' })),
      await startPartner(() => ({ headers: dated })),
    ]
    const access = { kind: 'oauth2', url: service.url, clientId: 'c', clientSecret: 's' } as const

    const found = await findings({ baseUrl: partner.url, access })

    expect(found).toMatchObject([
      { level: 'error', subject: 'login', detail: expect.stringContaining('invalid_scope') },
    ])
    expect(partner.requests).toEqual([])
  })

  async function findings(settings: HttpJsonSettings): Promise<Finding[] | undefined> {
    return await httpJson.test?.(channelAt(settings))
  }
})

describe('the connection test of a channel that is told', () => {
  it('carries our access', async () => {
    const partner = await startPartner(() => ({ headers: dated }))

    await httpJson.test?.(channelAt({ baseUrl: partner.url, access: key }))

    expect(partner.requests[0]?.headers['x-api-key']).toBe('k-123')
  })
})

function channelAt(settings: HttpJsonSettings): Channel<HttpJsonSettings> {
  return channelWith<HttpJsonSettings>(settings, { http: loopbackHttp() })
}
