/** Promise 3: a case whose report waits for a clerk's answer is kept from the dispatch, for ten minutes at most. */
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { appendIn } from '../../gateway/dispatch/append.ts'
import { overdueHolds, releasePass } from '../../gateway/dispatch/holds.ts'
import { newHolds } from '../../gateway/linking/review/new-holds.ts'
import { releaseCases } from '../../gateway/store/case-holds.ts'
import type { Deps } from '../../gateway/deps.ts'
import type { DispatchItem } from '../../schemas/case.ts'
import { order, until, type House } from '../support/house.ts'
import { clerkOf } from '../support/moved-cases.ts'
import { startDesk, type Desk, type DeskHouse } from '../support/review-desk.ts'
import { useUnsureLinker } from '../support/unsure-linker.ts'

let desks: DeskHouse
let house: House
let desk: Desk

beforeAll(async () => {
  desks = await startDesk()
  house = desks.house
  desk = desks.desk
  await useUnsureLinker(house)
}, 60_000)
afterAll(async () => await desks.stop())
// What a test left on the desk is not the next one's.
afterEach(async () => await desks.clear())

const minuteMs = 60_000
const at = (minutes: number): Deps => {
  const { deps } = house.gateway
  return { ...deps, now: () => new Date(deps.now().getTime() + minutes * minuteMs) }
}

/** A report and, unless it says otherwise, a like one that waits for a clerk: street lights leave two days. */
async function asked(road: string, other: { [field: string]: unknown } = {}) {
  const about = (content: string, fields: object = {}) =>
    order({ title: `${road}路灯不亮`, content, category: '0231', address: `${road}18号`, ...fields })
  const first = about(`${road}18号门前路灯整晚不亮，夜里走路看不清。`)
  const second = about(`${road}18号门口路灯坏了，晚上走路看不清，请维修。`, {
    caller: { name: '陈某', phone: `1390000${String(Date.now()).slice(-4)}` },
    ...other,
  })
  await house.accepted('hotline-a', first)
  const known = await house.caseOf('hotline-a', first.order_no)
  await house.accepted('hotline-a', second)
  const number = await house.caseOf('hotline-a', second.order_no)
  const { items } = await desk.list('?limit=20')
  const item = items.find(({ cases }) => cases[0] === number && cases[1] === known)
  if (item === undefined) throw new Error('No clerk is asked about the two.')
  return { known, number, item, sent: second, second: second.order_no }
}

/** What a hotline says about an order of its own. */
const said = (msg_type: string, order_no: string) => ({
  msg_type,
  order_no,
  msg_id: `${msg_type}-${order_no}`,
  msg_time: '2026-11-21 10:00:00',
  content: '门口第三根灯杆。',
})

/** What the dispatch has heard of a case, in the order of its list. */
async function heard(number: string, url = house.gateway.url): Promise<DispatchItem['event'][]> {
  const events: DispatchItem['event'][] = []
  for (let after = '0'; ;) {
    const answer = await fetch(`${url}/v1/dispatch/cases?limit=200&after=${after}`, {
      headers: { authorization: `Bearer ${house.dispatchKey}` },
    })
    const { items, cursor } = (await answer.json()) as { items: DispatchItem[]; cursor: string }
    events.push(...items.flatMap(({ event }) => (event.case === number ? [event] : [])))
    if (items.length === 0) return events
    after = cursor
  }
}

const typesOf = (events: readonly DispatchItem['event'][]) => events.map(({ type }) => type)

/** Everything that is committed by now is in the dispatch's list: nothing older is under way. */
const settled = async () =>
  await until('no older transaction is under way', async () => {
    const [row] = await house.gateway.deps.db.sql<{ behind: boolean }[]>`
      select exists (select 1 from case_events where xid >= pg_snapshot_xmin(pg_current_snapshot())) as behind`
    return row?.behind === false
  })

test('a case under review is not handed over, its source is answered at once, and others do not wait', async () => {
  const { number, item, second } = await asked('翠溪路')
  const later = order({ category: '0231' })
  await house.accepted('hotline-a', later)
  const next = await house.caseOf('hotline-a', later.order_no)
  await settled()

  expect(await heard(number)).toEqual([])
  expect(typesOf(await heard(next))).toEqual(['received', 'linked'])
  await until('its source was told', async () => desks.codesOf(second).length > 0)
  const { heldUntil = '' } = await desk.show(item.id)
  expect(Date.parse(heldUntil) - Date.parse(item.askedAt)).toBeCloseTo(10 * minuteMs, -3)
})

