/** Replay 重放: what becomes of each record, and who hears of it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  hotlineChannel,
  order,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../support/house.ts'
import { gridPlatformChannel, startGridPlatform, type GridPlatform } from '../support/grid-peers.ts'
import { itemsOf, publish, recordsOf, replay, unevenReceipts } from '../support/replays.ts'

let hotline: Hotline
let platform: GridPlatform
let house: House
const channels = [
  'open',
  'finer',
  'touched',
  'numbers',
  'said',
  'files',
  'unread',
  'shown',
  'ranks',
  'handed',
] as const
const fileOf = (channel: (typeof channels)[number], other: object = {}) =>
  hotlineChannel(hotline.url, { channel: `hotline-${channel}`, ...other })

beforeAll(async () => {
  hotline = await startHotline()
  platform = await startGridPlatform()
  house = await startHouse([
    ...channels.filter((name) => name !== 'unread' && name !== 'files').map((name) => fileOf(name)),
    fileOf('files', { files: { fetch: false } }),
    fileOf('unread', unreadAt('data.items')),
    gridPlatformChannel(platform.url),
  ])
})
afterAll(async () => {
  await house.stop()
  await hotline.close()
  await platform.close()
})
afterEach(async () => {
  expect(await unevenReceipts(house)).toEqual([])
})

const unreadAt = (records: string) => ({
  feeds: { push: { settings: { records, authentication: { secret: { secret: 'inbound' } } } } },
})
const categories = (table: { [code: string]: string }) => ({ codes: { category: { table } } })
const toldOf = (orderNo: string) =>
  hotline.told.filter((told) => told.body['order_no'] === orderNo).map((told) => told.body['status'])
const told = (orderNo: string) => until(`${orderNo} is told of`, async () => toldOf(orderNo).includes('10'))
/** Every event of the case has been given out to its parties. */
const givenOut = (number: string) =>
  until(`the events of ${number} are given out`, async () => {
    const rows = await house.gateway.deps.db.sql`
      select 1 from case_events e join cases c on c.id = e.case_id where c.number = ${number} and e.fanned_out_at is null`
    return rows.length === 0
  })
const eventOf = (number: string, reasonCode: string) =>
  until(`${number} has a ${reasonCode}`, async () => {
    const { events } = await house.readCase(number)
    return events.find((event) => event.content.reasonCode === reasonCode)
  })

test('a value that was mapped lets its records out of quarantine: each is a report, has a case, and its source is told once', async () => {
  const blocked = order({ category: '9901' })
  const other = order({ category: '9902' })
  const receipt = (await house.accepted('hotline-open', blocked)).receipt
  await house.accepted('hotline-open', other)
  const [before] = await recordsOf(house, receipt)
  await publish(house, fileOf('open', categories({ '9901': '020301' })))

  const blockedBy = { table: 'category', value: '9901' }
  const done = await replay(house, { channel: 'hotline-open', select: { blockedBy } })
  const number = await house.caseOf('hotline-open', blocked.order_no)
  await told(blocked.order_no)

  expect(before).toMatchObject({ end: 'quarantined', blocked_by: ['category 9901'] })
  expect(done).toMatchObject({ total: 1, done: 1, counts: { report: 1 } })
  const [record] = await recordsOf(house, receipt)
  expect(record).toMatchObject({ id: before?.id, end: 'report', version: 1, reason: null, blocked_by: null })
  expect(record?.mapping_version).not.toBe(before?.mapping_version)
  expect((await house.readCase(number)).case).toMatchObject({ category: '020301' })
  expect(toldOf(blocked.order_no)).toEqual(['10'])
})

test('what is still not mapped stays in quarantine with its present reason', async () => {
  const done = await replay(house, { channel: 'hotline-open' })

  expect(done.counts).toEqual({ quarantined: 1 })
  expect((await itemsOf(house, done))[0]?.changes).toMatchObject({
    was: 'quarantined',
    reason: { code: 'mapping.unknown-code', errors: [{ pointer: '/category' }] },
  })
})

test('an unlisted value is shown by the first five records that held it, and a replay counts none of them again', async () => {
  const sent = Array.from({ length: 7 }, () => order({ category: '9909' }))
  const answer = await house.push('hotline-shown', sent, { batch: true })
  const { receipt } = (await answer.json()) as { receipt: string }
  const records = await recordsOf(house, receipt)

  await replay(house, { channel: 'hotline-shown' })

  const [value] = await house.gateway.deps.db.sql`
    select count, examples from unknown_values where channel_id = 'hotline-shown' and table_name = 'category'`
  expect(value).toEqual({ count: 7, examples: records.slice(0, 5).map(({ id }) => id) })
})

