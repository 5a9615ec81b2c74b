/** What the linker keeps up beside linking: keys of changed reports, and the names that it has learnt. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { featuresOf } from '../../gateway/linking/features.ts'
import { PlaceMemory } from '../../gateway/linking/place-memory.ts'
import { openDatabase, type Sql } from '../../gateway/store/client.ts'
import {
  hotlineChannel,
  order,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../support/house.ts'

let hotline: Hotline
let house: House
const sql = (): Sql => house.gateway.deps.db.sql

beforeAll(async () => {
  hotline = await startHotline()
  house = await startHouse([hotlineChannel(hotline.url)])
})
afterAll(async () => {
  await house.stop()
  await hotline.close()
})

const keysOf = async (orderNo: string) =>
  (
    await sql()<{ hash: string }[]>`
      select hash::text as hash from link_keys where report_id = (select id from reports where external_id = ${orderNo}) order by hash`
  ).map(({ hash }) => hash)

test('a newer version of a report is found by what it says now, and stays in its case', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  const before = await keysOf(sent.order_no)

  await house.accepted('hotline-a', {
    ...sent,
    msg_id: `${sent.order_no}-2`,
    title: '望鹤大道护栏倒伏',
    content: '望鹤大道与听松路口的护栏倒在车道上，夜里没有反光标志。',
    address: '望鹤大道12号',
  })
  await until('its keys are made anew', async () => {
    const [row] = await sql()<{ version: number; keyed: number }[]>`
      select version, keyed_version as keyed from reports where external_id = ${sent.order_no}`
    return row !== undefined && row.version === 2 && row.keyed === 2
  })

  const after = await keysOf(sent.order_no)
  expect(after).not.toEqual(before)
  expect(await house.caseOf('hotline-a', sent.order_no)).toBe(number)
  const again = order({
    ...sent,
    order_no: `${sent.order_no}B`,
    title: '望鹤大道护栏倒了',
    content: '望鹤大道听松路口护栏倒在车道上，请扶正。',
    address: '望鹤大道12号',
    category: sent['category'],
  })
  await house.accepted('hotline-a', again)
  expect(await house.caseOf('hotline-a', again.order_no)).toBe(number)
})

test('names of places that were learnt are known to the next linker', async () => {
  const features = (id: string) =>
    featuresOf({
      id,
      channelId: 'hotline-a',
      externalId: id,
      kind: 'complaint',
      text: '听鹂湾花园的电梯停了三天。',
      submittedAt: new Date(),
      receivedAt: new Date(),
      references: [],
      personKeys: [],
    })
  const first = new PlaceMemory(() => new Date())
  const next = new PlaceMemory(() => new Date())
  await sql()`delete from place_names`
  for (const id of ['a', 'b', 'c']) first.add(features(id))

  await house.gateway.deps.db.transaction((tx) => first.keep(tx))
  first.add(features('d'))
  await house.gateway.deps.db.transaction((tx) => first.keep(tx))
  await next.load(sql())

  expect(next.lexicon.reports).toBeGreaterThanOrEqual(4)
  expect(next.lexicon.known('听鹂湾的电梯')).toMatchObject([{ name: '听鹂湾花园', reports: 4 }])
})

test('people of cases that an older version opened are counted, some at a time, and on after a restart', async () => {
  const sent = [order(), order()]
  for (const one of sent) await house.accepted('hotline-a', one)
  const numbers = []
  for (const { order_no } of sent) numbers.push(await house.caseOf('hotline-a', order_no))
  await sql()`delete from case_people`
  const [first] = await sql()<{ id: string }[]>`select id from cases order by id limit 1`

  const { databaseUrl } = house
  await house.restart(async () => {
    const other = openDatabase({ url: databaseUrl })
    await other.sql`insert into facts (name, value) values ('case-people-from', '00000000-0000-0000-0000-000000000000')`
    await other.close()
  })

  await until('all cases were looked at', async () => {
    const rows = await sql()`select 1 from facts where name = 'case-people-from'`
    return rows.length === 0
  })
  for (const number of numbers) expect((await house.readCase(number)).case.counts.people).toBe(1)
  const counted = await sql()<{ case_id: string; reports: number }[]>`
    select case_id, sum(reports)::int as reports from case_people group by case_id order by case_id`
  expect(counted[0]?.case_id).toBe(first?.id)
  const [all] = await sql()<{ n: number }[]>`select count(*)::int as n from cases`
  expect(counted).toHaveLength(all?.n ?? 0)
})
