/** Mass events: a burst opens an umbrella case 总案, later arrivals join it by its rule, and every source is answered. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DispatchItem } from '../../schemas/case.ts'
import { order, until, type Hotline, type House } from '../support/house.ts'
import { startTwoHotlines } from '../support/two-hotlines.ts'

let hotlines: Hotline[]
let house: House
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ hotlines, house, stop } = await startTwoHotlines())
})
afterAll(async () => await stop())

const shanghai = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
})
let made = 0

interface Place {
  readonly name: string
  /** The city's number of the event, for callers whose reports it joined itself. */
  readonly cityNo?: string
}

/** A caller without water, each in words of their own; resolves with the order's number. */
async function noWater(place: Place, other: object = {}): Promise<{ channel: string; number: string }> {
  made += 1
  const channel = made % 2 === 0 ? 'hotline-a' : 'hotline-b'
  const number = `W${made}`
  const words = [
    `${place.name}停水了，家里一滴水都没有`,
    `${place.name}${made}栋没有自来水，停水到几点`,
    `${place.name}整个停水，请问何时来水`,
  ]
  await house.accepted(channel, {
    ...order(),
    order_no: number,
    msg_id: `M${number}`,
    title: `${place.name}停水`,
    content: words[made % words.length],
    category: '0711',
    address: place.name,
    caller: { phone: `137${String(10_000_000 + made)}` },
    event_time: shanghai.format(new Date()),
    ...(place.cityNo === undefined ? {} : { city_no: place.cityNo }),
    ...other,
  })
  return { channel, number }
}

const caseOf = ({ channel, number }: { channel: string; number: string }) => house.caseOf(channel, number)
const codesOf = (number: string) =>
  hotlines.flatMap(({ told }) =>
    told.filter(({ body }) => body['order_no'] === number).map(({ body }) => body['status']),
  )
const partsOf = async (number: string) => {
  const rows = await house.gateway.deps.db.sql<
    { decision: string; parts: { field: string; detail: string }[] }[]
  >`
    select m.decision, m.parts from matches m join reports p on p.id = m.report_id where p.external_id = ${number}`
  return rows
}
const notesOf = async (number: string) =>
  (await house.readCase(number)).events.flatMap(({ type, content }) =>
    type === 'noted' ? [content.reasonCode] : [],
  )

/** The dispatch's list, page by page. */
async function allItems(): Promise<DispatchItem[]> {
  const items: DispatchItem[] = []
  let after = '0'
  for (;;) {
    const page = await house.dispatchItems(after)
    items.push(...page.items)
    if (page.items.length === 0) return items
    after = page.cursor
  }
}

test('a burst of reports opens an umbrella, and what fits its rule joins without being compared', async () => {
  const place = { name: '翠湖花园', cityNo: 'E-1' }
  const burst = await Promise.all(Array.from({ length: 60 }, () => noWater(place)))
  const numbers = new Set(await Promise.all(burst.map(caseOf)))
  const [number = ''] = numbers

  const opened = await until('the umbrella is open', async () => {
    const answer = await house.admin('/umbrellas?open=true')
    const { items } = (await answer.json()) as {
      items: { case: string; rule: { names?: string[]; categories?: string[] } }[]
    }
    return items.find((item) => item.case === number)
  })
  const later = await noWater({ name: '翠湖花园' }, { content: '翠湖花园的水龙头放不出水，请尽快恢复。' })
  const elsewhere = await noWater({ name: '锦溪雅苑' })

  expect(numbers.size).toBe(1)
  expect(opened.rule).toMatchObject({ names: ['翠湖花园'], categories: ['0701'] })
  expect(await caseOf(later)).toBe(number)
  expect(await partsOf(later.number)).toMatchObject([
    { decision: 'link', parts: [{ field: 'umbrella', level: 'rule' }] },
  ])
  expect(await caseOf(elsewhere)).not.toBe(number)
  const found = await house.readCase(number)
  expect(found.case.tags).toEqual(expect.arrayContaining(['总案', '多人同诉']))
  expect(found.case.counts).toMatchObject({ reports: 61, channels: 2, people: 61 })
  expect(await notesOf(number)).toEqual(['umbrella-opened'])

  const listed = await until('the dispatch reads of all', async () => {
    const linked = (await allItems()).filter(({ event }) => event.case === number && event.type === 'linked')
    return linked.length === 61 ? linked : undefined
  })
  for (const item of listed) {
    expect(item.case.sources.length).toBeLessThanOrEqual(51)
    expect(item.case.sources.map(({ report }) => report)).toContain(item.event.content.report)
  }

  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('every source hears of the acceptance in its own codes', async () =>
    [...burst, later].every(({ number: own }) => codesOf(own).includes('20')),
  )
  const skipped = await house.gateway.deps.db.sql<{ rows: number }[]>`
    select count(*)::int as rows from deliveries d join cases c on c.id = d.case_id where c.number = ${number} and d.event_type = 'linked'`
  expect(skipped[0]?.rows).toBeLessThan(61 * 50)
})

