import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createKey } from '../../gateway/http/keys.ts'
import { order, until, type House } from '../support/house.ts'
import { ask, deskOf, startDesk, twoCases, type Desk, type DeskHouse } from '../support/review-desk.ts'

let desks: DeskHouse
let house: House
let desk: Desk

beforeAll(async () => {
  desks = await startDesk()
  house = desks.house
  desk = desks.desk
})
afterAll(async () => await desks.stop())
// What a test left on the desk is not the next one's.
afterEach(async () => await desks.clear())

test('what the engine is unsure of is on the desk, what holds a case first, of each worth most first, each pair once', async () => {
  const caller = { name: '李某', phone: '13800009999' }
  const about = (road: string, matter: string, other: object = {}) =>
    order({
      title: `${road}${matter}`,
      content: `${road}口${matter}，车辆经过声音很大，影响休息。`,
      address: `${road}口`,
      category: '0221',
      ...other,
    })
  // From the same words of one caller about two roads down to other words about one place: the machine may be sure of some.
  const orders = [
    about('柏溪路', '井盖松动', { caller }),
    about('松湾路', '井盖松动', { caller, urgency: '3' }),
    about('榕坪路', '路灯不亮'),
    about('榕坪路', '照明不好', {
      content: '榕坪路那边晚上黑，路灯也许坏了，老人走路不便。',
      category: '0231',
    }),
    about('榕坪路', '夜间昏暗', { content: '榕坪路晚上看不清路，车辆经过时很危险。', category: '0311' }),
    about('枫汀路', '积水', { content: '枫汀路下雨就积水，车辆经过溅人一身。' }),
    about('枫汀路', '排水口', {
      content: '枫汀路排水口堵了，下雨路边都是水，行人没法走。',
      category: '0231',
    }),
    order({ title: '路口噪声扰民', content: '车辆经过声音很大，影响休息。', address: '', category: '0221' }),
  ]

  for (const one of orders) await house.accepted('hotline-a', one)
  for (const { order_no } of orders) await house.caseOf('hotline-a', order_no)

  const { sql } = house.gateway.deps.db
  const asked = await sql<{ id: string; pair: string; worth: number }[]>`
    select m.id, m.worth, exists (select 1 from case_holds h where h.case_id = p.case_id) as held, least(p.case_id, m.case_id) || ' ' || greatest(p.case_id, m.case_id) as pair
    from matches m join reports p on p.id = m.report_id where m.decision = 'review' and p.case_id <> m.case_id order by held desc, m.worth desc, m.decided_at, m.id`
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.every(({ worth }) => worth > 0)).toBe(true)
  const firsts = asked.filter(({ pair }, n) => asked.findIndex((other) => other.pair === pair) === n)
  const taken = await desk.take('C-01', { limit: 20 })
  expect(taken.map(({ id }) => id)).toEqual(firsts.slice(0, 20).map(({ id }) => id))
})

test('what is least certain, and on what most hangs, is asked first; the rest follows page by page', async () => {
  const sure = await desks.question(undefined, 0.95)
  const open = await desks.question(undefined, 0.5)
  const urgent = await desks.question([{ urgency: '3' }, {}], 0.5)

  const first = await desk.list('?limit=2')
  const second = await desk.list(`?limit=2&after=${encodeURIComponent(first.cursor ?? '')}`)

  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([urgent.id, open.id, sure.id])
  expect(first.items[0]).toMatchObject({ cases: [urgent.own, urgent.other], reason: 'place' })
  expect(second.items).toHaveLength(1)
})

test('an item shows both sides, what differs, the parts in words and what each source was told', async () => {
  const asked = await desks.question([
    { title: '柏溪路路灯不亮', content: '柏溪路12号门前路灯整晚不亮', category: '0231' },
    { title: '松湾路乱停车', content: '松湾路12号门前停车混乱', category: '0531' },
  ])
  await house.append(asked.other, { type: 'registered', content: { flow: 'simple' } })
  await until('the hotline knows of it', async () => desks.codesOf(asked.first.order).includes('20'))
  await until(
    'its delivery is settled',
    async () => (await desk.show(asked.id)).sides[1].told[0]?.code === '20',
  )

  const item = await desk.show(asked.id)

  expect(item.sides.map((side) => side.case)).toEqual([asked.own, asked.other])
  expect(item.sides[1]).toMatchObject({ state: 'registered', reports: 1, people: 1, channels: 1 })
  expect(item.sides[1].told).toMatchObject([
    { channelName: '测试热线', code: '20', stateAfter: 'registered' },
  ])
  expect(item.summary.en).toMatch(/^same road \+4\.5, 14 m apart \+3\.0, other category −1\.5/)
  expect(item.parts.map(({ weight }) => weight)).toEqual([4.5, 3, -0.3, -1.5])
  const { text, differs } = item.sides[0].compared
  expect(differs?.text.map(([from, to]) => text.slice(from, to))).toEqual(['松湾', '停车混乱'])
  expect(JSON.stringify(item)).not.toMatch(/王小明|1380000/)
})