test('a report that is read otherwise gets a new version that says what changed, its untouched case follows, and nobody is told', async () => {
  const sent = order({ category: '0111' })
  const receipt = (await house.accepted('hotline-finer', sent)).receipt
  const number = await house.caseOf('hotline-finer', sent.order_no)
  await told(sent.order_no)
  const ledger = toldOf(sent.order_no)
  await publish(house, fileOf('finer', categories({ '0111': '010104' })))

  const done = await replay(house, { channel: 'hotline-finer', select: { receipts: [receipt] } })
  const event = await eventOf(number, 'remapped')
  await givenOut(number)

  expect(done.counts).toEqual({ version: 1 })
  expect((await itemsOf(house, done))[0]?.changes).toMatchObject({
    changed: ['/category'],
    values: { '/category': { before: '010101', after: '010104' } },
    version: 2,
  })
  expect(await recordsOf(house, receipt)).toMatchObject([{ end: 'report', version: 2 }])
  expect(event).toMatchObject({ type: 'noted', actor: { kind: 'gateway' }, content: { category: '010104' } })
  expect((await house.readCase(number)).case).toMatchObject({ category: '010104' })
  const deliveries = await house.gateway.deps.db.sql`
    select d.state from deliveries d join cases c on c.id = d.case_id where c.number = ${number} and d.event_type = 'noted'`
  expect(deliveries).toMatchObject([{ state: 'skipped' }])
  expect(toldOf(sent.order_no)).toEqual(ledger)
})

test('a system that the case was handed to is asked nothing for what was only read otherwise', async () => {
  const sent = order({ category: '0211' })
  await house.accepted('hotline-handed', sent)
  const number = await house.caseOf('hotline-handed', sent.order_no)
  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await house.append(number, { type: 'dispatched', content: { leadUnit: 'WGZX' } })
  await until(
    'both know that it was dispatched',
    async () => platform.tasks.has(number) && toldOf(sent.order_no).includes('30'),
  )
  const ledger = [JSON.stringify([...platform.tasks]), toldOf(sent.order_no)]
  await publish(house, fileOf('handed', categories({ '0211': '020102' })))

  await replay(house, { channel: 'hotline-handed', select: { ends: ['report'] } })
  const event = await eventOf(number, 'remapped')
  await givenOut(number)

  const deliveries = await house.gateway.deps.db.sql<{ kind: string; state: string }[]>`
    select p.kind, d.state from deliveries d join parties p on p.id = d.party_id where d.case_event_id = ${event.id} order by p.kind`
  expect([...deliveries]).toEqual([
    { kind: 'handler', state: 'skipped' },
    { kind: 'source', state: 'skipped' },
  ])
  expect([JSON.stringify([...platform.tasks]), toldOf(sent.order_no)]).toEqual(ledger)
})

test('the same replay again changes nothing', async () => {
  const done = await replay(house, { channel: 'hotline-finer', select: { ends: ['report'] } })

  expect(done.counts).toEqual({ unchanged: 1 })
  const [count] = await house.gateway.deps.db.sql`
    select count(*)::int as n from report_versions v join reports p on p.id = v.report_id where p.channel_id = 'hotline-finer'`
  expect(count).toEqual({ n: 2 })
})

test('a case whose category a clerk has set keeps it, and the dispatch is told of the version', async () => {
  const sent = order({ category: '0111' })
  await house.accepted('hotline-touched', sent)
  const number = await house.caseOf('hotline-touched', sent.order_no)
  await house.append(number, { type: 'noted', content: { category: '990101', internalNote: '改派' } })
  await publish(house, fileOf('touched', categories({ '0111': '010104' })))

  await replay(house, { channel: 'hotline-touched', select: { ends: ['report'] } })
  const event = await eventOf(number, 'remapped')

  expect(event.content).not.toHaveProperty('category')
  expect((await house.readCase(number)).case.category).toBe('990101')
  expect((await house.readCase(number)).case.sources).toMatchObject([{ version: 2 }])
})

