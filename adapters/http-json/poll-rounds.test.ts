import { describe, expect, it } from 'vitest'
import { noon } from '../../tests/support/adapter-channel.ts'
import { startPartner, type PartnerAnswer } from '../../tests/support/adapter-partner.ts'
import {
  byId,
  channelAt,
  pagesOf,
  parameter,
  readRound,
  rows,
  startBoard,
  type Row,
} from '../../tests/support/poll-reader.ts'
import type { PollPage } from '../adapter.ts'
import { httpJson } from './http-json.ts'
import type { HttpJsonSettings } from './settings.ts'

describe('by increasing id', () => {
  it('reads everything above the highest id, in pages, to the end', async () => {
    const board = await startBoard(rows(1, 5))

    const round = await readRound(channelAt(board.url, byId))

    expect(round.ids).toEqual([[1, 2], [3, 4], [5]])
    expect(board.asked('after')).toEqual(['0', '2', '4', '5'])
  })

  it('makes no receipt where nothing is new', async () => {
    const board = await startBoard(rows(1, 5))
    const channel = channelAt(board.url, byId)

    const second = await readRound(channel, (await readRound(channel)).cursor)

    expect(second.ids).toEqual([])
  })

  it('sees a row that appears late, below the highest id', async () => {
    const board = await startBoard(rows(1, 5).filter(({ id }) => id !== 4))
    const channel = channelAt(board.url, byId)
    const first = await readRound(channel)

    board.rows.splice(3, 0, { id: 4 })
    const second = await readRound(channel, first.cursor)

    expect(first.ids.flat()).toEqual([1, 2, 3, 5])
    expect(second.ids.flat()).toContain(4)
  })

  it('sees a row of the window that was changed', async () => {
    const board = await startBoard(rows(1, 3))
    const channel = channelAt(board.url, byId)
    const first = await readRound(channel)

    board.rows[1] = { id: 2, text: 'changed' }

    expect((await readRound(channel, first.cursor)).ids).toEqual([[2, 3]])
  })

  it('goes on at the page that was not committed', async () => {
    const board = await startBoard(rows(1, 6))
    const channel = channelAt(board.url, byId)
    const [first] = await pagesOf(channel)

    const again = await readRound(channel, first?.cursor ?? null)

    expect(again.ids).toEqual([
      [3, 4],
      [5, 6],
    ])
  })

  it('begins above the start that is set, and keeps every digit of a long id', async () => {
    const board = await startPartner(() => ({ body: '[{"id":90071992547409931}]' }))
    const channel = channelAt(board.url, {
      ...byId,
      since: { kind: 'id', id: 'id', start: '90071992547409930', window: 0 },
    })

    const { cursor } = await readRound(channel)

    expect(board.requests[0]?.url).toContain('after=90071992547409930&')
    expect(cursor).toMatchObject({ mark: '90071992547409931' })
  })

  it('refuses a list with the newest row first, which would skip what lies between', async () => {
    const board = await startPartner(() => ({ body: JSON.stringify(rows(1, 2).toReversed()) }))

    await expect(pagesOf(channelAt(board.url, byId))).rejects.toThrow('increasing order')
  })

  it('refuses rows without an id', async () => {
    const board = await startPartner(() => ({ body: '[{"no":1}]' }))

    await expect(pagesOf(channelAt(board.url, byId))).rejects.toThrow('since.id')
  })
})

