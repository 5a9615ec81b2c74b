/** The whole stage with its loops, against a partner that speaks HTTP on loopback. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpJson } from '../../adapters/http-json/http-json.ts'
import { createOutgoingHttp } from '../../gateway/egress/outgoing-http.ts'
import { measureLag } from '../../gateway/writeback/tend.ts'
import { startWriteback } from '../../gateway/writeback/stage.ts'
import { startPartner, type PartnerAnswer } from '../support/adapter-partner.ts'
import { createHouse, createScriptedPartner, type House } from '../support/writeback-house.ts'
import {
  deliveriesOf,
  seedCase,
  seedEvent,
  seedParty,
  statesOf,
  type SeededParty,
} from '../support/writeback-seed.ts'

let house: House
const http = createOutgoingHttp({ allowPrivate: ['127.0.0.0/8'], timeoutMs: 2_000, maxBytes: 1_000_000 })
beforeAll(async () => {
  house = await createHouse()
})
afterAll(async () => {
  await http.close()
  await house.close()
})

const answerOf = (status: number, code: number): PartnerAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ code }),
})

/** The hotline's own system: `code` 0 is its good answer, 5 its "later". */
async function hotline(name: string, answers: PartnerAnswer[]) {
  const partner = await startPartner(() => answers.shift() ?? answerOf(200, 0))
  house.channel(name, {
    partner: { adapter: httpJson },
    settings: { baseUrl: `${partner.url}/api` },
    http,
    deliveries: { delaysMs: [0, 0, 0] },
    reverse: {
      adapter: 'http-json',
      events: {
        registered: { action: 'call', request: 'status', code: '03' },
        otherwise: { action: 'call', request: 'status' },
      },
      requests: {
        status: {
          settings: { path: '/orders/{externalId}/status' },
          body: { state: 'code', remark: 'progressText' },
          answer: {
            delivered: 'status == 200 && body.code == 0',
            transient: 'status == 200 && body.code == 5',
          },
        },
      },
    },
  })
  return partner
}

/** Until the party's deliveries are all in a final state. */
async function settled(party: SeededParty): Promise<string[]> {
  for (;;) {
    const states = await statesOf(house.deps, party)
    if (states.length > 0 && states.every((state) => /:(delivered|dead|skipped|superseded)$/.test(state)))
      return states
  }
}

test('an event reaches the partner in its own words, again after "later" and 503, under one key', async () => {
  const partner = await hotline('hotline', [answerOf(200, 5), answerOf(503, 0), answerOf(200, 0)])
  const matter = await seedCase(house.deps)
  const party = await seedParty(house.deps, matter, { channel: 'hotline', externalId: 'HX/1' })
  const stage = startWriteback(house.deps, { idleMs: 20, tendEveryMs: 50 })
  await seedEvent(house.deps, matter, 'registered', { content: { publicText: '已受理' } })
  house.deps.signals.wake('fan-out')

  const states = await settled(party)
  await stage.stop()

  expect(states).toEqual(['registered:delivered'])
  expect(partner.requests.map(({ method, url, body }) => [method, url, body])).toEqual(
    Array.from({ length: 3 }, () => [
      'POST',
      '/api/orders/HX%2F1/status',
      '{"state":"03","remark":"已受理"}',
    ]),
  )
  expect(new Set(partner.requests.map((request) => request.headers['idempotency-key']))).toEqual(
    new Set([(await deliveriesOf(house.deps, party))[0]?.id]),
  )
})

test('HTTP 200 with a bad answer is no success', async () => {
  await hotline(
    'liar',
    Array.from({ length: 3 }, () => answerOf(200, 9)),
  )
  const matter = await seedCase(house.deps)
  const party = await seedParty(house.deps, matter, { channel: 'liar' })
  await seedEvent(house.deps, matter, 'registered')
  const stage = startWriteback(house.deps, { idleMs: 20 })

  const states = await settled(party)
  await stage.stop()

  expect(states).toEqual(['registered:dead'])
})

test('two gateways on one database tell each event once, in order', async () => {
  const partner = createScriptedPartner()
  house.channel('shared', { partner, deliveries: { concurrency: 3 } })
  const parties = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const matter = await seedCase(house.deps)
      const party = await seedParty(house.deps, matter, { channel: 'shared' })
      for (const type of ['registered', 'noted', 'urged', 'resolved'] as const)
        await seedEvent(house.deps, matter, type)
      return party
    }),
  )
  const stages = [
    startWriteback(house.deps, { idleMs: 20 }),
    startWriteback({ ...house.deps, holder: 'second' }, { idleMs: 20 }),
  ]

  await Promise.all(parties.map(settled))
  await Promise.all(stages.map((stage) => stage.stop()))

  expect(partner.calls).toHaveLength(120)
  expect(new Set(partner.calls.map((call) => call.idempotencyKey)).size).toBe(120)
  const order = parties.map((party) =>
    partner.calls.filter((call) => call.source.report === party.reportId).map((call) => call.event.type),
  )
  expect(new Set(order.map(String))).toEqual(new Set(['registered,noted,urged,resolved']))
})

test('the lag is the age of the oldest due delivery', async () => {
  const partner = createScriptedPartner()
  house.channel('slow', { partner, state: 'paused' })
  const matter = await seedCase(house.deps)
  await seedParty(house.deps, matter, { channel: 'slow' })
  await seedEvent(house.deps, matter, 'registered')
  const stage = startWriteback(house.deps, { idleMs: 20 })
  while ((await house.deps.db.sql`select 1 from deliveries where channel_id = 'slow'`).length === 0)
    house.deps.signals.wake('fan-out')
  await stage.stop()
  house.advance(90_000)

  await measureLag(house.deps)

  expect(await house.deps.metrics.registry.getSingleMetricAsString('guiyi_stage_lag_seconds')).toContain(
    'stage="delivery"} 90',
  )
})
