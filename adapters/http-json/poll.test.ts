import { describe, expect, it } from 'vitest'
import { channelWith, noon } from '../../tests/support/adapter-channel.ts'
import { refusedUrl, startPartner, type PartnerAnswer } from '../../tests/support/adapter-partner.ts'
import {
  byId,
  channelAt,
  collect,
  pagesOf,
  readRound,
  rows,
  startBoard,
} from '../../tests/support/poll-reader.ts'
import { AuthenticationError, type PollPage } from '../adapter.ts'
import { httpJson } from './http-json.ts'
import type { HttpJsonSettings } from './settings.ts'

describe('a page', () => {
  it('is kept byte for byte, as fetched and not as pushed, without the key in its address', async () => {
    const body = '\ufeff[ {"id":1} ]\r\n'
    const partner = await startPartner(() => ({
      body,
      headers: { 'content-type': 'application/json; charset=utf-8', 'set-cookie': 'sid=1' },
    }))
    const channel = channelAt(partner.url, byId, {
      access: { kind: 'api-key', secret: 'k-123', query: 'key' },
    })

    const [page] = await pagesOf(channel)

    expect(Buffer.from(page?.payload?.bytes ?? []).toString()).toBe(body)
    expect(page?.payload).toMatchObject({
      method: 'POLL',
      url: `${partner.url}/messages`,
      receivedAt: noon,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    expect(page?.payload?.headers).not.toHaveProperty('set-cookie')
    expect(page?.payload && (await httpJson.authenticate(page.payload, channel))).toEqual({ name: 'poll' })
  })

  it('with a record that cannot be read is kept whole: that record alone is quarantined', async () => {
    const partner = await startPartner((_, count) => ({ body: count === 1 ? '[{"id":1},null]' : '[]' }))
    const channel = channelAt(partner.url, byId)

    const [page] = await pagesOf(channel)
    const records = page?.payload ? await Array.fromAsync(httpJson.decode(page.payload, channel)) : []

    expect(records.map(({ kind }) => kind)).toEqual(['record', 'unreadable'])
  })

  it.each<{ what: string; answer: PartnerAnswer; says: string; settings?: HttpJsonSettings }>([
    { what: 'a login page', answer: { body: '\n<!DOCTYPE html><p>张三' }, says: 'login' },
    { what: 'half a JSON', answer: { body: '[{"id":1' }, says: 'ends inside an object' },
    { what: 'nothing', answer: {}, says: 'empty' },
    {
      what: 'an answer without the list',
      answer: { body: '{"code":1}' },
      says: 'data',
      settings: { records: 'data' },
    },
    {
      what: 'a failing code',
      answer: { body: '{"code":500,"msg":"张三","data":[]}' },
      says: 'code 500',
      settings: { records: 'data' },
    },
    {
      what: 'a failing text',
      answer: { body: '{"code":"张三","data":[]}' },
      says: 'another text',
      settings: { records: 'data' },
    },
    { what: 'too many rows', answer: { body: JSON.stringify(rows(1, 1_001)) }, says: '1001' },
    { what: 'a moved interface', answer: { status: 302, headers: { location: '/new' } }, says: 'Redirects' },
    { what: '401', answer: { status: 401 }, says: 'secrets' },
    { what: '403', answer: { status: 403 }, says: 'right' },
    { what: '404', answer: { status: 404 }, says: 'address' },
    { what: '422', answer: { status: 422 }, says: 'query' },
    { what: '500', answer: { status: 500, body: '张三' }, says: 'asked again' },
  ])(
    'of $what is none: the poll fails and the cursor stays',
    async ({ what, answer, says, settings = {} }) => {
      const partner = await startPartner(() => answer)
      const success = what.startsWith('a failing') ? { success: { path: 'code', values: ['0'] } } : {}
      const failure = await pagesOf(channelAt(partner.url, { ...byId, ...success }, settings)).catch(String)

      expect(failure).toContain(says)
      expect(failure).not.toContain('张三')
    },
  )

  it.each([429, 503])('of %i says how long the partner wants to be left alone', async (status) => {
    const partner = await startPartner(() => ({ status, headers: { 'retry-after': '120' } }))

    await expect(pagesOf(channelAt(partner.url, byId))).rejects.toMatchObject({ retryAfterMs: 120_000 })
  })

  it('with Retry-After makes the next round wait', async () => {
    const partner = await startPartner(() => ({ body: '[]', headers: { 'retry-after': '7' } }))

    expect((await pagesOf(channelAt(partner.url, byId)))[0]).toMatchObject({ waitMs: 7_000 })
  })

  it('beyond the bound is not read', async () => {
    const partner = await startPartner(() => ({ body: `[${' '.repeat(2_000)}]` }))

    await expect(pagesOf(channelAt(partner.url, byId, { maxBytes: 1_000 }))).rejects.toMatchObject({
      reason: 'too-large',
    })
  })

  it('that breaks in the middle of a round leaves what was read before', async () => {
    const board = await startBoard(rows(1, 6))
    const broken = await startPartner((request, count) =>
      count === 2 ? { status: 502 } : board.answer(request),
    )
    const channel = channelAt(broken.url, byId)
    const pages: PollPage[] = []

    await expect(collect(channel, null, pages)).rejects.toThrow('502')
    const rest = await readRound(channel, pages.at(-1)?.cursor ?? null)

    expect(rest.ids).toEqual([
      [3, 4],
      [5, 6],
    ])
  })
})

describe('a poll', () => {
  it('whose time is over keeps what it read, and is no failure', async () => {
    const cancel = new AbortController()
    const partner = await startPartner((_, count) => {
      if (count === 2) cancel.abort()
      return { body: '[{"id":1},{"id":2}]' }
    })

    const pages = await pagesOf(channelAt(partner.url, byId), null, cancel.signal)

    expect(pages.map(({ more }) => more)).toEqual([true])
  })

  it('starts afresh at another address, and at a cursor that it does not know', async () => {
    const [one, other] = [await startBoard(rows(1, 3)), await startBoard(rows(1, 1))]
    const { cursor } = await readRound(channelAt(one.url, byId))

    await readRound(channelAt(other.url, byId), cursor)
    await readRound(channelAt(one.url, byId), { after: 9 })

    expect(other.asked('after')[0]).toBe('0')
    expect(one.asked('after').at(-3)).toBe('0')
  })

  it.each<{ what: string; poll: HttpJsonSettings['poll']; baseUrl?: string; says: string }>([
    { what: 'an unknown placeholder', poll: { path: '/a', query: { x: '{pages}' } }, says: '{page}' },
    {
      what: 'a path without its first cursor',
      poll: { path: '/a/{cursor}', paging: { kind: 'cursor', next: 'next' } },
      says: 'start',
    },
  ])('with $what is not made', async ({ poll, says }) => {
    await expect(pagesOf(channelAt(await refusedUrl(), poll))).rejects.toMatchObject({
      reason: 'blocked',
      message: expect.stringContaining(says),
    })
  })

  it('is made by feeds that are set up for it, and nobody can push to them', async () => {
    const payload = { bytes: Buffer.from('[]'), headers: {}, method: 'POST', url: '/', receivedAt: noon }

    expect([httpJson.polls?.({ poll: byId }), httpJson.polls?.({})]).toEqual([true, false])
    await expect(httpJson.authenticate(payload, channelAt('http://x.example', byId))).rejects.toBeInstanceOf(
      AuthenticationError,
    )
    await expect(
      httpJson.authenticate({ ...payload, method: 'POLL' }, channelWith<HttpJsonSettings>({})),
    ).rejects.toBeInstanceOf(AuthenticationError)
  })

  it('of a feed without one gives nothing', async () => {
    expect(await pagesOf(channelWith<HttpJsonSettings>({}))).toEqual([])
  })
})