describe('by page, offset and cursor', () => {
  it.each([
    { paging: { kind: 'page' } as const, query: { p: '{page}', n: '{size}' }, asked: ['1', '2', '3', '4'] },
    {
      paging: { kind: 'page', first: 0 } as const,
      query: { p: '{page}', n: '{size}' },
      asked: ['0', '1', '2', '3'],
    },
    {
      paging: { kind: 'offset' } as const,
      query: { p: '{offset}', n: '{size}' },
      asked: ['0', '2', '4', '5'],
    },
  ])('$paging.kind reads to the first empty page', async ({ paging, query, asked }) => {
    const all = rows(1, 5)
    const partner = await startPartner(({ url }) => {
      const p = Number(parameter(url, 'p'))
      const from = paging.kind === 'offset' ? p : (p - (paging.first ?? 1)) * 2
      return { body: JSON.stringify(all.slice(from, from + 2)) }
    })

    const round = await readRound(channelAt(partner.url, { path: '/list', query, size: 2, paging }))

    expect(round.ids.flat()).toEqual([1, 2, 3, 4, 5])
    expect(partner.requests.map(({ url }) => parameter(url, 'p'))).toEqual(asked)
  })

  it.each([
    { what: 'the total', end: { total: 'total' } },
    { what: 'the flag', end: { more: 'more' } },
  ])('$what ends it without another request', async ({ end }) => {
    const all = rows(1, 4)
    const partner = await startPartner(({ url }) => {
      const page = Number(parameter(url, 'p'))
      const list = all.slice(page * 2 - 2, page * 2)
      return { body: JSON.stringify({ list, total: '4', more: page < 2 ? 'true' : 'false' }) }
    })
    const poll = { path: '/list', query: { p: '{page}' }, paging: { kind: 'page' }, ...end } as const

    const round = await readRound(channelAt(partner.url, poll, { records: 'list' }))

    expect(round.ids.flat()).toEqual([1, 2, 3, 4])
    expect(partner.requests).toHaveLength(2)
  })

  it('stops at a partner that gives the same page whatever is asked', async () => {
    const partner = await startPartner(() => ({ body: JSON.stringify(rows(1, 2)) }))
    const poll = { path: '/list', query: { p: '{page}' }, paging: { kind: 'page' } } as const

    const round = await readRound(channelAt(partner.url, poll))

    expect(round.ids).toEqual([[1, 2]])
    expect(partner.requests).toHaveLength(2)
  })

  const changes: HttpJsonSettings['poll'] = {
    method: 'POST',
    path: '/changes',
    body: { since: '{cursor}', size: '{size}', format: 'v{size}', keep: '{} {x y}' },
    size: 2,
    paging: { kind: 'cursor', next: 'data.next' },
  }

  /** Its cursors are `c<n>`: everything above the n-th row. */
  function startChanges(all: Row[], answer?: (count: number) => PartnerAnswer | undefined) {
    return startPartner(({ body }, count) => {
      const given = answer?.(count)
      if (given) return given
      const from = Number(((JSON.parse(body) as { since?: string }).since ?? 'c0').slice(1))
      const list = all.slice(from, from + 2)
      return { body: JSON.stringify({ data: { list, next: `c${from + list.length}` } }) }
    })
  }

  it('a list of changes goes on where it ended', async () => {
    const all = rows(1, 3)
    const partner = await startChanges(all)
    const channel = channelAt(partner.url, changes, { records: 'data.list' })
    const first = await readRound(channel)

    all.push({ id: 4 })
    const second = await readRound(channel, first.cursor)

    expect([first.ids, second.ids]).toEqual([[[1, 2], [3]], [[4]]])
    expect(partner.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { size: 2, format: 'v2', keep: '{} {x y}' },
      ...['c2', 'c3', 'c3', 'c4'].map((since) => ({ since, size: 2, format: 'v2', keep: '{} {x y}' })),
    ])
  })

  it('a cursor that the partner has forgotten begins at the beginning', async () => {
    const partner = await startChanges(rows(1, 2), (count) => (count === 3 ? { status: 410 } : undefined))
    const channel = channelAt(partner.url, changes, { records: 'data.list' })
    const first = await readRound(channel)

    const second = await readRound(channel, first.cursor)

    expect(second.ids).toEqual([])
    expect(JSON.parse(partner.requests[3]?.body ?? '')).not.toHaveProperty('since')
  })

  it('a cursor within a round that has aged begins the round again', async () => {
    const partner = await startChanges(rows(1, 4), (count) => (count === 2 ? { status: 400 } : undefined))
    const channel = channelAt(partner.url, changes, { records: 'data.list' })
    const interrupted = httpJson.poll?.(channel, null, new AbortController().signal)[Symbol.asyncIterator]()
    const page = (await interrupted?.next())?.value as PollPage

    const again = await readRound(channel, page.cursor)

    expect(again.ids.flat()).toEqual([3, 4])
  })
})