test('"not the same" hands it over at once, behind what the dispatch read meanwhile', async () => {
  const { number, item } = await asked('云岭路')
  await settled()
  const before = await house.dispatchItems()
  const place = (await house.dispatchItems(before.cursor)).cursor

  await desk.decide(item.id, { decision: 'different' })

  const news = await until('it is in the list', async () => {
    const { items } = await house.dispatchItems(place)
    return items.some(({ event }) => event.case === number) && items
  })
  expect(
    news.filter(({ event }) => event.case === number).map(({ event }) => [event.type, event.sequence]),
  ).toEqual([
    ['received', 1],
    ['linked', 2],
  ])
})

test('after "one matter" the dispatch hears of one case, which the report joined', async () => {
  const { known, number, item, second } = await asked('锦湾路')

  await desk.decide(item.id, { decision: 'link' })
  await settled()
  await releasePass(at(60))

  expect(await heard(number)).toEqual([])
  expect(typesOf(await heard(known))).toEqual(['received', 'linked', 'merged'])
  const { case: joined } = await house.readCase(known)
  expect(joined.sources.map(({ externalId }) => externalId)).toContain(second)
})

test('a joining that is taken back hands the case over with all that happened to it', async () => {
  const { number, item } = await asked('梧坪路')
  await desk.decide(item.id, { decision: 'link' })

  await desk.undo(item.id)
  await settled()

  const events = await heard(number)
  expect(typesOf(events)).toEqual(['received', 'linked', 'merged', 'split', 'received'])
  expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
})

test('an item that is put off holds nothing any more, and says who put it off', async () => {
  const { number, item } = await asked('枫塘路')

  await desk.decide(item.id, { decision: 'later', clerk: 'C-09' })
  await settled()

  expect(typesOf(await heard(number))).toEqual(['received', 'linked'])
  const shown = await desk.show(item.id)
  expect(shown).toMatchObject({ laterBy: 'C-09', outcome: { decision: 'later', clerk: 'C-09' } })
  expect(shown.heldUntil).toBeUndefined()
})

test.each([
  ['the report is urgent 紧急', '桂浦路', { urgency: '2' }],
  ['its category leaves less than a day', '榕泽路', { category: '0311' }],
])('nothing is held where %s', async (_, road, fields) => {
  const { number } = await asked(road, fields)
  await settled()

  expect(typesOf(await heard(number))).toEqual(['received', 'linked'])
})

test('a hold ends when its time has passed, whichever of two gateways sees it, and once', async () => {
  const { number } = await asked('柏渚路')
  const other = await house.second()
  const late = at(10)
  await releasePass(at(9))
  await settled()
  expect(await heard(number)).toEqual([])

  await Promise.all([releasePass(late), releasePass({ ...other.deps, now: late.now }), releasePass(late)])
  await settled()

  expect(typesOf(await heard(number, other.url))).toEqual(['received', 'linked'])
})

test('a hold outlives the gateway, and what its sources say meanwhile follows in order', async () => {
  const { number, second } = await asked('松汀路')
  await house.accepted('hotline-a', said('SUPPLEMENT', second))
  await house.restart()
  await until('the case knows of it', async () => (await house.readCase(number)).case.sequence > 2)
  await settled()
  expect(await heard(number)).toEqual([])

  await releasePass(at(11))
  await settled()

  expect(typesOf(await heard(number))).toEqual(['received', 'linked', 'supplemented'])
})

test('who urges 催办 is not kept waiting', async () => {
  const { number, second } = await asked('荷岭路')

  await house.accepted('hotline-a', said('URGE', second))

  await until('it is in the list', async () => (await heard(number)).length === 3)
  expect(typesOf(await heard(number))).toEqual(['received', 'linked', 'urged'])
})

test('a further report that is urgent ends the hold of its case', async () => {
  const { number } = await asked('菊滨路', { city_no: 'C-HOLD-1' })
  const further = order({
    title: '菊滨路路灯不亮',
    content: '菊滨路18号门口的路灯一直没有亮。',
    category: '0231',
    address: '菊滨路18号',
    city_no: 'C-HOLD-1',
    urgency: '2',
  })

  await house.accepted('hotline-b', further)

  expect(await house.caseOf('hotline-b', further.order_no)).toBe(number)
  await settled()
  expect(typesOf(await heard(number)).slice(0, 3)).toEqual(['received', 'linked', 'linked'])
})

