import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  hotlineChannel,
  order,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../../tests/support/house.ts'
import { Alerts, TrafficShares, Zombie, type TrafficRow } from '../watch/answers.ts'
import { listOf } from './admin-api.ts'

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
let hotline: Hotline
let house: House
beforeAll(async () => {
  hotline = await startHotline()
  house = await startHouse([
    hotlineChannel(hotline.url),
    hotlineChannel(hotline.url, { channel: 'hotline-b', name: { zh: '另一条热线' } }),
  ])
})
afterAll(async () => {
  await house.stop()
  await hotline.close()
})

async function read(path: string, schema: TSchema): Promise<unknown> {
  const answer = await house.admin(`/watch/${path}`)
  const body: unknown = await answer.json()
  expect(answer.status).toBe(200)
  ajv.validate(schema, body)
  expect(ajv.errors).toBeNull()
  return body
}

test('traffic shows what two channels reported in common', async () => {
  const one = order()
  await house.accepted('hotline-a', one)
  await house.caseOf('hotline-a', one.order_no)
  const other = { ...one, order_no: `${one.order_no}B`, msg_id: `${one.order_no}B` }
  await house.accepted('hotline-b', other)
  expect(await house.caseOf('hotline-b', other.order_no)).toBe(await house.caseOf('hotline-a', one.order_no))

  const { items } = (await read('traffic?days=1&sort=shared', TrafficShares)) as { items: TrafficRow[] }

  expect(items).toMatchObject([
    {
      key: 'hotline-a',
      records: 1,
      reports: 1,
      reportsShare: 0.5,
      shared: 1,
      mostWith: { key: 'hotline-b', cases: 1 },
    },
    {
      key: 'hotline-b',
      records: 1,
      reports: 1,
      reportsShare: 0.5,
      shared: 1,
      mostWith: { key: 'hotline-a', cases: 1 },
    },
  ])
})

test('traffic by platform gathers both', async () => {
  const traffic = await read('traffic?by=platform', TrafficShares)

  expect(traffic).toMatchObject({ by: 'platform', items: [{ key: 'hotline-12345', records: 2, shared: 0 }] })
})

test('new channels stand among those that cannot be judged yet', async () => {
  const alerts = await read('alerts', Alerts)

  expect(alerts).toMatchObject({
    items: [],
    notKnownYet: [{ channel: 'hotline-a', name: '测试热线' }, { channel: 'hotline-b' }],
  })
})

test('a channel that just went live is no zombie', async () => {
  expect(await read('zombies', listOf(Zombie))).toEqual({ items: [] })
})

test('the gateway itself watches', async () => {
  const [fact] = await until('the first pass of the watch', async () => {
    const rows = await house.gateway.deps.db.sql<
      { value: string }[]
    >`select value from facts where name = 'watch'`
    return rows.length > 0 && rows
  })

  expect(JSON.parse(fact?.value ?? '{}')).toMatchObject({ dark: [] })
})

test.each([
  ['traffic?days=0', '"days" is a whole number from 1 to 366.'],
  ['traffic?by=street', '"by" is one of: channel, platform.'],
  ['traffic?sort=size', '"sort" is one of: records, reports, cases, shared, name.'],
  ['zombies?graceDays=x', '"graceDays" is a whole number from 1 to 3660.'],
  ['alerts?limit=5000', '"limit" is a whole number from 1 to 1000.'],
])('%s is refused and says what would do', async (path, detail) => {
  const answer = await house.admin(`/watch/${path}`)

  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ code: 'request.parameter', detail })
})

test('a key of the dispatch may not look', async () => {
  const answer = await fetch(`${house.gateway.url}/v1/admin/watch/alerts`, {
    headers: { authorization: `Bearer ${house.dispatchKey}` },
  })

  expect(answer.status).toBe(403)
})
