import { afterAll, beforeAll, expect, test } from 'vitest'
import { fanOutPass } from '../../gateway/writeback/fan-out.ts'
import { openContent } from '../../gateway/writeback/content.ts'
import { createHouse, createScriptedPartner, tellEverything, type House } from '../support/writeback-house.ts'
import {
  deliveriesOf,
  seedCase,
  seedEvent,
  seedLateParty,
  seedParty,
  statesOf,
} from '../support/writeback-seed.ts'

let house: House
beforeAll(async () => {
  house = await createHouse()
  house.channel('hotline', {
    reverse: { handler: tellHandlers },
    partner: createScriptedPartner(),
  })
  house.channel('forum', {
    reverse: {
      events: { otherwise: { action: 'task', text: 'progressText', where: { value: '论坛后台' } } },
      requests: {},
    },
  })
  house.channel('puller', { reverse: { pull: true } })
})
afterAll(() => house.close())

const tellHandlers = { events: { otherwise: { action: 'call' as const, request: 'status' } } }

test('every event reaches every party of the case once, in the order of the case', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  const hotline = await seedParty(deps, matter, { channel: 'hotline' })
  const forum = await seedParty(deps, matter, { channel: 'forum' })
  await seedEvent(deps, matter, 'received')
  await seedEvent(deps, matter, 'registered')
  await seedEvent(deps, matter, 'noted')

  await fanOutPass(deps)
  await fanOutPass(deps)

  expect(await statesOf(deps, hotline)).toEqual(['received:waiting', 'registered:waiting', 'noted:waiting'])
  expect(await statesOf(deps, forum)).toEqual(['received:task', 'registered:task', 'noted:task'])
  expect((await deliveriesOf(deps, hotline)).map((row) => row.class)).toEqual([
    'progress',
    'acceptance',
    'note',
  ])
  const [left] = await deps.db.sql`select count(*)::int as n from case_events where fanned_out_at is null`
  expect(left?.['n']).toBe(0)
})

test('what is sent is stored sealed, with the mapping version that made it', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  const party = await seedParty(deps, matter, { channel: 'hotline' })
  await seedEvent(deps, matter, 'registered', { content: { publicText: '已受理，请等候' } })

  await fanOutPass(deps)

  const [row] = await deps.db.sql<{ data_key: Uint8Array; body: Uint8Array; mapping_version: string }[]>`
    select data_key, body, mapping_version from deliveries where party_id = ${party.id}`
  expect(row && openContent(deps.envelope, row)).toEqual({
    kind: 'call',
    body: { status: 'registered', text: '已受理，请等候' },
  })
  expect(Buffer.from(row?.body ?? []).includes('registered')).toBe(false)
  expect(row?.mapping_version).toBe(deps.catalog.channel('hotline').mappingVersion)
})

test('a later state supersedes undelivered progress, in the same pass and in the store; what is owed stays', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  const hotline = await seedParty(deps, matter, { channel: 'hotline' })
  const forum = await seedParty(deps, matter, { channel: 'forum' })
  await seedEvent(deps, matter, 'registered')
  await seedEvent(deps, matter, 'dispatched')
  await seedEvent(deps, matter, 'supplemented')
  await seedEvent(deps, matter, 'signed')
  await fanOutPass(deps)
  await seedEvent(deps, matter, 'resolved')

  await fanOutPass(deps)

  const expected = ['registered', 'dispatched:superseded', 'supplemented', 'signed:superseded', 'resolved']
  expect(await statesOf(deps, hotline)).toEqual(
    expected.map((state) => (state.includes(':') ? state : `${state}:waiting`)),
  )
  expect(await statesOf(deps, forum)).toEqual(
    expected.map((state) => (state.includes(':') ? state : `${state}:task`)),
  )
})

test('a note supersedes nothing, and what was delivered stays delivered', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  const party = await seedParty(deps, matter, { channel: 'hotline' })
  await seedEvent(deps, matter, 'dispatched')
  await fanOutPass(deps)
  await deps.db.sql`update deliveries set state = 'delivered' where party_id = ${party.id}`
  await seedEvent(deps, matter, 'signed')
  await fanOutPass(deps)
  await seedEvent(deps, matter, 'noted')

  await fanOutPass(deps)

  expect(await statesOf(deps, party)).toEqual(['dispatched:delivered', 'signed:waiting', 'noted:waiting'])
})

