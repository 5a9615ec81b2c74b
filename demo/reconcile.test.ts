import { expect, it } from 'vitest'
import { districtWith } from './district.ts'
import type { Evidence } from './evidence.ts'
import { reconcile } from './reconcile.ts'
import type { LedgerLine, SentKind } from './peers/ledger.ts'

const at = '2025-11-22T00:00:00.000Z'

it('books that agree are even', () => {
  const books = reconcile(evidence())

  expect(books).toMatchObject({
    even: true,
    lost: 0,
    doubled: 0,
    told: { accepted: 1, result: 1 },
    differences: [],
  })
})

it('a report that the gateway does not have is lost', () => {
  const books = reconcile({ ...evidence(), listed: new Map() })

  expect(books).toMatchObject({ even: false, lost: 1 })
  expect(books.differences.join()).toContain('report lost: pingan-12345 A1')
})

it('a report that nobody sent is a difference', () => {
  const books = reconcile(evidence({ sent: [] }))

  expect(books.differences.join()).toContain('report that nobody sent: pingan-12345 A1')
})

it('the same status booked twice is doubled', () => {
  const books = reconcile(evidence({ told: [told('20', 'k1'), told('20', 'k1'), told('60', 'k2')] }))

  expect(books).toMatchObject({ even: false, doubled: 1 })
})

it('a repeat that changed nothing at the partner is not doubled', () => {
  const books = reconcile(
    evidence({ told: [told('20', 'k1'), { ...told('20', 'k1'), effect: false }, told('60', 'k2')] }),
  )

  expect(books).toMatchObject({ even: true, doubled: 0 })
})

it('two results are doubled where nobody asked for the case to be done again', () => {
  const twice = [told('20', 'k1'), told('60', 'k2'), told('60', 'k3')]
  const redo = [sent('message', 'A1/redo'), acknowledged('A1/redo', 'message')]

  expect(reconcile(evidence({ told: twice })).doubled).toBe(1)
  expect(reconcile(evidence({ told: [...redo, ...twice] })).doubled).toBe(0)
})

it('a source that was never told of the result is named', () => {
  const books = reconcile(evidence({ told: [told('20', 'k1')] }))

  expect(books).toMatchObject({ even: false, told: { accepted: 1, result: 0 } })
})

it('an item without acknowledgement, in the wrong place or refused is named', () => {
  const lines = [
    sent('report', 'A1'),
    sent('message', 'A1/urge'),
    acknowledged('A1', 'quarantined'),
    { kind: 'refused', at, item: 'x', externalId: 'x', status: 401, code: 'auth.invalid' } as const,
  ]

  const books = reconcile(evidence({ sent: lines }))

  expect(books.differences).toEqual([
    '1 × item in the wrong place: pingan-12345 A1: report ended as quarantined',
    '1 × item not acknowledged: pingan-12345 A1/urge',
    '1 × item refused: pingan-12345 x (401 auth.invalid)',
  ])
})

it('what the gateway came for must have ended where it belongs, once each', () => {
  const [board] = districtWith('without-services').filter(({ platform }) => platform === 'message-board')
  if (board === undefined) throw new Error('The district has no message board.')
  const { channel } = board
  const lines = [sent('message', 'A1/urge'), sent('change', 'A1/change'), sent('test', 'T1')]
  const records = { message: 2, version: 1, filtered: 3 }
  const counts = { channel, receipts: 1, records, reports: 0, cases: 0, deliveries: {} }

  const books = reconcile({
    channels: [board],
    ledgers: new Map([[channel, lines]]),
    listed: new Map(),
    counts: { channels: [counts], cases: {}, waiting: 0 },
  })

  expect(books.differences).toEqual([`1 × items not fetched once each: ${channel}: 2 message of 1 message`])
})

it('a case that was handed over must have been worked or taken back', () => {
  const [platform] = districtWith('without-services').filter(({ handles }) => handles !== undefined)
  if (platform === undefined) throw new Error('The district has no handler.')
  const { channel } = platform
  const on = (externalId: string) => ({ at, externalId })
  const books = reconcile({
    channels: [platform],
    ledgers: new Map([
      [
        channel,
        [
          ...['P1', 'P2', 'P3'].map((number) => ({ ...told('ASSIGN', number), ...on(number) })),
          { ...sent('message', 'P1/done'), ...on('P1') },
          { ...told('WITHDRAW', 'k'), ...on('P2') },
        ],
      ],
    ]),
    listed: new Map(),
    counts: {
      channels: [{ channel, receipts: 1, records: { message: 1 }, reports: 0, cases: 0, deliveries: {} }],
      cases: {},
      waiting: 0,
    },
  })

  expect(books.differences).toEqual([`1 × case handed over, but not worked: ${channel} P3`])
})

it('an open case is a difference', () => {
  const books = reconcile({
    ...evidence(),
    counts: { ...evidence().counts, cases: { closed: 1, resolved: 2 } },
  })

  expect(books.differences).toEqual(['1 × case not closed: 2 resolved'])
})

function evidence({
  sent: sentLines = [sent('report', 'A1'), acknowledged('A1', 'report')],
  told: toldLines = [told('20', 'k1'), told('60', 'k2')],
}: { sent?: LedgerLine[]; told?: LedgerLine[] } = {}): Evidence {
  const [hotline] = districtWith('without-services')
  if (hotline === undefined) throw new Error('The district has no channel.')
  const figures = {
    channel: hotline.channel,
    receipts: 1,
    records: { report: 1 },
    reports: 1,
    cases: 1,
    deliveries: {},
  }
  return {
    channels: [hotline],
    ledgers: new Map([[hotline.channel, [...sentLines, ...toldLines]]]),
    listed: new Map([
      [hotline.channel, [{ externalId: 'A1', case: 'PS20251122-000001', state: 'closed', version: 1 }]],
    ]),
    counts: { channels: [figures], cases: { closed: 1 }, waiting: 0 },
  }
}

function sent(what: SentKind, item: string): LedgerLine {
  return { kind: 'sent', at, what, externalId: 'A1', item }
}

function acknowledged(item: string, end: string): LedgerLine {
  return { kind: 'acknowledged', at, item, externalId: 'A1', end, receipt: 'r' }
}

function told(code: string, key: string): LedgerLine & { kind: 'told' } {
  return { kind: 'told', at, by: 'callback', externalId: 'A1', code, key, effect: true }
}
