/** 并案: two cases become one, and each source hears what concerns it, in its own codes. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../../gateway/http/keys.ts'
import { order, type Hotline, type House } from '../support/house.ts'
import { clerkOf, codesOf, toldOf, untilCode, untilQuiet } from '../support/moved-cases.ts'
import { startTwoHotlines } from '../support/two-hotlines.ts'

let hotlines: Hotline[]
let house: House
const clerk = clerkOf(() => house)
const [a, b] = ['hotline-a', 'hotline-b'] as const

let stop: () => Promise<void>

beforeAll(async () => {
  ;({ hotlines, house, stop } = await startTwoHotlines())
})
afterAll(async () => await stop())

test('the moved source hears that its matter is handled together with another one and what it does not know yet; the other hears nothing', async () => {
  const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
  await clerk.work(into.number, ['registered', 'dispatched', 'signed'])
  await clerk.work(from.number, ['registered'])
  await untilCode(hotlines[0], into, '31')
  await untilCode(hotlines[1], from, '20')
  const before = codesOf(hotlines[0], into)

  await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '31')
  await clerk.work(into.number, ['processing'])
  await untilCode(hotlines[0], into, '40')
  await untilCode(hotlines[1], from, '40')

  expect(codesOf(hotlines[1], from)).toEqual(['10', '20', '46', '31', '40'])
  expect(codesOf(hotlines[0], into)).toEqual([...before, '40'])
  expect(toldOf(hotlines[1], from)[2]).toMatchObject({
    case_no: into.number,
    remark: '您反映的问题已与其他诉求合并办理，当前状态：已转办。',
  })
  const said = JSON.stringify(toldOf(hotlines[1], from).slice(2))
  expect(said).not.toContain(into.orderNo)
  expect(said).not.toContain('重复')
})

test('an acceptance is not told twice: neither of a case that is accepted already, nor when it is accepted later', async () => {
  const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
  await clerk.work(from.number, ['registered'])
  await untilCode(hotlines[1], from, '20')

  await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '46')
  await clerk.work(into.number, ['registered'])
  await untilCode(hotlines[0], into, '20')
  await clerk.work(into.number, ['dispatched'])
  await untilCode(hotlines[1], from, '30')

  expect(codesOf(hotlines[1], from)).toEqual(['10', '20', '46', '30'])
  expect(toldOf(hotlines[1], from)[2]).toMatchObject({
    remark: '您反映的问题已与其他诉求合并办理，当前状态：已收到。',
  })
})

test('another decision on the acceptance is told, with its words', async () => {
  const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
  await clerk.work(from.number, ['registered'])
  await untilCode(hotlines[1], from, '20')
  await clerk.work(into.number, [{ type: 'rejected', content: { publicText: '属于市级事权，已告知途径。' } }])

  await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '21')

  expect(codesOf(hotlines[1], from)).toEqual(['10', '20', '46', '21'])
})

test('a source whose acceptance was still on its way gets the one that holds now, once', async () => {
  const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
  await untilQuiet(house)
  await clerk.work(into.number, ['registered'])
  await untilCode(hotlines[0], into, '20')
  const refusals = Array.from({ length: 2 }, () => ({ status: 503, body: {} }))
  hotlines[1]?.answers.push(...refusals)
  await clerk.work(from.number, ['registered'])

  await clerk.merged(from.number, into.number)
  await untilQuiet(house)

  const codes = codesOf(hotlines[1], from)
  expect(codes.filter((code) => code === '20')).toHaveLength(1)
  expect(codes).toContain('46')
})

test('the joined case keeps its history, answers with where it went, and takes nothing', async () => {
  const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
  await clerk.work(from.number, ['registered', 'dispatched'])

  await clerk.merged(from.number, into.number, { reason: '同一盏路灯' })
  const left = await house.readCase(from.number)
  const refused = await house.append(from.number, { type: 'noted', content: { publicText: '进展' } })

  expect(left.case).toMatchObject({ mergedInto: into.number, state: 'dispatched', sources: [] })
  expect(left.allowed).toEqual([])
  expect(left.case.assignments.map(({ state }) => state)).toEqual(['withdrawn'])
  expect(left.events.map(({ type }) => type)).toEqual([
    'received',
    'linked',
    'registered',
    'dispatched',
    'merged',
  ])
  expect(left.events.at(-1)).toMatchObject({
    actor: { kind: 'clerk', id: 'clerk:C-07' },
    content: { otherCase: into.number, internalNote: '同一盏路灯', stopped: ['SZZX'] },
  })
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ code: 'case.merged', mergedInto: into.number })
  const joined = await house.readCase(into.number)
  expect(joined.case.sources.map(({ externalId }) => externalId)).toEqual([into.orderNo, from.orderNo])
  expect(joined.events.find(({ type }) => type === 'merged')?.content.otherCase).toBe(from.number)
})

test('what a source says after its case was joined is said in the other one, and its query shows that one', async () => {
  const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
  await clerk.merged(from.number, into.number)

  await house.accepted(b, {
    msg_type: 'URGE',
    msg_id: randomUUID(),
    order_no: from.orderNo,
    msg_time: '2026-11-22 10:00:00',
    content: '市民来电催办',
  })
  await house.accepted(b, { ...order(), order_no: from.orderNo, title: '补充了内容' })

  await expect
    .poll(async () => (await house.readCase(into.number)).events.map(({ type }) => type), { timeout: 15_000 })
    .toEqual(expect.arrayContaining(['urged', 'supplemented']))
  const { key } = await createKey(house.gateway.deps.db, {
    name: 'query',
    scopes: [`channel:${b}`],
    now: new Date(),
  })
  const query = await fetch(`${house.gateway.url}/v1/channels/${b}/reports?externalId=${from.orderNo}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  expect(await query.json()).toMatchObject({ externalId: from.orderNo, case: into.number })
})

test('a repeat answers as before; the same id for another act is refused', async () => {
  const [into, from, third] = [await clerk.opened(a), await clerk.opened(b), await clerk.opened(a)]
  const eventId = randomUUID()

  const first = await clerk.merge(from.number, into.number, { eventId })
  const again = await clerk.merge(from.number, into.number, { eventId })
  const other = await clerk.merge(from.number, third.number, { eventId })

  expect(first.status).toBe(201)
  expect(await again.json()).toEqual(await first.json())
  expect(await other.json()).toMatchObject({ status: 409, code: 'case.event-reused' })
})

test.each([
  ['itself', 'case.merge'],
  ['a closed case', 'case.merge'],
  ['a joined case', 'case.merged'],
  ['an unknown case', 'case.unknown'],
])('a case is not joined with %s', async (what, code) => {
  const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
  let target = into.number
  if (what === 'itself') target = from.number
  if (what === 'an unknown case') target = 'PS20200101-000001'
  if (what === 'a closed case')
    await clerk.work(into.number, [
      { type: 'rejected', content: { publicText: '不属于受理范围。' } },
      'closed',
    ])
  if (what === 'a joined case') await clerk.merged(into.number, (await clerk.opened(a)).number)

  const answer = await clerk.merge(from.number, target)

  expect(await answer.json()).toMatchObject({ code })
  expect((await clerk.read(from.number)).mergedInto).toBeUndefined()
})

test('an open case follows a closed one of the same matter in its chain', async () => {
  const [closed, open] = [await clerk.opened(a), await clerk.opened(b)]
  await clerk.work(closed.number, [
    { type: 'rejected', content: { publicText: '不属于受理范围。' } },
    'closed',
  ])
  const eventId = randomUUID()

  const answer = await clerk.chain(open.number, closed.number, { eventId })
  const again = await clerk.chain(open.number, closed.number, { eventId })
  const other = await clerk.chain((await clerk.opened(a)).number, open.number)

  expect(answer.status).toBe(201)
  expect(again.status).toBe(201)
  const [first, second] = [await clerk.read(closed.number), await clerk.read(open.number)]
  expect(second).toMatchObject({ predecessor: closed.number, chain: first.chain })
  expect(await other.json()).toMatchObject({ status: 409, code: 'case.merge' })
})

test('the strictest time limit holds, each source keeps its own, and both follow the reports', async () => {
  const into = await clerk.opened(a, { limit_time: '2026-12-05 18:00:00' })
  const from = await clerk.opened(b, { limit_time: '2026-12-01 18:00:00' })

  const move = await clerk.merged(from.number, into.number)
  const joined = await clerk.read(into.number)
  await clerk.undo(move)

  expect(joined.dueAt).toBe('2026-12-01T10:00:00.000Z')
  expect(joined.sources.map(({ dueAt }) => dueAt)).toEqual([
    '2026-12-05T10:00:00.000Z',
    '2026-12-01T10:00:00.000Z',
  ])
  expect((await clerk.read(into.number)).dueAt).toBe('2026-12-05T10:00:00.000Z')
  expect((await clerk.read(from.number)).dueAt).toBe('2026-12-01T10:00:00.000Z')
})

test('people, urgency and tags are those of all reports; what asked about the two is settled', async () => {
  const caller = { caller: { name: '李一', phone: '13800139999' } }
  const [into, from] = [
    await clerk.opened(a, caller),
    await clerk.opened(b, { ...caller, urgency: '3', labels: 'RSQT' }),
  ]
  const { sql } = house.gateway.deps.db
  const third = await clerk.opened(a)
  const ask = async (report: string, number: string) => {
    await sql`
      insert into matches (id, report_id, case_id, score, probability, decision, decided_by, decided_at, model, parts, worth)
      select gen_random_uuid(), ${report}, id, 3, 0.5, 'review', 'engine', now(), 'test', '[]', 1 from cases where number = ${number}`
  }
  await ask(from.report, into.number)
  await ask(third.report, from.number)

  await clerk.merged(from.number, into.number)

  const joined = await clerk.read(into.number)
  expect(joined).toMatchObject({
    urgency: 'critical',
    counts: { reports: 2, channels: 2, people: 1 },
    tags: expect.arrayContaining(['弱势人群', '一人多投']),
  })
  const asked = await sql<{ number: string; settled: boolean }[]>`
    select c.number, m.settled_at is not null as settled from matches m join cases c on c.id = m.case_id
    where m.model = 'test' and m.report_id = any(${[from.report, third.report]}::uuid[]) order by settled`
  expect([...asked]).toEqual([
    { number: into.number, settled: false },
    { number: into.number, settled: true },
  ])
})

test('a threshold that is reached by a joining escalates the case, once', async () => {
  const into = await clerk.opened(a)
  const others = []
  for (let n = 0; n < 5; n++) others.push(await clerk.opened(b))

  const moves = []
  for (const { number } of others) moves.push(await clerk.merged(number, into.number))
  await clerk.undo(moves.at(-1) ?? '')
  await clerk.merged(others.at(-1)?.number ?? '', into.number)

  const { case: joined, events } = await house.readCase(into.number)
  expect(joined.counts.people).toBe(6)
  expect(events.filter(({ content }) => content.reasonCode === 'many-people')).toHaveLength(1)
  expect(joined.tags).toEqual(expect.arrayContaining(['多人同诉', '重复投诉']))
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
})

test('a case that falls below the threshold when reports leave it says so, and can reach it again', async () => {
  const into = await clerk.opened(a)
  const others = []
  for (let n = 0; n < 4; n++) others.push(await clerk.opened(b))
  const moves = []
  for (const { number } of others) moves.push(await clerk.merged(number, into.number))
  const before = (await house.readCase(into.number)).case.tags

  await clerk.undo(moves.at(-1) ?? '')

  const { case: calm, events } = await house.readCase(into.number)
  expect(before).toContain('重复投诉')
  expect(calm.tags).not.toContain('重复投诉')
  expect(events.at(-1)).toMatchObject({ type: 'noted', content: { reasonCode: 'repeats-over' } })
  await clerk.merged(others.at(-1)?.number ?? '', into.number)
  const again = await house.readCase(into.number)
  expect(again.events.filter(({ content }) => content.reasonCode === 'many-people')).toHaveLength(2)
  expect(again.case.tags).toContain('重复投诉')
  expect(again.events.map(({ sequence }) => sequence)).toEqual(again.events.map((_, index) => index + 1))
})
