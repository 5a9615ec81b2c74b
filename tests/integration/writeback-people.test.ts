import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDeliverer } from '../../gateway/writeback/deliver.ts'
import { fanOutPass } from '../../gateway/writeback/fan-out.ts'
import {
  decideUncertain,
  finishTask,
  listDeliveries,
  listTasks,
  replayDelivery,
  waiveDelivery,
} from '../../gateway/writeback/people.ts'
import { blockStranded, recoverUnknown } from '../../gateway/writeback/tend.ts'
import type { ReverseMapping } from '../../schemas/mapping.ts'
import {
  createHouse,
  createScriptedPartner,
  type House,
  type ScriptedPartner,
  type TestChannel,
} from '../support/writeback-house.ts'
import { deliveriesOf, seedCase, seedEvent, seedParty } from '../support/writeback-seed.ts'

let house: House
beforeAll(async () => {
  house = await createHouse()
})
afterAll(() => house.close())

const byHand: Partial<ReverseMapping> = {
  events: {
    otherwise: { action: 'task', text: 'progressText', where: { value: '论坛后台，帖子回复' }, code: 'done' },
  },
  requests: {},
}

let channels = 0
async function scene(channel: TestChannel, events: Parameters<typeof seedEvent>[2][] = ['registered']) {
  channels += 1
  const name = `channel-${channels}`
  house.channel(name, channel)
  const matter = await seedCase(house.deps)
  const party = await seedParty(house.deps, matter, { channel: name, externalId: `${name}-1` })
  for (const type of events) await seedEvent(house.deps, matter, type)
  await fanOutPass(house.deps)
  const [first] = await deliveriesOf(house.deps, party)
  return { name, matter, party, id: first?.id ?? '' }
}

const setState = (id: string, state: string) =>
  house.deps.db.sql`update deliveries set state = ${state}, tries = 3, may_be_taken = true where id = ${id}`

async function deliverOnce(partner: ScriptedPartner) {
  const by = createDeliverer(house.deps, { random: () => 0.5 })
  await by.pass()
  await by.stop(5_000)
  return partner.calls.length
}

test('a manual task is listed with the text to paste and where, and a clerk finishes it with a reference', async () => {
  const { name, matter, id } = await scene({ reverse: byHand })

  const tasks = await listTasks(house.deps, { channel: name, limit: 10 })
  const finished = await finishTask(house.deps, id, { by: 'clerk-7', reference: '楼层 12' })
  const after = await listTasks(house.deps, { channel: name, limit: 10 })

  expect(tasks).toEqual([
    {
      id,
      channel: name,
      channelName: `渠道 ${name}`,
      case: matter.number,
      externalId: `${name}-1`,
      where: '论坛后台，帖子回复',
      text: '您的诉求已受理',
      eventType: 'registered',
      createdAt: house.deps.now().toISOString(),
    },
  ])
  expect(finished).toMatchObject({
    id,
    state: 'delivered',
    partnerReference: '楼层 12',
    settledAt: house.deps.now().toISOString(),
  })
  expect(after).toEqual([])
  const [row] = await house.deps.db.sql`select settled_by from deliveries where id = ${id}`
  expect(row?.['settled_by']).toBe('clerk-7')
})

test('finishing twice is refused with what is possible, and an unknown id is unknown', async () => {
  const { id } = await scene({ reverse: byHand })
  await finishTask(house.deps, id, { by: 'clerk-7' })

  const refused = [id, '019a0000-0000-7000-8000-000000000000', "'; drop table deliveries"].map((each) =>
    finishTask(house.deps, each, { by: 'clerk-8' }).catch((error: unknown) => error),
  )

  expect(await Promise.all(refused)).toMatchObject([
    { code: 'delivery.state', extra: { allowed: [] } },
    { code: 'delivery.unknown' },
    { code: 'delivery.unknown' },
  ])
})

test('a dead letter is replayed from the first try on, with the same key, and who did it is noted', async () => {
  const partner = createScriptedPartner()
  const { id } = await scene({ partner })
  await setState(id, 'dead')

  const replayed = await replayDelivery(house.deps, id, { by: 'admin' })
  await deliverOnce(partner)

  expect(replayed).toMatchObject({ state: 'waiting', tries: 0, nextTryAt: house.deps.now().toISOString() })
  expect(partner.calls).toMatchObject([{ idempotencyKey: id, try: 1 }])
  const [noted] = await house.deps.db
    .sql`select kind, outcome, detail from delivery_attempts where delivery_id = ${id} and kind = 'replayed'`
  expect({ ...noted }).toEqual({ kind: 'replayed', outcome: 'waiting', detail: 'by admin' })
})

test('a blocked delivery is mapped again by the current mapping', async () => {
  const partner = createScriptedPartner()
  const strict: TestChannel = {
    partner,
    reverse: {
      events: { otherwise: { action: 'call', request: 'status', requires: ['event.content.answer'] } },
    },
  }
  const { id, name } = await scene(strict)
  const still = await replayDelivery(house.deps, id, { by: 'admin' })
  const published = house.channel(name, { partner })

  const replayed = await replayDelivery(house.deps, id, { by: 'admin' })
  await deliverOnce(partner)

  expect(still).toMatchObject({ state: 'blocked' })
  expect(replayed).toMatchObject({ state: 'waiting', tries: 0 })
  expect(replayed.reason).toBeUndefined()
  expect(partner.calls).toMatchObject([{ body: { status: 'registered' } }])
  const [row] = await house.deps.db.sql`select mapping_version from deliveries where id = ${id}`
  expect(row?.['mapping_version']).toBe(published.mappingVersion)
})