test('the queue is narrowed by channel, area, category and age', async () => {
  const lamp = await desks.question([{}, { category: '0231' }])
  const [first, second] = await twoCases(house, [{}, { category: '0531' }])
  const yesterday = new Date(Date.now() - 30 * 3_600_000)
  const parking = await ask(house, { own: second.number, other: first.number, at: yesterday })
  const area = { area: { code: '990100001002', level: 'community', confidence: 1, from: 'text' } }
  await house.gateway.deps.db.sql`
    update reports set reading = ${JSON.stringify(area)}::text::jsonb where id = ${lamp.report}`
  const idsOf = async (query: string) => (await desk.list(query)).items.map(({ id }) => id)

  expect(await idsOf('?category=0203')).toEqual([lamp.id])
  expect(await idsOf('?area=990100001')).toEqual([lamp.id])
  expect(await idsOf('?area=990100002')).toEqual([])
  expect(await idsOf('?olderThanH=24')).toEqual([parking.id])
  expect(await idsOf('?channel=hotline-b')).toEqual([])
  expect(await idsOf('?channel=hotline-a')).toHaveLength(2)
  const [taken] = await desk.take('C-01', { filter: { olderThanH: 24 } })
  expect(taken?.id).toBe(parking.id)
})

test('what one clerk has taken no other gets, at whichever gateway', async () => {
  const other = await house.second()
  const { key } = await createKey(other.deps.db, { name: 'desk-2', scopes: ['review'], now: new Date() })
  const there = deskOf(house, key, () => other.url)
  const questions = [await desks.question(), await desks.question(), await desks.question()]

  const taken = await Promise.all([
    desk.take('C-01', { limit: 2 }),
    there.take('C-02', { limit: 2 }),
    desk.take('C-03', { limit: 2 }),
  ])

  const ids = taken.flat().map(({ id }) => id)
  expect(ids.toSorted()).toEqual(questions.map(({ id }) => id).toSorted())
  const [mine] = await desk.take('C-01', { limit: 1, filter: { channel: 'hotline-b' } })
  expect(mine).toBeUndefined()
})

test('a question whose sides were joined meanwhile is settled, not shown', async () => {
  const [first, second] = await twoCases(house)
  const [third] = await twoCases(house)
  const one = await ask(house, { own: second.number, other: first.number })
  const two = await ask(house, { own: third.number, other: first.number })
  const three = await ask(house, { own: third.number, other: second.number })
  await desk.decide(one.id, { decision: 'link' })
  await desk.decide(two.id, { decision: 'link' })

  const { items } = await desk.list()

  expect(items).toEqual([])
  expect((await desk.show(three.id)).outcome?.decision).toMatch(/link|obsolete/)
})

test('what a confidential caller wrote is shown only to keys with that right, and each reading is recorded', async () => {
  const asked = await desks.question([
    {},
    { is_secret: '1', title: '举报某厂夜间排污', content: '我在该厂上班，夜里偷排' },
  ])
  const { key } = await createKey(house.gateway.deps.db, {
    name: 'trusted',
    scopes: ['review', 'confidential'],
    now: new Date(),
  })

  const hidden = await desk.show(asked.id)
  const line = (await desk.list()).items[0]
  const shown = await deskOf(house, key).show(asked.id)

  expect(hidden.sides[0].compared).toMatchObject({ withheld: true, text: '', attachments: [] })
  expect(JSON.stringify([hidden, line])).not.toMatch(/排污|偷排|person/)
  expect(hidden.parts.some(({ field }) => field === 'person')).toBe(false)
  expect(hidden.score).toBeCloseTo(6)
  expect(shown.sides[0].compared.text).toContain('夜里偷排')
  const accesses = await house.gateway.deps.db.sql<{ principal: string }[]>`
    select principal from accesses where report_id = ${asked.report} and subject = 'confidential-text'`
  expect(accesses).toHaveLength(1)
})

test('the desk is open to its own scope and to admins only', async () => {
  const dispatch = await fetch(`${house.gateway.url}/v1/review`, {
    headers: { authorization: `Bearer ${house.dispatchKey}` },
  })
  const admin = await fetch(`${house.gateway.url}/v1/review`, {
    headers: { authorization: `Bearer ${house.adminKey}` },
  })

  expect(dispatch.status).toBe(403)
  expect(admin.status).toBe(200)
})

test('figures say what waits, why, and how far clerks and machine agree', async () => {
  const { sql } = house.gateway.deps.db
  await sql`delete from link_verdicts`
  const [first, second, off] = [
    await desks.question(undefined, 0.72),
    await desks.question(undefined, 0.78),
    await desks.question(),
  ]
  await desks.question()
  await desk.decide(first.id, { decision: 'link' })
  await desk.decide(second.id, { decision: 'different' })
  await desk.decide(off.id, { decision: 'later' })

  const answer = await fetch(`${house.gateway.url}/v1/review/figures`, {
    headers: { authorization: `Bearer ${house.adminKey}` },
  })

  const figures = (await answer.json()) as { agreement: unknown[] }
  expect(figures).toMatchObject({
    waiting: 1,
    later: 1,
    byReason: { place: 1 },
    decidedToday: { same: 1, different: 1 },
  })
  expect(figures.agreement[7]).toEqual({ from: 0.7, to: 0.8, answers: 2, same: 1 })
})