test('a late source is told of acceptance and of the present state before anything later', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  await seedParty(deps, matter, { channel: 'hotline' })
  await seedEvent(deps, matter, 'received')
  const registered = await seedEvent(deps, matter, 'registered')
  await seedEvent(deps, matter, 'dispatched')
  const processing = await seedEvent(deps, matter, 'processing')
  await seedEvent(deps, matter, 'noted')
  await fanOutPass(deps)
  const late = await seedLateParty(deps, matter, { channel: 'hotline' })
  await seedEvent(deps, matter, 'escalated')

  await fanOutPass(deps)

  const rows = await deps.db
    .sql`select case_event_id, event_type, class from deliveries where party_id = ${late.id} order by sequence, position`
  expect([...rows].map((row) => ({ ...row }))).toEqual([
    { case_event_id: registered, event_type: 'registered', class: 'acceptance' },
    { case_event_id: processing, event_type: 'processing', class: 'progress' },
    expect.objectContaining({ event_type: 'escalated', class: 'note' }),
  ])
})

test('a source that joins a case in 预受理 has nothing to catch up on', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  await seedEvent(deps, matter, 'received')
  await fanOutPass(deps)
  const late = await seedLateParty(deps, matter, { channel: 'hotline' })
  await seedEvent(deps, matter, 'registered')

  await fanOutPass(deps)

  expect(await statesOf(deps, late)).toEqual(['registered:waiting'])
})

test('a delivery with a missing required field is blocked and says which field and what to do', async () => {
  const { deps } = house
  house.channel('strict', {
    partner: createScriptedPartner(),
    reverse: {
      events: {
        resolved: { action: 'call', request: 'status', requires: ['event.content.answer'] },
        otherwise: { action: 'call', request: 'status' },
      },
    },
  })
  const matter = await seedCase(deps)
  const party = await seedParty(deps, matter, { channel: 'strict' })
  await seedEvent(deps, matter, 'resolved')

  await fanOutPass(deps)

  const [row] = await deliveriesOf(deps, party)
  expect(row).toMatchObject({ state: 'blocked', class: 'result', due_at: null })
  expect(row?.reason).toContain('event.content.answer')
  expect(row?.reason).toContain('replay')
})

test('what a party cannot express is skipped with the reason of its mapping', async () => {
  const { deps } = house
  house.channel('terse', {
    partner: createScriptedPartner(),
    reverse: {
      events: {
        urged: { action: 'skip', reason: '该渠道无催办状态', code: 'x' },
        otherwise: { action: 'call', request: 'status' },
      },
    },
  })
  const matter = await seedCase(deps)
  const party = await seedParty(deps, matter, { channel: 'terse' })
  await seedEvent(deps, matter, 'urged')

  await fanOutPass(deps)

  expect(await deliveriesOf(deps, party)).toMatchObject([
    { state: 'skipped', reason: '该渠道无催办状态', code: 'x' },
  ])
})

test('channels in trial are never told, paused ones wait, retired ones hear of what they brought, unknown ones are blocked, pulling ones have no due time', async () => {
  const { deps } = house
  house.channel('trial', { partner: createScriptedPartner(), state: 'shadow' })
  house.channel('paused', { partner: createScriptedPartner(), state: 'paused' })
  house.channel('retired', { partner: createScriptedPartner(), state: 'retired' })
  const matter = await seedCase(deps)
  const names = ['trial', 'paused', 'retired', 'nowhere', 'puller']
  const parties = await Promise.all(names.map((channel) => seedParty(deps, matter, { channel })))
  await seedEvent(deps, matter, 'registered')

  await fanOutPass(deps)

  const rows = (await Promise.all(parties.map((party) => deliveriesOf(deps, party)))).flat()
  expect(rows.map((row) => row.state)).toEqual(['skipped', 'waiting', 'waiting', 'blocked', 'waiting'])
  expect(rows[0]?.reason).toBe('channel in trial')
  expect(rows[1]?.due_at).not.toBeNull()
  expect(rows[4]?.due_at).toBeNull()
})

