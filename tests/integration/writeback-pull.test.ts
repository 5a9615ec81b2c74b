import { afterAll, beforeAll, expect, test } from 'vitest'
import { fanOutPass } from '../../gateway/writeback/fan-out.ts'
import { replayDelivery } from '../../gateway/writeback/people.ts'
import { channelEvents } from '../../gateway/writeback/pull.ts'
import { newId } from '../../gateway/store/ids.ts'
import { createHouse, createScriptedPartner, type House } from '../support/writeback-house.ts'
import { deliveriesOf, seedCase, seedEvent, seedParty, statesOf } from '../support/writeback-seed.ts'

let house: House
beforeAll(async () => {
  house = await createHouse()
})
afterAll(() => house.close())

/** Until no transaction of the whole server, other tests' included, is older than what lies in the table. */
async function allVisible(): Promise<void> {
  for (;;) {
    const [row] = await house.deps.db
      .sql`select not exists (select 1 from deliveries where xid >= pg_snapshot_xmin(pg_current_snapshot())) as visible`
    if (row?.['visible'] === true) return
  }
}

/** Events of a channel, read when all that is committed can be seen. */
async function read(
  ...args: Parameters<typeof channelEvents> extends [unknown, ...infer Rest] ? Rest : never
) {
  await allVisible()
  return channelEvents(house.deps, ...args)
}

async function pulling(name: string, events: Parameters<typeof seedEvent>[2][]) {
  house.channel(name, {
    reverse: { pull: true, events: { otherwise: { action: 'call', request: 'status', code: '02' } } },
  })
  const matter = await seedCase(house.deps)
  const party = await seedParty(house.deps, matter, { channel: name, externalId: `${name}-1` })
  for (const type of events) {
    await seedEvent(house.deps, matter, type)
    await fanOutPass(house.deps)
  }
  return { matter, party }
}

test('a channel reads its events in its own words as CloudEvents, and a cursor gives them over', async () => {
  const { matter, party } = await pulling('grid', ['registered', 'noted', 'urged'])

  const first = await read('grid', undefined, 2)
  const before = await statesOf(house.deps, party)
  const second = await read('grid', first.cursor, 2)
  const after = await statesOf(house.deps, party)
  const third = await read('grid', second.cursor, 2)

  const [row] = await deliveriesOf(house.deps, party)
  expect(first.events[0]).toEqual({
    specversion: '1.0',
    id: row?.id,
    source: '/v1/channels/grid',
    type: 'guiyi.case.registered',
    subject: 'grid-1',
    time: house.deps.now().toISOString(),
    datacontenttype: 'application/json',
    casenumber: matter.number,
    casesequence: 1,
    statusafter: 'registered',
    statuscode: '02',
    data: { status: 'registered', text: '您的诉求已受理' },
  })
  expect(
    [first, second, third].map((page) => page.events.map((event) => event.type.split('.').at(-1))),
  ).toEqual([['registered', 'noted'], ['urged'], []])
  expect(before).toEqual(['registered:waiting', 'noted:waiting', 'urged:waiting'])
  expect(after).toEqual(['registered:delivered', 'noted:delivered', 'urged:waiting'])
  expect(third.cursor).toBe(second.cursor)
  expect(await statesOf(house.deps, party)).toEqual([
    'registered:delivered',
    'noted:delivered',
    'urged:delivered',
  ])
  expect((await deliveriesOf(house.deps, party))[0]).toMatchObject({ settled_by: 'pull' })
})

test('a cursor that we never gave is refused and delivers nothing', async () => {
  const { party } = await pulling('forger', ['registered'])

  const ahead = read('forger', '99999999.1', 10)

  await expect(ahead).rejects.toThrow('ahead of this database')
  expect(await statesOf(house.deps, party)).toEqual(['registered:waiting'])
})

test('a delivery whose transaction commits late is not skipped by the cursor', async () => {
  const { matter, party } = await pulling('slow', ['registered'])
  const { sql } = house.deps.db
  const copy = (tx: typeof sql) => tx`
    insert into deliveries (id, party_id, case_id, channel_id, case_event_id, sequence, event_type, state_after, class, state, request, mapping_version, data_key, body, created_at)
    select ${newId()}, ${newId()}, case_id, channel_id, case_event_id, sequence, event_type, state_after, class, 'waiting', request, mapping_version, data_key, body, created_at
    from deliveries where party_id = ${party.id} limit 1`
  const first = await read('slow', undefined, 10)

  const whileOpen = await house.deps.db.transaction(async (tx) => {
    await copy(tx as never)
    await seedEvent(house.deps, matter, 'noted')
    await fanOutPass(house.deps)
    return channelEvents(house.deps, 'slow', first.cursor, 10)
  })
  const afterCommit = await read('slow', whileOpen.cursor, 10)

  expect(first.events).toHaveLength(1)
  expect(whileOpen.events).toEqual([])
  expect(afterCommit.events).toHaveLength(2)
})

test('a blocked event that was repaired appears after what was read meanwhile', async () => {
  house.channel('repaired', {
    reverse: {
      pull: true,
      events: {
        registered: { action: 'call', request: 'status', requires: ['event.content.answer'] },
        otherwise: { action: 'call', request: 'status' },
      },
    },
  })
  const matter = await seedCase(house.deps)
  const party = await seedParty(house.deps, matter, { channel: 'repaired' })
  await seedEvent(house.deps, matter, 'registered')
  await seedEvent(house.deps, matter, 'noted')
  await fanOutPass(house.deps)
  const first = await read('repaired', undefined, 10)
  house.channel('repaired', { reverse: { pull: true } })
  const [blocked] = await deliveriesOf(house.deps, party)
  await replayDelivery(house.deps, blocked?.id ?? '', { by: 'admin' })

  const second = await read('repaired', first.cursor, 10)

  expect(first.events.map((event) => event.type)).toEqual(['guiyi.case.noted'])
  expect(second.events.map((event) => event.type)).toEqual(['guiyi.case.registered'])
})

test('a channel that is called may read too, and reading delivers nothing', async () => {
  house.channel('called', { partner: createScriptedPartner() })
  const matter = await seedCase(house.deps)
  const party = await seedParty(house.deps, matter, { channel: 'called' })
  await seedEvent(house.deps, matter, 'registered')
  await fanOutPass(house.deps)

  const page = await read('called', undefined, 10)
  await read('called', page.cursor, 10)

  expect(page.events).toHaveLength(1)
  expect(await statesOf(house.deps, party)).toEqual(['registered:waiting'])
})

test('an unknown channel and a foreign cursor are refused', async () => {
  await pulling('known', [])

  await expect(channelEvents(house.deps, 'nobody', undefined, 10)).rejects.toMatchObject({
    code: 'channel.unknown',
  })
  await expect(channelEvents(house.deps, 'known', 'abc', 10)).rejects.toMatchObject({
    code: 'request.cursor',
  })
})
