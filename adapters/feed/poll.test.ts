import { describe, expect, it } from 'vitest'
import { channelWith, loopbackHttp, noon } from '../../tests/support/adapter-channel.ts'
import {
  refusedUrl,
  startPartner,
  type Partner,
  type PartnerAnswer,
} from '../../tests/support/adapter-partner.ts'
import type { Channel, Cursor, Finding, PollPage } from '../adapter.ts'
import { feed } from './feed.ts'
import type { FeedSettings } from './settings.ts'

function rss(built: string, ...ids: string[]): string {
  return `<rss version="2.0"><channel><lastBuildDate>${built}</lastBuildDate>${ids.map((id) => `<item><guid>${id}</guid><title>${id}</title></item>`).join('')}</channel></rss>`
}

function channelAt(url: string, settings: Partial<FeedSettings> = {}): Channel<FeedSettings> {
  return channelWith<FeedSettings>({ url: `${url}/rss?token=abc`, ...settings }, { http: loopbackHttp() })
}

async function poll(channel: Channel<FeedSettings>, cursor: Cursor | null = null): Promise<PollPage> {
  const [page, ...more] = await Array.fromAsync(
    feed.poll?.(channel, cursor, new AbortController().signal) ?? [],
  )
  if (!page || more.length > 0) throw new Error('a poll of a feed is one page')
  return { ...page, cursor: JSON.parse(JSON.stringify(page.cursor)) as Cursor }
}