test('only the record that made the newest version is read over it, and a repeat makes nothing', async () => {
  const first = order({ category: '0211' })
  const second = { ...first, content: `${String(first['content'])}现场有人受伤。` }
  await house.accepted('hotline-touched', first)
  await house.accepted('hotline-touched', second)
  await house.accepted('hotline-touched', second)
  await publish(house, fileOf('touched', categories({ '0111': '010104', '0211': '020102' })))

  const done = await replay(house, {
    channel: 'hotline-touched',
    select: { ends: ['report', 'version', 'repeat'] },
  })

  const outcomes = (await itemsOf(house, done)).slice(-3).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(['superseded', 'version', 'repeat'])
  const [report] = await house.gateway.deps.db.sql`
    select version, working ->> 'category' as category, working ->> 'text' as text from reports where external_id = ${first.order_no}`
  expect(report).toMatchObject({ version: 3, category: '020102', text: second.content })
})

test('a record whose report was sent again meanwhile is no second report, and does not overwrite what came later', async () => {
  const early = order({ category: '9901' })
  const receipt = (await house.accepted('hotline-touched', early)).receipt
  await house.accepted('hotline-touched', {
    ...early,
    category: '0231',
    content: '来电更正：路灯已修好一半。',
  })
  await publish(house, fileOf('touched', categories({ '9901': '020301' })))

  const done = await replay(house, { channel: 'hotline-touched' })

  expect(done.counts).toEqual({ superseded: 1 })
  expect(await recordsOf(house, receipt)).toMatchObject([
    { end: 'repeat', version: 1, reason: { code: 'record.superseded' } },
  ])
  const reports = await house.gateway.deps.db.sql`
    select version, working ->> 'text' as text from reports where external_id = ${early.order_no}`
  expect(reports).toMatchObject([{ version: 1, text: '来电更正：路灯已修好一半。' }])
})

test('a later record out of quarantine is a new version of its report, and its case is told what the source said', async () => {
  const sent = order()
  await house.accepted('hotline-ranks', sent)
  const number = await house.caseOf('hotline-ranks', sent.order_no)
  await house.accepted('hotline-ranks', { ...sent, category: '9901', content: '补充：整条路都不亮。' })
  await publish(house, fileOf('ranks', categories({ '9901': '020301' })))

  const done = await replay(house, { channel: 'hotline-ranks' })
  const event = await eventOf(number, 'new-version')

  expect(done.counts).toEqual({ version: 1 })
  expect(event).toMatchObject({ type: 'supplemented', actor: { kind: 'channel', id: 'hotline-ranks' } })
  const [report] = await house.gateway.deps.db
    .sql`select version from reports where external_id = ${sent.order_no}`
  expect(report).toEqual({ version: 2 })
})

test('a new version that asks for confidentiality makes its case confidential', async () => {
  const sent = order()
  await house.accepted('hotline-ranks', sent)
  const number = await house.caseOf('hotline-ranks', sent.order_no)

  await house.accepted('hotline-ranks', { ...sent, is_secret: '1' })
  await eventOf(number, 'new-version')

  expect((await house.readCase(number)).case.confidential).toBe(true)
})

test('a report follows its record to another number; where that is taken, nothing changes', async () => {
  const moves = order({ city_no: 'SZ-1' })
  const stays = order({ city_no: 'SZ-2' })
  const holder = order({ order_no: 'SZ-2', city_no: 'SZ-3' })
  for (const sent of [moves, stays, holder]) await house.accepted('hotline-numbers', sent)
  const byCity = { feeds: { push: { settings: fileSettings, fields: { externalId: 'city_no' } } } }
  await publish(house, fileOf('numbers', byCity))

  const done = await replay(house, { channel: 'hotline-numbers', select: { ends: ['report'] } })

  expect((await itemsOf(house, done)).map(({ outcome }) => outcome)).toEqual([
    'version',
    'conflict',
    'version',
  ])
  const reports = await house.gateway.deps.db.sql<{ external_id: string }[]>`
    select external_id from reports where channel_id = 'hotline-numbers' order by received_at`
  expect(reports.map((row) => row.external_id)).toEqual(['SZ-1', stays.order_no, 'SZ-3'])
})

test('once the number is free, the report that was in its way follows, too', async () => {
  const done = await replay(house, { channel: 'hotline-numbers', select: { ends: ['report'] } })

  expect((await itemsOf(house, done)).map(({ outcome }) => outcome)).toEqual([
    'unchanged',
    'version',
    'unchanged',
  ])
})

