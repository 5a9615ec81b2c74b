import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { order, until, type Hotline, type House } from '../support/house.ts'
import { startTwoHotlines } from '../support/two-hotlines.ts'

let hotlines: Hotline[]
let house: House
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ hotlines, house, stop } = await startTwoHotlines())
})
afterAll(async () => await stop())

/** The same matter by the same caller, through both hotlines; the number of the one case it becomes. */
async function joined(): Promise<{ number: string; own: string; other: string }> {
  const first = order()
  const second = { ...first, order_no: `B${first.order_no}`, msg_id: `MB${first.order_no}` }
  await house.accepted('hotline-a', first)
  const number = await house.caseOf('hotline-a', first.order_no)
  await house.accepted('hotline-b', second)
  expect(await house.caseOf('hotline-b', second.order_no)).toBe(number)
  return { number, own: first.order_no, other: second.order_no }
}

const split = (number: string, body: object) =>
  fetch(`${house.gateway.url}/v1/dispatch/cases/${number}/split`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.dispatchKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ eventId: randomUUID(), clerk: 'C-07', ...body }),
  })
const reportOf = async (number: string, externalId: string) =>
  (await house.readCase(number)).case.sources.find((source) => source.externalId === externalId)?.report
const codesOf = (hotline: Hotline | undefined, orderNo: string) =>
  hotline?.told.filter(({ body }) => body['order_no'] === orderNo).map(({ body }) => body['status']) ?? []

test('a report taken out gets a case of its own, and its source alone is told where that stands', async () => {
  const { number, own, other } = await joined()
  await house.append(number, { type: 'registered', content: { flow: 'general' } })
  await until('both know of the acceptance', async () =>
    [codesOf(hotlines[0], own), codesOf(hotlines[1], other)].every((codes) => codes.includes('20')),
  )
  const before = { own: codesOf(hotlines[0], own), other: codesOf(hotlines[1], other) }
  const report = await reportOf(number, other)
  const eventId = randomUUID()

  const answer = await split(number, { report, eventId, reason: '另一处路灯' })
  const again = await split(number, { report, eventId, reason: '另一处路灯' })

  const opened = (await answer.json()) as { case: string }
  expect(answer.status).toBe(201)
  expect(await again.json()).toEqual(opened)
  expect(opened.case).not.toBe(number)
  await until('the source that was taken out hears of its own case', async () =>
    codesOf(hotlines[1], other).slice(before.other.length).includes('10'),
  )
  await house.append(number, { type: 'rejected', content: { publicText: '不属于本区受理范围。' } })
  await house.append(opened.case, { type: 'registered', content: { flow: 'simple' } })
  await until('each hears of its own', async () =>
    codesOf(hotlines[0], own).includes('21') ? codesOf(hotlines[1], other).at(-1) === '20' : false,
  )
  expect(codesOf(hotlines[0], own).slice(before.own.length)).toEqual(['21'])
  expect(codesOf(hotlines[1], other).slice(before.other.length)).toEqual(['10', '20'])
  const [left, apart] = await Promise.all([house.readCase(number), house.readCase(opened.case)])
  expect(left.case.sources.map(({ externalId }) => externalId)).toEqual([own])
  expect(apart.case.sources.map(({ externalId }) => externalId)).toEqual([other])
  expect(left.events.find(({ type }) => type === 'split')).toMatchObject({
    actor: { kind: 'clerk', id: 'clerk:C-07' },
    content: { report, otherCase: opened.case },
  })
})

test('the only source of a case cannot be taken out of it, nor one that stands elsewhere', async () => {
  const { number, own, other } = await joined()
  const report = await reportOf(number, other)
  await split(number, { report })

  const elsewhere = await split(number, { report })
  const only = await split(number, { report: await reportOf(number, own) })

  for (const answer of [elsewhere, only]) {
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'case.split' })
  }
})
