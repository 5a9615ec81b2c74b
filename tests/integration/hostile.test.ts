import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import {
  hotlineChannel,
  order,
  startHotline,
  startHouse,
  type Hotline,
  type House,
} from '../support/house.ts'

let hotline: Hotline
let house: House
/** Stands in every bad payload; must never stand in a log. */
const marked = '张三丰13912345678'

beforeAll(async () => {
  hotline = await startHotline()
  house = await startHouse([
    hotlineChannel(hotline.url),
    hotlineChannel(hotline.url, { channel: 'hotline-strict', requireIdempotencyKey: true }),
    hotlineChannel(hotline.url, { channel: 'hotline-draft', state: 'draft' }),
  ])
})
afterAll(async () => {
  await house.stop()
  await hotline.close()
})
afterEach(async () => {
  const next = await house.accepted('hotline-a', order())
  expect(next.results).toMatchObject([{ end: 'report' }])
  expect(house.log.join('')).not.toContain('张三丰')
  expect(house.log.join('')).not.toContain('13912345678')
})

const receipts = async () =>
  (await house.gateway.deps.db.sql<{ n: number }[]>`select count(*)::int as n from receipts`)[0]?.n
async function quarantined(
  answer: Response,
): Promise<{ code: string; detail: string; errors?: { pointer: string }[] }> {
  expect(answer.status).toBe(202)
  const { results } = (await answer.json()) as Acknowledgement
  expect(results).toMatchObject([{ end: 'quarantined' }])
  return results[0]?.reason as { code: string; detail: string }
}
async function refused(
  answer: Response,
  before: number | undefined,
): Promise<{ code: string; detail: string; status: number }> {
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(await receipts()).toBe(before)
  return (await answer.json()) as { code: string; detail: string; status: number }
}

test('a payload that was cut off is kept in quarantine, and says where it ends', async () => {
  const whole = JSON.stringify(order({ content: marked }))
  const reason = await quarantined(
    await house.push('hotline-a', null, { raw: whole.slice(0, whole.length - 20) }),
  )

  expect(reason.code).toBe('payload.cut-off')
  expect(reason.detail).toMatch(/byte \d+/)
})

test('a wrong signature is refused with 401 and nothing is stored', async () => {
  const before = await receipts()
  const problem = await refused(
    await house.push('hotline-a', order({ content: marked }), { headers: { 'x-signature': 'f'.repeat(64) } }),
    before,
  )

  expect(problem).toMatchObject({ status: 401, code: 'auth.invalid' })
})

test('a missing signature is refused with 401 and nothing is stored', async () => {
  const before = await receipts()
  const answer = await fetch(`${house.gateway.url}/v1/channels/hotline-a/reports`, {
    method: 'POST',
    body: JSON.stringify(order({ content: marked })),
    headers: { 'content-type': 'application/json' },
  })

  expect(await refused(answer, before)).toMatchObject({ status: 401, code: 'auth.missing' })
})

test('a replayed signature is refused with 401 and nothing is stored', async () => {
  const sent = order({ content: marked })
  const nonce = randomUUID()
  await house.push('hotline-a', sent, { nonce })
  const before = await receipts()

  const problem = await refused(await house.push('hotline-a', sent, { nonce }), before)

  expect(problem).toMatchObject({ status: 401, code: 'auth.replayed' })
})

test('so is that of a payload that made no report', async () => {
  const nonce = randomUUID()
  const sent = { nonce, raw: `{"order_no":"${marked}` }
  await house.push('hotline-a', undefined, sent)
  const before = await receipts()

  const problem = await refused(await house.push('hotline-a', undefined, sent), before)

  expect(problem).toMatchObject({ status: 401, code: 'auth.replayed' })
})

test('a signature of an hour ago is refused', async () => {
  const before = await receipts()
  const problem = await refused(
    await house.push('hotline-a', order(), { at: new Date(Date.now() - 3_600_000) }),
    before,
  )

  expect(problem).toMatchObject({ status: 401, code: 'auth.expired' })
})

test('an unknown category waits in quarantine, names its code, and is seen by admins', async () => {
  const reason = await quarantined(
    await house.push('hotline-a', order({ category: '0419', content: marked })),
  )

  expect(reason.code).toBe('mapping.unknown-code')
  expect(reason.detail).toContain('0419')
  expect(reason.detail).toContain('codes.category')
  const seen = (await (await house.admin('/unknown-values')).json()) as { items: object[] }
  expect(seen.items).toContainEqual(
    expect.objectContaining({ channel: 'hotline-a', table: 'category', value: '0419' }),
  )
})

test('20 MB are refused with 413 before they are read, and nothing is stored', async () => {
  const before = await receipts()
  const problem = await refused(
    await house.push('hotline-a', null, { raw: Buffer.alloc(20 * 1024 * 1024, 0x20) }),
    before,
  )

  expect(problem).toMatchObject({ status: 413, code: 'request.too-large' })
})

test('20 MB without a stated length are cut at the limit', async () => {
  const before = await receipts()
  const status = await new Promise<number>((resolve, reject) => {
    const call = request(
      `${house.gateway.url}/v1/channels/hotline-a/reports`,
      { method: 'POST' },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      },
    )
    call.on('error', reject)
    const chunk = Buffer.alloc(1024 * 1024, 0x20)
    for (let sent = 0; sent < 20; sent++) call.write(chunk)
    call.end()
  })

  expect(status).toBe(413)
  expect(await receipts()).toBe(before)
})