const fileSettings = { authentication: { secret: { secret: 'inbound' } } }

test('a report that could not be taken any more stays, and the replay says why it could not', async () => {
  const sent = order({ urgency: '9' })
  await house.accepted('hotline-said', sent)
  await publish(house, fileOf('said', { codes: { urgency: { otherwise: 'quarantine' } } }))

  const done = await replay(house, { channel: 'hotline-said', select: { ends: ['report'] } })

  expect((await itemsOf(house, done))[0]).toMatchObject({
    outcome: 'kept',
    changes: { reason: { code: 'mapping.unknown-code' } },
  })
  const [report] = await house.gateway.deps.db
    .sql`select version from reports where external_id = ${sent.order_no}`
  expect(report).toEqual({ version: 1 })
})

test('a message that was said is not said again, and one that came before its report finds it', async () => {
  const sent = order({ urgency: '1' })
  const urge = {
    msg_type: 'URGE',
    msg_id: `U${sent.order_no}`,
    order_no: sent.order_no,
    msg_time: '2026-11-21 10:00:00',
    content: '请尽快处理',
  }
  const early = (await house.accepted('hotline-said', { ...urge, msg_id: `E${sent.order_no}` })).receipt
  await house.accepted('hotline-said', sent)
  const number = await house.caseOf('hotline-said', sent.order_no)
  const late = (await house.accepted('hotline-said', urge)).receipt

  const done = await replay(house, { channel: 'hotline-said', select: { receipts: [early, late] } })
  const urged = await until('both were said', async () => {
    const { events } = await house.readCase(number)
    const found = events.filter(({ type }) => type === 'urged')
    return found.length === 2 && found
  })

  expect(done.counts).toEqual({ message: 1, unchanged: 1 })
  expect(urged).toHaveLength(2)
  expect(await recordsOf(house, early)).toMatchObject([{ end: 'message', reason: null }])
})

test('a report keeps its files under another number: none is doubled', async () => {
  const sent = order({
    city_no: 'SZ-9',
    files: [{ file_url: 'https://files.example/1.jpg', file_name: '1.jpg' }],
  })
  await house.accepted('hotline-files', sent)
  const before = await filesOfChannel()
  const byCity = { settings: fileSettings, fields: { externalId: 'city_no' } }
  await publish(house, fileOf('files', { files: { fetch: false }, feeds: { push: byCity } }))

  const done = await replay(house, { channel: 'hotline-files', select: { ends: ['report'] } })

  expect(done.counts).toEqual({ version: 1 })
  expect(await filesOfChannel()).toEqual(before)
  const [report] = await house.gateway.deps.db.sql`
    select working -> 'attachments' -> 0 ->> 'id' as id from reports where external_id = 'SZ-9'`
  expect(report).toEqual({ id: before[0]?.['id'] })
})

const filesOfChannel = async () => [
  ...(await house.gateway.deps.db
    .sql`select id, report_id, state from files where channel_id = 'hotline-files'`),
]

test('a payload that can be decoded by now gives all its records', async () => {
  const orders = [order(), order(), order()]
  const answer = await house.push('hotline-unread', { orders }, { batch: true })
  const { receipt } = (await answer.json()) as { receipt: string }
  const before = await recordsOf(house, receipt)
  await publish(house, fileOf('unread', unreadAt('orders')))

  const done = await replay(house, { channel: 'hotline-unread' })

  expect(before).toMatchObject([{ end: 'quarantined', reason: { code: 'payload.no-records' } }])
  expect(done).toMatchObject({ total: 3, done: 3, counts: { report: 3 } })
  expect((await recordsOf(house, receipt)).map((row) => row.external_id)).toEqual(
    orders.map(({ order_no }) => order_no),
  )
})

test('a payload that cannot be decoded any more fails what lies in it, and its reports stay', async () => {
  await publish(house, fileOf('unread', unreadAt('nowhere')))

  const done = await replay(house, { channel: 'hotline-unread', select: { ends: ['report'] } })

  expect(done.counts).toEqual({ kept: 1, failed: 2 })
  const [count] = await house.gateway.deps.db.sql`
    select count(*)::int as n from reports where channel_id = 'hotline-unread' and version = 1`
  expect(count).toEqual({ n: 3 })
})