test('a clerk opens one, and extends and ends it; then reports are compared again', async () => {
  const first = await noWater({ name: '枫桂公寓' })
  const number = await caseOf(first)

  const opened = await house.admin('/umbrellas', { case: number, clerk: 'C-07', hours: 6 })
  const attached = await noWater(
    { name: '枫桂公寓' },
    { title: '停水', content: '枫桂公寓停水，高层也没有水。' },
  )
  const extended = await house.admin(`/umbrellas/${number}/extend`, { clerk: 'C-07', hours: 3 })
  await until('the report is there', async () => (await caseOf(attached)) === number)
  const ended = await house.admin(`/umbrellas/${number}/end`, { clerk: 'C-08' })
  const again = await house.admin(`/umbrellas/${number}/end`, { clerk: 'C-08' })
  const after = await noWater({ name: '枫桂公寓' })
  await caseOf(after)

  expect([opened.status, extended.status, ended.status, again.status]).toEqual([200, 200, 200, 409])
  const body = (await opened.json()) as { until: string; rule: object }
  expect(body).toMatchObject({ rule: { names: expect.arrayContaining(['枫桂公寓']), categories: ['0701'] } })
  expect(Date.parse(((await extended.json()) as { until: string }).until) - Date.parse(body.until)).toBe(
    3 * 3_600_000,
  )
  expect((await partsOf(attached.number))[0]?.parts).toMatchObject([{ field: 'umbrella' }])
  expect((await partsOf(after.number)).flatMap(({ parts }) => parts.map(({ field }) => field))).not.toContain(
    'umbrella',
  )
  expect(await notesOf(number)).toEqual(['umbrella-opened', 'umbrella-extended', 'umbrella-ended'])
})

test('a point outside the circle, another line or another category does not fit', async () => {
  const near = { coord_type: '4', longitude: '114.3461', latitude: '22.6902' }
  const first = await noWater({ name: '榕岭新村' }, near)
  const number = await caseOf(first)
  await house.admin('/umbrellas', {
    case: number,
    clerk: 'C-07',
    hours: 6,
    rule: { names: ['榕岭新村'], circle: { longitude: 114.3461, latitude: 22.6902, radiusM: 400 } },
  })

  const inside = await noWater({ name: '榕岭新村' }, { ...near, longitude: '114.3481' })
  const outside = await noWater({ name: '榕岭新村' }, { ...near, longitude: '114.4461' })
  const noise = await noWater(
    { name: '榕岭新村' },
    { ...near, category: '0321', title: '商铺音响', content: '榕岭新村楼下商铺音响太吵。' },
  )
  await Promise.all([inside, outside, noise].map(caseOf))

  const fields = async (own: string) =>
    (await partsOf(own)).flatMap(({ parts }) => parts.map(({ field }) => field))
  expect(await fields(inside.number)).toEqual(['umbrella'])
  expect(await fields(outside.number)).not.toContain('umbrella')
  expect(await fields(noise.number)).not.toContain('umbrella')
})

test('a clerk who takes a report out excludes what the same caller says later', async () => {
  const first = await noWater({ name: '兰荷小筑花园' })
  const number = await caseOf(first)
  await house.admin('/umbrellas', { case: number, clerk: 'C-07', hours: 6 })
  const caller = { phone: '13700999999' }
  const other = await noWater({ name: '兰荷小筑花园' }, { caller })
  await caseOf(other)
  const report = (await house.readCase(number)).case.sources.find(
    ({ externalId }) => externalId === other.number,
  )

  const split = await fetch(`${house.gateway.url}/v1/dispatch/cases/${number}/split`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.dispatchKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ eventId: 'S-1', clerk: 'C-07', report: report?.report, reason: '自家水管' }),
  })
  const again = await noWater({ name: '兰荷小筑花园' }, { caller })
  await caseOf(again)

  expect(split.status).toBe(201)
  const fields = (await partsOf(again.number)).flatMap(({ parts }) => parts.map(({ field }) => field))
  expect(fields).not.toContain('umbrella')
})

test('its window ends it, and its case says so', async () => {
  const first = await noWater({ name: '松坪家园' })
  const number = await caseOf(first)
  await house.admin('/umbrellas', { case: number, clerk: 'C-07', hours: 1 })

  await house.gateway.deps.db.sql`
    update umbrellas set until = now() - interval '1 second' where case_id = (select id from cases where number = ${number})`

  await until('the end is noted', async () => (await notesOf(number)).includes('umbrella-ended'))
  const { items } = (await (await house.admin('/umbrellas')).json()) as {
    items: { case: string; endedBy?: string }[]
  }
  expect(items.find((item) => item.case === number)).toMatchObject({ endedBy: 'gateway' })
})

test('no umbrella is opened on a case that is closed, or whose reports name no place', async () => {
  const nowhere = await noWater({ name: '' }, { title: '停水', content: '家里停水了。', address: undefined })
  const number = await caseOf(nowhere)

  const answers = [
    await house.admin('/umbrellas', { case: number, clerk: 'C-07', hours: 6 }),
    await house.admin('/umbrellas', { case: 'PS20200101-000001', clerk: 'C-07', hours: 6 }),
  ]

  expect(answers.map(({ status }) => status)).toEqual([409, 404])
  expect(await answers[0]?.json()).toMatchObject({ code: 'case.umbrella' })
})