test('an uncertain delivery is decided: delivered, or sent again without asking', async () => {
  const partner = createScriptedPartner()
  const queryable: TestChannel = {
    partner,
    reverse: { partner: 'queryable', lookup: { delivered: 'true', absent: 'false' } },
  }
  const first = await scene(queryable)
  const second = await scene(queryable)
  await setState(first.id, 'uncertain')
  await setState(second.id, 'uncertain')

  const delivered = await decideUncertain(house.deps, first.id, 'delivered', { by: 'admin' })
  const again = await decideUncertain(house.deps, second.id, 'send-again', { by: 'admin' })
  await deliverOnce(partner)

  expect([delivered.state, again.state]).toEqual(['delivered', 'waiting'])
  expect(partner.lookups).toEqual([])
  expect(partner.calls.map((call) => call.delivery)).toEqual([second.id])
})

test('replaying an uncertain delivery asks a queryable partner first', async () => {
  const partner = createScriptedPartner()
  const { id } = await scene({
    partner,
    reverse: { partner: 'queryable', lookup: { delivered: 'true', absent: 'false' } },
  })
  await setState(id, 'uncertain')

  await replayDelivery(house.deps, id, { by: 'admin' })
  await deliverOnce(partner)

  expect([partner.lookups.length, partner.calls.length]).toEqual([1, 0])
})

test('waiving keeps the reason and lets the party go on', async () => {
  const partner = createScriptedPartner()
  const strict: TestChannel = {
    partner,
    reverse: {
      events: {
        registered: { action: 'call', request: 'status', requires: ['event.content.answer'] },
        otherwise: { action: 'call', request: 'status' },
      },
    },
  }
  const { id } = await scene(strict, ['registered', 'noted'])
  const before = await deliverOnce(partner)

  const waived = await waiveDelivery(house.deps, id, { by: 'admin', reason: '对方系统已停用' })
  const after = await deliverOnce(partner)

  expect(waived).toMatchObject({ state: 'waived', reason: '对方系统已停用' })
  expect([before, after]).toEqual([0, 1])
})

test('what is being called now is not for people to change', async () => {
  const { id } = await scene({ partner: createScriptedPartner() })
  await setState(id, 'claimed')

  const by = 'admin'
  const refused = [
    replayDelivery(house.deps, id, { by }),
    waiveDelivery(house.deps, id, { by, reason: '' }),
    decideUncertain(house.deps, id, 'delivered', { by }),
  ].map((done) => done.catch((error: unknown) => error))

  expect((await Promise.all(refused)).map((error) => (error as { code: string }).code)).toEqual([
    'delivery.state',
    'delivery.state',
    'delivery.state',
  ])
})

test('deliveries are listed by channel, state, case and report, newest first', async () => {
  const { name, matter, party } = await scene({ partner: createScriptedPartner() }, ['registered', 'noted'])

  const lists = await Promise.all([
    listDeliveries(house.deps, { channel: name }),
    listDeliveries(house.deps, { channel: name, state: 'dead' }),
    listDeliveries(house.deps, { case: matter.number, limit: 1 }),
    listDeliveries(house.deps, { report: party.reportId ?? '' }),
    listDeliveries(house.deps, { report: 'no id' }),
  ])

  expect(lists.map((list) => list.map((delivery) => delivery.eventType))).toEqual([
    ['noted', 'registered'],
    [],
    ['noted'],
    ['noted', 'registered'],
    [],
  ])
  expect(lists[0]?.[0]).toMatchObject({
    channel: name,
    case: matter.number,
    party: party.id,
    report: party.reportId,
    externalId: `${name}-1`,
    class: 'note',
    state: 'waiting',
  })
})

test('what was blocked because its channel was unknown goes on by itself once the channel is there', async () => {
  const partner = createScriptedPartner()
  const matter = await seedCase(house.deps)
  const party = await seedParty(house.deps, matter, { channel: 'late' })
  await seedEvent(house.deps, matter, 'registered')
  await fanOutPass(house.deps)
  const before = (await deliveriesOf(house.deps, party)).map((row) => row.state)
  house.channel('late', { partner })

  await recoverUnknown(house.deps)

  expect(before).toEqual(['blocked'])
  expect(await deliveriesOf(house.deps, party)).toMatchObject([{ state: 'waiting', reason: null }])
})

test('what waits for a channel that lost its way back becomes visible as blocked', async () => {
  const { name, party } = await scene({ partner: createScriptedPartner() })
  house.channel(name, {})
  const early = await blockStranded(house.deps)
  house.advance(11 * 60_000)

  const late = await blockStranded(house.deps)

  expect([early, late]).toEqual([0, 1])
  expect(await deliveriesOf(house.deps, party)).toMatchObject([
    { state: 'blocked', due_at: null, reason: expect.stringContaining('waive') },
  ])
})