test('a mapping that throws blocks its own party only, and its message is not repeated', async () => {
  const { deps } = house
  const broken = house.channel('broken', { partner: createScriptedPartner() })
  const throwing = { ...broken.mapping.reverse, act: () => { throw new TypeError('张三 13812345678') } } // prettier-ignore
  Object.assign(broken, { mapping: { ...broken.mapping, reverse: throwing } })
  const matter = await seedCase(deps)
  const bad = await seedParty(deps, matter, { channel: 'broken' })
  const good = await seedParty(deps, matter, { channel: 'hotline' })
  await seedEvent(deps, matter, 'registered')

  await fanOutPass(deps)

  const [row] = await deliveriesOf(deps, bad)
  expect(row).toMatchObject({ state: 'blocked' })
  expect(row?.reason).toContain('TypeError')
  expect(row?.reason).not.toContain('138')
  expect(await statesOf(deps, good)).toEqual(['registered:waiting'])
})

test('a party that left gets what happened before, and nothing after; its old progress is dropped once its report stands elsewhere', async () => {
  const { deps } = house
  const first = await seedCase(deps)
  const party = await seedParty(deps, first, { channel: 'hotline' })
  await seedEvent(deps, first, 'registered')
  await seedEvent(deps, first, 'dispatched')
  house.advance(1_000)
  await deps.db.sql`update parties set left_at = ${deps.now().toISOString()} where id = ${party.id}`
  await seedEvent(deps, first, 'split')
  await fanOutPass(deps)
  const before = await statesOf(deps, party)
  const second = await seedCase(deps)
  await seedLateParty(deps, second, { channel: 'hotline', reportId: party.reportId ?? '' })

  await fanOutPass(deps)

  expect(before).toEqual(['registered:waiting', 'dispatched:waiting'])
  expect(await statesOf(deps, party)).toEqual(['registered:waiting', 'dispatched:superseded'])
})

test('a handler without a report is told under the case number', async () => {
  const { deps } = house
  house.channel('grid', {
    partner: createScriptedPartner(),
    reverse: {
      handler: tellHandlers,
      requests: {
        status: {
          ...tellEverything.requests?.['status'],
          body: { id: 'source.externalId' },
          answer: { delivered: 'true' },
        },
      },
    },
  })
  const matter = await seedCase(deps)
  const party = await seedParty(deps, matter, { channel: 'grid', kind: 'handler' })
  await seedEvent(deps, matter, 'supplemented')

  await fanOutPass(deps)

  const [row] = await deps.db.sql<
    { data_key: Uint8Array; body: Uint8Array }[]
  >`select data_key, body from deliveries where party_id = ${party.id}`
  expect(row && openContent(deps.envelope, row)).toEqual({ kind: 'call', body: { id: matter.number } })
})

test('what a co-handler did is not told to a source as the state of the case, but to whoever handles it', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  const source = await seedParty(deps, matter, { channel: 'hotline' })
  const handler = await seedParty(deps, matter, { channel: 'hotline', kind: 'handler' })
  await seedEvent(deps, matter, 'processing')
  for (const type of ['signed', 'resolved', 'returned'] as const) {
    await seedEvent(deps, matter, type, { stateAfter: 'processing', content: { unitCode: 'U-2' } })
  }
  await seedEvent(deps, matter, 'resolved')

  await fanOutPass(deps)

  const told = (await deliveriesOf(deps, source)).filter((row) => row.state !== 'skipped')
  expect(told.map((row) => [row.event_type, row.class, row.state])).toEqual([
    ['processing', 'progress', 'superseded'],
    ['resolved', 'result', 'waiting'],
  ])
  expect((await deliveriesOf(deps, handler)).filter((row) => row.state === 'skipped')).toEqual([])
})

test('a source hears neither of what other sources said nor of notes that stay inside', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  const own = await seedParty(deps, matter, { channel: 'hotline' })
  const other = await seedParty(deps, matter, { channel: 'hotline' })
  const report = other.reportId ?? ''
  await seedEvent(deps, matter, 'supplemented', { content: { report } })
  await seedEvent(deps, matter, 'noted', { content: { internalNote: '供水公司已联系' } })
  await seedEvent(deps, matter, 'reopened', { content: { report } })

  await fanOutPass(deps)

  expect(await statesOf(deps, own)).toEqual(['supplemented:skipped', 'noted:skipped', 'reopened:waiting'])
  expect(await statesOf(deps, other)).toEqual(['supplemented:waiting', 'noted:skipped', 'reopened:waiting'])
})