describe('a poll', () => {
  it('gives the document byte for byte, as fetched and not as pushed', async () => {
    const document = `\ufeff${rss('1', 'a')}\r\n`
    const partner = await startPartner(() => ({
      body: document,
      headers: { 'content-type': 'text/xml; charset=utf-8', 'set-cookie': 'sid=1' },
    }))
    const channel = channelAt(partner.url)

    const { payload, more, waitMs } = await poll(channel)

    expect(Buffer.from(payload?.bytes ?? []).toString()).toBe(document)
    expect(payload).toMatchObject({
      method: 'POLL',
      url: `${partner.url}/rss`,
      receivedAt: noon,
      headers: { 'content-type': 'text/xml; charset=utf-8' },
    })
    expect(payload?.headers).not.toHaveProperty('set-cookie')
    expect({ more, waitMs }).toEqual({ more: false, waitMs: 300_000 })
    expect(payload && (await feed.authenticate(payload, channel))).toEqual({ name: 'poll' })
  })

  it('asks only for what changed, with what the site itself gave', async () => {
    const partner = await startPartner(({ headers }) =>
      headers['if-none-match'] === '"v1"'
        ? { status: 304 }
        : {
            body: rss('1', 'a'),
            headers: { etag: '"v1"', 'last-modified': 'Sun, 22 Nov 2026 01:00:00 GMT' },
          },
    )
    const channel = channelAt(partner.url, { userAgent: 'Mozilla/5.0', headers: { 'x-token': 't' } })

    const first = await poll(channel)
    const second = await poll(channel, first.cursor)

    expect(second).toMatchObject({ payload: null, cursor: first.cursor })
    expect(partner.requests[1]?.headers).toMatchObject({
      'if-none-match': '"v1"',
      'if-modified-since': 'Sun, 22 Nov 2026 01:00:00 GMT',
      'user-agent': 'Mozilla/5.0',
      'x-token': 't',
    })
  })

  it.each([
    { what: 'the same document', second: rss('1', 'a', 'b'), isNew: false },
    { what: 'a document with nothing new but its date', second: rss('2', 'a', 'b'), isNew: false },
    { what: 'the same entries in another order', second: rss('1', 'b', 'a'), isNew: false },
    { what: 'fewer entries', second: rss('1', 'b'), isNew: false },
    { what: 'a new entry', second: rss('1', 'c', 'a', 'b'), isNew: true },
    {
      what: 'an entry that was changed',
      second: rss('1', 'a', 'b').replace('<title>a', '<title>A'),
      isNew: true,
    },
    { what: 'a document that cannot be read', second: '<html>', isNew: true },
    { what: 'a document that has no entry any more', second: rss('1'), isNew: true },
  ])('after which the site gives $what is new: $isNew', async ({ second, isNew }) => {
    const partner = await startPartner((_, count) => ({ body: count === 1 ? rss('1', 'a', 'b') : second }))
    const channel = channelAt(partner.url)

    const page = await poll(channel, (await poll(channel)).cursor)

    expect(page.payload !== null).toBe(isNew)
  })

  it('gives a document that cannot be read once, not every five minutes', async () => {
    const partner = await startPartner(() => ({ body: '<html>maintenance</html>' }))
    const channel = channelAt(partner.url)

    const first = await poll(channel)
    const second = await poll(channel, first.cursor)

    expect([first.payload !== null, second.payload]).toEqual([true, null])
  })

  it('starts afresh at another address, and at a cursor that it does not know', async () => {
    const partner = await startPartner(() => ({ body: rss('1', 'a'), headers: { etag: '"v1"' } }))
    const { cursor } = await poll(channelAt(partner.url))

    const moved = await poll(channelAt(partner.url, { url: `${partner.url}/other` }), cursor)
    const odd = await poll(channelAt(partner.url), { after: 7 })

    expect([moved.payload !== null, odd.payload !== null]).toEqual([true, true])
    expect(partner.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it.each([
    { answer: { status: 429, headers: { 'retry-after': '900' } }, waitMs: 900_000 },
    {
      answer: { status: 503, headers: { 'retry-after': 'Sun, 22 Nov 2026 05:00:00 GMT' } },
      waitMs: 3_600_000,
    },
    { answer: { status: 503, headers: { 'retry-after': '1' } }, waitMs: 300_000 },
    { answer: { status: 503 }, waitMs: 300_000 },
  ])(
    'that comes too often ($answer.status) waits $waitMs ms and loses nothing',
    async ({ answer, waitMs }) => {
      const partner = await startPartner(() => answer)
      const cursor = { source: 'x' }

      expect(await poll(channelAt(partner.url), cursor)).toEqual({
        payload: null,
        cursor,
        more: false,
        waitMs,
      })
    },
  )

  it.each<{ answer: PartnerAnswer; says: string }>([
    {
      answer: { status: 301, headers: { location: '/new.xml?key=secret' } },
      says: 'set url to the new address',
    },
    { answer: { status: 401 }, says: 'does not let us in' },
    { answer: { status: 404 }, says: 'no feed at this address' },
    { answer: { status: 500 }, says: 'not well' },
    { answer: { status: 204 }, says: 'no feed' },
  ])('answered by $answer.status fails in plain words', async ({ answer, says }) => {
    const partner = await startPartner(() => answer)

    const error = await poll(channelAt(partner.url)).catch((failure: unknown) => failure)

    expect(error).toMatchObject({ name: 'OutgoingError', message: expect.stringContaining(says) })
    expect((error as Error).message).not.toMatch(/abc|secret/)
  })

  it('of a document beyond the bound fails', async () => {
    const partner = await startPartner(() => ({ body: 'x'.repeat(2_000) }))

    await expect(poll(channelAt(partner.url, { maxBytes: 1_000 }))).rejects.toMatchObject({
      reason: 'too-large',
    })
  })
})

describe('the connection test', () => {
  it.each<{ answer: PartnerAnswer; finding: Partial<Finding> }>([
    {
      answer: {
        body: rss('1', 'a', 'b').replace(
          '<title>a',
          '<pubDate>Sun, 22 Nov 2026 01:00:00 GMT</pubDate><title>a',
        ),
      },
      finding: {
        level: 'ok',
        detail: 'The feed can be read: 2 entries, the newest of 2026-11-22T01:00:00.000Z.',
      },
    },
    { answer: { body: rss('1') }, finding: { level: 'warning', subject: 'empty' } },
    { answer: { body: '<!DOCTYPE html><html>' }, finding: { level: 'error', subject: 'settings' } },
    { answer: { status: 403 }, finding: { level: 'error', subject: 'login' } },
    { answer: { status: 404 }, finding: { level: 'error', subject: 'settings' } },
  ])('says $finding.level for $answer', async ({ answer, finding }) => {
    const partner: Partner = await startPartner(() => answer)

    expect(await feed.test?.(channelAt(partner.url))).toMatchObject([finding])
  })

  it('warns of entries without a time', async () => {
    const partner = await startPartner(() => ({ body: rss('1', 'a') }))

    expect(await feed.test?.(channelAt(partner.url))).toMatchObject([
      { level: 'ok' },
      { level: 'warning', subject: 'settings' },
    ])
  })

  it('says why nobody can be reached', async () => {
    expect(await feed.test?.(channelAt(await refusedUrl()))).toMatchObject([
      { level: 'error', subject: 'name' },
    ])
  })
})