describe('by time', () => {
  const byTime: HttpJsonSettings['poll'] = {
    path: '/list',
    query: { from: '{since}', to: '{until}', p: '{page}' },
    paging: { kind: 'page' },
    since: { kind: 'time', format: 'yyyy-MM-dd HH:mm:ss', overlapS: 600, start: '2026-11-22T08:00:00+08:00' },
  }

  it('asks from the start to now, then from the last round on less the overlap', async () => {
    let now = noon
    const partner = await startPartner(({ url }) => ({
      headers: { date: now.toUTCString() },
      body: JSON.stringify(parameter(url, 'p') === '1' ? rows(1, 1) : []),
    }))
    const channel = channelAt(partner.url, byTime, {}, { now: () => now })

    const first = await readRound(channel)
    now = new Date(noon.getTime() + 300_000)
    const second = await readRound(channel, first.cursor)

    expect([first.ids, second.ids]).toEqual([[[1]], []])
    expect(partner.requests.map(({ url }) => [parameter(url, 'from'), parameter(url, 'to')])).toEqual([
      ['2026-11-22 08:00:00', '2026-11-22 12:00:00'],
      ['2026-11-22 08:00:00', '2026-11-22 12:00:00'],
      ['2026-11-22 11:50:00', '2026-11-22 12:05:00'],
      ['2026-11-22 11:50:00', '2026-11-22 12:05:00'],
    ])
  })

  it('ends a round where the partner’s clock stood, which is behind ours', async () => {
    const partner = await startPartner(() => ({
      headers: { date: new Date(noon.getTime() - 1_800_000).toUTCString() },
      body: '[]',
    }))

    const { cursor } = await readRound(channelAt(partner.url, byTime))

    expect(cursor).toMatchObject({ mark: '2026-11-22T03:30:00.000Z' })
  })

  it.each([
    { format: 'epoch-s', from: '1795305600' },
    { format: 'epoch-ms', from: '1795305600000' },
    { format: 'iso', from: '2026-11-22T00:00:00.000Z' },
    { format: 'yyyyMMddHHmmss', zone: 'UTC' as const, from: '20261122000000' },
  ])('writes a time as $format', async ({ from, ...format }) => {
    const partner = await startPartner(() => ({ body: '[]' }))
    const since = { kind: 'time', start: '2026-11-22T08:00:00+08:00', ...format } as const

    await readRound(channelAt(partner.url, { ...byTime, since }))

    expect(parameter(partner.requests[0]?.url ?? '', 'from')).toBe(from)
  })

  it('asks in windows where the partner bounds the span, one after the other up to now', async () => {
    const partner = await startPartner(() => ({ headers: { date: noon.toUTCString() }, body: '[]' }))
    const since = { kind: 'time', windowS: 7_200, overlapS: 0, start: '2026-11-22T07:00:00+08:00' } as const

    const pages = await pagesOf(channelAt(partner.url, { ...byTime, since }))

    expect(partner.requests.map(({ url }) => parameter(url, 'to'))).toEqual([
      '2026-11-22T01:00:00.000Z',
      '2026-11-22T03:00:00.000Z',
      '2026-11-22T04:00:00.000Z',
    ])
    expect(pages.map(({ more }) => more)).toEqual([true, true, false])
  })

  it('comes on although the overlap is longer than a window', async () => {
    const partner = await startPartner(() => ({ body: '[]' }))
    const since = {
      kind: 'time',
      windowS: 3_600,
      overlapS: 86_400,
      start: '2026-11-22T08:00:00+08:00',
    } as const

    const pages = await pagesOf(channelAt(partner.url, { ...byTime, since }))

    expect(pages.at(-1)?.cursor).toMatchObject({ mark: noon.toISOString() })
  })
})