test('a new version that is urgent ends the hold of its case', async () => {
  const { number, sent } = await asked('梅渚路')

  await house.accepted('hotline-a', { ...sent, urgency: '3' })

  await until('the version is in the list', async () => (await heard(number)).length > 2)
  expect(typesOf(await heard(number)).slice(0, 3)).toEqual(['received', 'linked', 'supplemented'])
})

test('a case that the dispatch knows takes a held one out of its hold when it is joined into it', async () => {
  const { number } = await asked('杏汀路')
  const other = order({ category: '0231' })
  await house.accepted('hotline-b', other)
  const known = await house.caseOf('hotline-b', other.order_no)

  const joined = await clerkOf(() => house).merge(known, number)
  await settled()

  expect(joined.status).toBe(201)
  expect(typesOf(await heard(number))).toEqual(['received', 'linked', 'merged'])
})

test('with GUIYI_HOLD_MIN=0 nothing is held', () => {
  const { deps } = house.gateway
  const working = { urgency: 'normal', category: '020301' }
  const opening = {
    caseId: 'a',
    opens: { predecessorId: null },
    row: { working },
    decision: { decision: 'review' },
  }

  const held = (holdMs: number) => newHolds({ ...deps, holdMs }, [opening as never]).length

  expect([held(60_000), held(0)]).toEqual([1, 0])
})

test('a process that dies between the release and its commit has released nothing, and the next one does', async () => {
  const { number } = await asked('兰滨路')
  const doomed = postgres(house.databaseUrl, { max: 1, onnotice: () => undefined })
  const [held] = await house.gateway.deps.db.sql<
    { id: string }[]
  >`select id from cases where number = ${number}`
  const dying = await doomed.reserve()
  await dying`begin`
  await dying`select 1 from cases where id = ${held?.id ?? ''} for update`
  const ids = [held?.id ?? '']
  expect(await releaseCases(dying as never, house.gateway.deps, { ids, by: 'expiry' })).toEqual(ids)
  const [self] = await dying<{ pid: number }[]>`select pg_backend_pid() as pid`
  await house.gateway.deps.db.sql`select pg_terminate_backend(${self?.pid ?? 0}, 5000)`
  await doomed.end({ timeout: 0 })
  await settled()
  expect(await heard(number)).toEqual([])

  await releasePass(at(11))
  await settled()

  expect(typesOf(await heard(number))).toEqual(['received', 'linked'])
})

test('an event never stands before an earlier one of its case, however late its transaction commits', async () => {
  const { number } = await asked('荷塘路')
  const { deps } = house.gateway
  const [held] = await deps.db.sql<{ id: string }[]>`select id from cases where number = ${number}`
  const began = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const older = deps.db.transaction(async (tx) => {
    await tx`select pg_current_xact_id()`
    began.resolve()
    await released.promise
    const actor = { kind: 'channel', id: 'hotline-a' } as const
    const event = { type: 'noted', eventId: 'late', caller: 'message:hotline-a', content: {} } as const
    await appendIn(tx, deps, { ...event, number, actor, occurredAt: deps.now() })
  })
  await began.promise
  await deps.db.transaction(async (tx) => {
    await tx`select 1 from cases where id = ${held?.id ?? ''} for update`
    await releaseCases(tx, deps, { ids: [held?.id ?? ''], by: 'expiry' })
  })
  released.resolve()

  await older
  await settled()

  expect(typesOf(await heard(number))).toEqual(['received', 'linked', 'noted'])
})

test('the desk asks first for what holds a case', async () => {
  const sure = await desks.question(undefined, 0.5)
  const held = await asked('莲湾路')

  const { items, cursor = '' } = await desk.list('?limit=1')
  const { items: others } = await desk.list(`?limit=20&after=${encodeURIComponent(cursor)}`)

  expect(items.map(({ heldUntil }) => heldUntil === undefined)).toEqual([false])
  const rest = [...items, ...others]
  expect(rest.findIndex(({ id }) => id === held.item.id)).toBeLessThan(
    rest.findIndex(({ id }) => id === sure.id),
  )
  expect(new Set(rest.map(({ id }) => id)).size).toBe(rest.length)
})

test('holds that are over are found by their index', async () => {
  const { sql } = house.gateway.deps.db
  await sql`insert into case_holds (case_id, until) select gen_random_uuid(), case when g > 19000 then now() + interval '1 hour' end from generate_series(1, 20000) g`
  await sql`analyze case_holds`

  const plan = await sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${overdueHolds}`, [new Date() as never])

  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('case_holds_until')
})
