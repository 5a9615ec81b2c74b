/** What becomes of a delivery, whatever the partner does: every adapter that calls back gives the same outcome for it. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Channel } from '../../adapters/adapter.ts'
import { adapterNamed } from '../../adapters/registry.ts'
import { createOutgoingHttp } from '../../gateway/egress/outgoing-http.ts'
import type { Outcome } from '../../schemas/delivery.ts'
import { channelWith, judgeByCode, loopbackHttp, noticeOf } from '../support/adapter-channel.ts'
import { adapterFixtures, type Speech } from '../support/adapter-fixtures.ts'
import { refusedUrl, startPartner, startRawPartner, type PartnerAnswer } from '../support/adapter-partner.ts'

const json: Speech = {
  good: JSON.stringify({ code: 0, id: 'P-77' }),
  refused: '{"code":9}',
  failed: '{"code":500,"msg":"系统异常"}',
  request: (name) => ({ path: `/${name}` }),
  question: { settings: { method: 'GET', path: '/status/{externalId}' }, body: undefined },
  asked: { method: 'GET', url: '/status/RX%2F2026%20001', body: '' },
}
const callers = adapterFixtures.filter(({ delivering }) => delivering)

it('every adapter that delivers is driven here, or where its partner speaks', () => {
  const driven = adapterFixtures.filter(
    ({ delivering, drivenIn }) =>
      delivering ?? (drivenIn !== undefined && existsSync(new URL(`../../${drivenIn}`, import.meta.url))),
  )

  expect(driven.map(({ protocol }) => protocol)).toEqual(
    adapterFixtures.map(({ protocol }) => protocol).filter((name) => 'deliver' in adapterNamed(name)),
  )
})

describe.each(callers)('a delivery by $protocol', ({ protocol, delivering, speech = json }) => {
  const adapter = adapterNamed(protocol)
  const { good, refused, failed } = speech

  it.each<{ what: string; answer: PartnerAnswer; outcome: Outcome | Pick<Outcome, 'kind'> }>([
    { what: 'a good answer', answer: { body: good }, outcome: { kind: 'delivered', reference: 'P-77' } },
    {
      what: '200 with a refusal that the mapping knows',
      answer: { body: refused },
      outcome: { kind: 'permanent' },
    },
    {
      what: '200 with a failure that no rule knows',
      answer: { body: failed },
      outcome: { kind: 'ambiguous' },
    },
    { what: '200 with nothing', answer: {}, outcome: { kind: 'ambiguous' } },
    { what: '200 with a web page', answer: { body: '<html>login</html>' }, outcome: { kind: 'ambiguous' } },
    { what: '200 with half an answer', answer: { body: good.slice(0, -3) }, outcome: { kind: 'ambiguous' } },
    { what: '204', answer: { status: 204 }, outcome: { kind: 'ambiguous' } },
    { what: '301', answer: { status: 301, headers: { location: '/new' } }, outcome: { kind: 'permanent' } },
    { what: '400', answer: { status: 400 }, outcome: { kind: 'permanent' } },
    { what: '401', answer: { status: 401 }, outcome: { kind: 'permanent' } },
    { what: '404', answer: { status: 404 }, outcome: { kind: 'permanent' } },
    { what: '408', answer: { status: 408 }, outcome: { kind: 'ambiguous' } },
    { what: '429', answer: { status: 429 }, outcome: { kind: 'transient' } },
    {
      what: '429 until a date',
      answer: { status: 429, headers: { 'retry-after': 'Sun, 22 Nov 2026 04:01:00 GMT' } },
      outcome: { kind: 'transient', retryAfterMs: 60_000, detail: expect.any(String) },
    },
    { what: '500', answer: { status: 500, body: '{"error":"x"}' }, outcome: { kind: 'ambiguous' } },
    { what: '502', answer: { status: 502 }, outcome: { kind: 'ambiguous' } },
    {
      what: '503 with Retry-After',
      answer: { status: 503, headers: { 'retry-after': '7' } },
      outcome: { kind: 'transient', retryAfterMs: 7_000, detail: expect.any(String) },
    },
    {
      what: '503 with a Retry-After that makes no sense',
      answer: { status: 503, headers: { 'retry-after': 'soon' } },
      outcome: { kind: 'transient' },
    },
    { what: '504', answer: { status: 504 }, outcome: { kind: 'ambiguous' } },
  ])('answered by $what is $outcome.kind', async ({ answer, outcome }) => {
    const partner = await startPartner(() => answer)

    expect(await deliverTo(partner.url)).toMatchObject(outcome)
    expect(partner.requests).toHaveLength(1)
  })

  it.each([
    { what: 'resets before it answers', answer: '', end: 'reset' },
    {
      what: 'resets in the middle of its answer',
      answer: 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"code":0',
      end: 'reset',
    },
    { what: 'closes its half without a word', answer: '', end: 'close' },
    {
      what: 'closes in the middle of its answer',
      answer: 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"code":0',
      end: 'close',
    },
    { what: 'answers with garbage', answer: '%PDF-1.7 \u0000\u0001\r\n\r\n', end: 'stay' },
    { what: 'never answers', answer: '', end: 'stay' },
    {
      what: 'answers with more than anyone would read',
      answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n{',
      end: 'stay',
    },
  ])('to a partner that $what is ambiguous', async ({ answer, end }) => {
    const partner = await startRawPartner((socket) => {
      const finish = (): unknown =>
        end === 'reset' ? socket.resetAndDestroy() : end === 'close' ? socket.end() : null
      if (answer === '') finish()
      else socket.write(answer, 'latin1', finish)
    })

    expect(await deliverTo(partner.url, { http: loopbackHttp(300) })).toMatchObject({ kind: 'ambiguous' })
  })

  it('to a port that refuses is transient: it was surely not taken', async () => {
    expect(await deliverTo(await refusedUrl())).toMatchObject({ kind: 'transient' })
  })

  it('to an address that the channel does not allow is permanent, and says what to change', async () => {
    const http = createOutgoingHttp({ allowPrivate: [], timeoutMs: 1_000, maxBytes: 1_000 })

    expect(await deliverTo(await refusedUrl(), { http })).toMatchObject({
      kind: 'permanent',
      detail: expect.stringContaining('privateAddresses'),
    })
  })

  it('that is cancelled while the partner thinks is ambiguous', async () => {
    const cancel = new AbortController()
    const partner = await startRawPartner(() => cancel.abort())

    expect(await deliverTo(partner.url, {}, cancel.signal)).toMatchObject({ kind: 'ambiguous' })
  })

  it('whose answer the mapping’s rules fail on is ambiguous', async () => {
    const partner = await startPartner(() => ({ body: good }))
    const judge = (): never => {
      throw new Error('no such field')
    }

    expect(
      await deliverTo(partner.url, { request: () => ({ settings: speech.request('status'), judge }) }),
    ).toMatchObject({ kind: 'ambiguous' })
  })

  it('by a request that the mapping lacks is permanent', async () => {
    const request = (): never => {
      throw new Error('no such request')
    }

    expect(await deliverTo(await refusedUrl(), { request })).toMatchObject({ kind: 'permanent' })
  })

  it('carries the same idempotency key on every try', async () => {
    const partner = await startPartner(() => ({ status: 500 }))

    await deliverTo(partner.url)
    await deliverTo(partner.url)

    expect(partner.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'delivery-1',
      'delivery-1',
    ])
  })

  it.each<{
    what: string
    answer: PartnerAnswer
    found: 'delivered' | 'absent' | 'unknown'
    kind: Outcome['kind']
  }>([
    { what: 'it has it', answer: { body: good }, found: 'delivered', kind: 'delivered' },
    { what: 'it lacks it', answer: { status: 404 }, found: 'absent', kind: 'transient' },
    { what: 'neither yes nor no', answer: { body: '<html>' }, found: 'unknown', kind: 'ambiguous' },
    {
      what: '500, whatever the mapping makes of that',
      answer: { status: 500 },
      found: 'absent',
      kind: 'ambiguous',
    },
  ])('asked about afterwards is $kind where the partner says $what', async ({ answer, found, kind }) => {
    const partner = await startPartner(() => answer)
    const lookup = (): ReturnType<Channel<unknown>['lookup']> => ({
      ...speech.question,
      judge: () => found,
    })

    expect(await lookUpAt(partner.url, { lookup })).toMatchObject({ kind })
    expect(partner.requests).toMatchObject([speech.asked])
  })

  it('asked about afterwards stays ambiguous where nobody can be asked', async () => {
    const lookup = (): ReturnType<Channel<unknown>['lookup']> => ({
      ...speech.question,
      judge: () => 'absent',
    })

    expect(await lookUpAt(await refusedUrl(), { lookup })).toMatchObject({ kind: 'ambiguous' })
    expect(await lookUpAt(await refusedUrl(), {})).toMatchObject({ kind: 'ambiguous' })
  })

  function channelAt(url: string, parts: Partial<Channel<unknown>>): Channel<unknown> {
    return channelWith<unknown>(delivering?.(url), {
      http: loopbackHttp(),
      request: (name) => ({ settings: speech.request(name), judge: judgeByCode }),
      ...parts,
    })
  }

  async function deliverTo(
    url: string,
    parts: Partial<Channel<unknown>> = {},
    signal = new AbortController().signal,
  ): Promise<Outcome | undefined> {
    return adapter.deliver?.(noticeOf(), channelAt(url, parts), signal)
  }

  async function lookUpAt(url: string, parts: Partial<Channel<unknown>>): Promise<Outcome | undefined> {
    return adapter.lookup?.(noticeOf(), channelAt(url, parts), new AbortController().signal)
  }
})