test('10,000 levels of depth end in quarantine', async () => {
  const reason = await quarantined(
    await house.push('hotline-a', null, { raw: '['.repeat(10_000) + ']'.repeat(10_000) }),
  )

  expect(reason.code).toBe('payload.too-deep')
})

test('bytes that are no UTF-8 end in quarantine', async () => {
  const reason = await quarantined(
    await house.push('hotline-a', null, {
      raw: Buffer.concat([
        Buffer.from('{"title":"'),
        Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]),
        Buffer.from('"}'),
      ]),
    }),
  )

  expect(reason.code).toBe('payload.charset')
})

test('a missing field is named, with the paths that were tried', async () => {
  const { content: _, ...rest } = order({ caller: { name: marked } })
  const reason = await quarantined(await house.push('hotline-a', rest))

  expect(reason.code).toBe('mapping.missing-field')
  expect(reason.detail).toContain('text')
  expect(reason.detail).toContain('content')
})

test('a date in the future ends in quarantine', async () => {
  const reason = await quarantined(
    await house.push('hotline-a', order({ event_time: '2031-01-01 00:00:00' })),
  )

  expect(reason.code).toBe('mapping.future-date')
})

test('one bad row of a batch spoils no other', async () => {
  const rows = [
    order(),
    order({ category: '0419' }),
    order(),
    { msg_type: 'URGE', msg_id: 'U-9', order_no: 'never-sent', msg_time: '2026-11-20 10:00:00' },
    'no object',
  ]
  const answer = await house.push('hotline-a', rows, { batch: true })

  const { results } = (await answer.json()) as Acknowledgement
  expect(results.map((result) => result.end)).toEqual([
    'report',
    'quarantined',
    'report',
    'quarantined',
    'quarantined',
  ])
  expect(results[3]?.reason?.code).toBe('record.report-unknown')
})

test('more than 1,000 records are not taken in one batch', async () => {
  const rows = Array.from({ length: 1001 }, () => ({ msg_type: 'ORDER' }))
  const reason = await quarantined(await house.push('hotline-a', rows, { batch: true }))

  expect(reason.code).toBe('payload.too-many-records')
})

test('an Idempotency-Key that a channel requires is asked for, answered as before, and refused for another payload', async () => {
  const sent = order()
  const headers = { 'idempotency-key': '"7f2c-1"' }

  const missing = await house.push('hotline-strict', sent)
  const first = await house.push('hotline-strict', sent, { headers })
  const again = await house.push('hotline-strict', sent, { headers })
  const other = await house.push('hotline-strict', order(), { headers })

  expect(await missing.json()).toMatchObject({ status: 400, code: 'idempotency.missing' })
  expect(((await again.json()) as Acknowledgement).receipt).toBe(
    ((await first.json()) as Acknowledgement).receipt,
  )
  expect(await other.json()).toMatchObject({ status: 422, code: 'idempotency.mismatch' })
})

test('two requests with one Idempotency-Key at the same time store one receipt', async () => {
  const sent = order()
  const before = (await receipts()) ?? 0
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      house.push('hotline-a', sent, { headers: { 'idempotency-key': 'same-time' } }),
    ),
  )

  expect(answers.map((answer) => answer.status).filter((status) => status !== 202 && status !== 409)).toEqual(
    [],
  )
  expect(await receipts()).toBe(before + 1)
})

test('a channel that is a draft or unknown takes nothing', async () => {
  const before = await receipts()
  const draft = await refused(await house.push('hotline-draft', order()), before)
  const unknown = await refused(await house.push('hotline-z', order()), before)

  expect(draft).toMatchObject({ status: 409, code: 'channel.not-live' })
  expect(unknown).toMatchObject({ status: 404, code: 'channel.unknown' })
})

test('NUL characters, lone surrogates and prototype keys are made safe and stored', async () => {
  const raw = JSON.stringify(order())
    .replace('"urgency"', '"__proto__":{"polluted":true},"urgency"')
    .replace('。"', '。\\u0000\\ud800尾"')
  const answer = await house.push('hotline-a', null, { raw })

  expect(((await answer.json()) as Acknowledgement).results).toMatchObject([{ end: 'report' }])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('phones and identity numbers do not stand in working text, and the whole content is encrypted', async () => {
  const sent = order({ content: '联系电话13912345678，身份证440301199001011234，请回电。' })
  await house.accepted('hotline-a', sent)

  const [row] = await house.gateway.deps.db.sql<{ working: { text: string }; body: Buffer }[]>`
    select p.working, v.body from reports p join report_versions v on v.report_id = p.id where p.external_id = ${sent.order_no}`
  expect(row?.working.text).toBe('联系电话[电话]，身份证[证件号]，请回电。')
  expect(row?.body.includes('13912345678')).toBe(false)
})

test('an event that does not fit its schema is a 422 with pointers', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)

  const answer = await house.append(number, { type: 'registered', content: { flow: 'quick' } as never })

  expect(await answer.json()).toMatchObject({
    status: 422,
    code: 'request.invalid',
    errors: [{ pointer: '/content/flow' }],
  })
})