test('a case that another gateway holds is left to it, and its events are given out later', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  const party = await seedParty(deps, matter, { channel: 'hotline' })
  await seedEvent(deps, matter, 'registered')

  const meanwhile = await deps.db.transaction(async (tx) => {
    await tx`select 1 from cases where id = ${matter.id} for update`
    await fanOutPass(deps)
    return statesOf(deps, party)
  })
  await fanOutPass(deps)

  expect(meanwhile).toEqual([])
  expect(await statesOf(deps, party)).toEqual(['registered:waiting'])
})

test('two gateways that fan out side by side give each event once', async () => {
  const { deps } = house
  const cases = await Promise.all(Array.from({ length: 150 }, () => seedCase(deps)))
  for (const matter of cases) {
    await seedParty(deps, matter, { channel: 'hotline' })
    await seedEvent(deps, matter, 'registered')
  }

  const passes = Array.from({ length: 6 }, () => fanOutPass(deps))
  await Promise.all(passes)
  await fanOutPass(deps)

  const [counts] = await deps.db.sql`
    select count(*)::int as rows, count(distinct (case_event_id, party_id))::int as different from deliveries where case_id = any(${cases.map((matter) => matter.id)}::uuid[])`
  expect({ ...counts }).toEqual({ rows: 150, different: 150 })
})

test('a case whose events cannot be given out holds up no other', async () => {
  const { deps, lines } = house
  const cases = [await seedCase(deps), await seedCase(deps), await seedCase(deps)]
  const parties = await Promise.all(cases.map((matter) => seedParty(deps, matter, { channel: 'hotline' })))
  for (const matter of cases) await seedEvent(deps, matter, 'registered')
  await deps.db.sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
    create trigger refuse before insert on deliveries for each row when (new.case_id = '${cases[1]?.id}') execute function refuse()`)

  await fanOutPass(deps)

  const states = await Promise.all(parties.map((party) => statesOf(deps, party)))
  expect(states).toEqual([['registered:waiting'], [], ['registered:waiting']])
  expect(
    lines.filter((line) => line.includes('fan-out.failed') && line.includes(String(cases[1]?.id))),
  ).toHaveLength(1)
  await deps.db.sql.unsafe('drop trigger refuse on deliveries')
})

test('a case of very many sources gets its events in several transactions, and a pass that broke off is gone on with', async () => {
  const { deps } = house
  const matter = await seedCase(deps)
  const sources = 4_500
  await deps.db.sql`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    select gen_random_uuid(), ${matter.id}, 'source', 'puller', gen_random_uuid(), 0, now() from generate_series(1, ${sources})`
  await seedEvent(deps, matter, 'received')
  await seedEvent(deps, matter, 'registered')
  const given = async () => {
    const [row] = await deps.db.sql<{ made: number; parties: number }[]>`
      select count(*)::int as made, count(distinct party_id)::int as parties from deliveries where case_id = ${matter.id}`
    return row
  }
  let sealed = 0
  const seal: typeof deps.envelope.seal = (bytes) => {
    sealed += 1
    if (sealed > sources) throw new Error('The process is short of memory.')
    return deps.envelope.seal(bytes)
  }

  await fanOutPass({ ...deps, envelope: { ...deps.envelope, seal } })
  const half = await given()
  const [waits] = await deps.db.sql`
    select count(*)::int as n from case_events where case_id = ${matter.id} and fanned_out_at is null`
  await fanOutPass(deps)
  await fanOutPass(deps)

  expect(house.lines.some((line) => line.includes('fan-out.failed') && line.includes(matter.id))).toBe(true)
  expect(half?.parties).toBe(2_000)
  expect(waits?.['n']).toBe(2)
  expect(await given()).toEqual({ made: 2 * sources, parties: sources })
  const [left] = await deps.db.sql`select count(*)::int as n from case_events where fanned_out_at is null`
  expect(left?.['n']).toBe(0)
})
