/**
 * Two gateways on one database: reports of one matter that arrive at the same instant, one at each, make one case. One of the two
 * links at any moment; the other takes over when it stops, or when it was cut off from the world.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { signedHeaders } from '../../adapters/credentials/signature.ts'
import type { Gateway } from '../../gateway/main.ts'
import {
  hotlineChannel,
  inboundSecret,
  startHotline,
  startHouse,
  type Hotline,
  type House,
} from '../support/house.ts'

const rounds = 20
const mattersPerRound = 50

let hotline: Hotline
let house: House
let others: Gateway[]

beforeAll(async () => {
  hotline = await startHotline()
  house = await startHouse([
    hotlineChannel(hotline.url, {
      reverse: { manual: true, settings: { signing: { secret: { secret: 'outbound' } } } },
    }),
    hotlineChannel(hotline.url, {
      channel: 'hotline-b',
      reverse: { manual: true, settings: { signing: { secret: { secret: 'outbound' } } } },
    }),
  ])
  others = [await house.second()]
})
afterAll(async () => {
  await house.stop()
  await hotline.close()
})

const syllables = Array.from('安柏昌东恩枫光海金锦康兰梅宁平青荣泰文祥兴义永云正中竹紫翠溪岭洲坪塘浦滨泽汀渚')
const kinds = [
  ['0231', '路灯不亮', '路灯整晚不亮，行人看不见台阶'],
  ['0111', '垃圾无人清运', '垃圾桶满溢三天，气味很大'],
  ['0311', '工地深夜施工', '打桩机凌晨还在响，无法入睡'],
  ['0221', '路面塌陷', '路面塌下去一块，车轮陷在里面'],
] as const

const syllable = (n: number) => syllables[n % syllables.length] as string

/** A matter at a place that no other has, as one of two callers tells it. */
function told(matter: number, channel: string): { [field: string]: unknown } {
  const size = syllables.length
  const [first, second] = [matter % size, Math.floor(matter / size)]
  const place = `${syllable(first)}${syllable(second)}${syllable(5 * first + 3 * second + Math.floor(second / size))}`
  const [category, title, content] = kinds[matter % kinds.length] as (typeof kinds)[number]
  const number = `${channel}-${matter}`
  return {
    msg_type: 'ORDER',
    msg_id: `M${number}`,
    order_no: number,
    flow_id: `F${number}`,
    order_type: '3',
    title: `${place}路${title}`,
    content: `${place}路${matter}号门前${content}，请尽快处理。`,
    category,
    event_time: '2026-11-20 09:30:00',
    urgency: '1',
    address: `${place}路${matter}号`,
    caller: { name: '市民', phone: `139${String(10_000_000 + matter)}` },
    is_secret: '0',
  }
}

async function pushTo(gateway: Gateway, channel: string, matters: readonly number[]): Promise<void> {
  const path = `/v1/channels/${channel}/reports:batch`
  const body = JSON.stringify(matters.map((matter) => told(matter, channel)))
  const answer = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      ...signedHeaders(inboundSecret, {
        method: 'POST',
        url: path,
        body,
        nonce: randomUUID(),
        at: new Date(),
      }),
    },
  })
  expect(answer.status).toBe(202)
}

/** Both sides of each matter, one at each gateway, at once; the next round does not wait for linking. */
async function pushRounds(
  first: number,
  gateways: readonly [Gateway, Gateway],
  between?: (round: number) => Promise<void>,
) {
  for (let round = 0; round < rounds; round++) {
    const matters = Array.from(
      { length: mattersPerRound },
      (_, index) => first + round * mattersPerRound + index,
    )
    await Promise.all([
      pushTo(gateways[0], 'hotline-a', matters),
      pushTo(gateways[1], 'hotline-b', matters),
      between?.(round),
    ])
  }
}

/** Some thousand reports take a busy machine a while. */
const linked = () =>
  vi.waitFor(
    async () => {
      const waiting = await sql()`select external_id from reports where case_id is null limit 1`
      if (waiting.length > 0) throw new Error('Reports wait for their cases.')
    },
    { timeout: 100_000, interval: 50 },
  )
const sql = () => house.gateway.deps.db.sql

/** What is wrong with matters from `first` on: nothing. */
async function faults(first: number) {
  const matters = rounds * mattersPerRound
  const apart = await sql()`
    select a.external_id from reports a join reports b on b.channel_id = 'hotline-b' and b.external_id = replace(a.external_id, 'hotline-a', 'hotline-b')
    where a.channel_id = 'hotline-a' and split_part(a.external_id, '-', 3)::int between ${first} and ${first + matters - 1} and a.case_id <> b.case_id`
  const wrongSize = await sql()`
    select case_id, array_agg(external_id) as reports from reports where split_part(external_id, '-', 3)::int between ${first} and ${first + matters - 1} group by case_id having count(*) <> 2`
  const [counted] = await sql()<{ reports: number }[]>`
    select count(*)::int as reports from reports where split_part(external_id, '-', 3)::int between ${first} and ${first + matters - 1}`
  const gaps = await sql()`
    select c.number from cases c join case_events e on e.case_id = c.id group by c.id
    having max(e.sequence) <> count(*) or min(e.sequence) <> 1 or max(e.sequence) <> c.sequence`
  const twice = await sql()`
    select report_id from parties where kind = 'source' and left_at is null group by report_id having count(*) <> 1`
  const linkedTwice = await sql()`
    select content->>'report' from case_events where type = 'linked' group by 1 having count(*) <> 1`
  return {
    apart: [...apart],
    wrongSize: [...wrongSize],
    missing: 2 * matters - (counted?.reports ?? 0),
    gaps: [...gaps],
    twice: [...twice],
    linkedTwice: [...linkedTwice],
  }
}
const none = { apart: [], wrongSize: [], missing: 0, gaps: [], twice: [], linkedTwice: [] }

const timeout = 120_000

test(
  'two reports of one matter at two gateways at the same instant make one case, a thousand times',
  { timeout },
  async () => {
    await pushRounds(0, [house.gateway, others[0] as Gateway])

    await linked()

    expect(await faults(0)).toEqual(none)
  },
)

test(
  'also while the one that links is stopped half-way, and the next cut off from its lease',
  { timeout },
  async () => {
    const first = 10_000
    const [other] = others as [Gateway]
    const third = await house.second()
    const owner = async () =>
      (await sql()<{ holder: string }[]>`select holder from leases where name = 'linking'`)[0]?.holder
    const gateways = [house.gateway, other, third]
    let stopped: Gateway | undefined

    await pushRounds(first, [house.gateway, third], async (round) => {
      if (round === 6 && (await owner()) === other.deps.holder) {
        stopped = other
        await other.stop()
      }
      // Whoever links believes that it still may: its next commit fails on the token, and another is the linker.
      if (round === 12)
        await sql()`update leases set token = token + 1, holder = 'gone', expires_at = now() where name = 'linking'`
    })
    await linked()

    expect(await faults(first)).toEqual(none)
    expect(gateways.filter((gateway) => gateway !== stopped).map(({ deps }) => deps.holder)).toContain(
      await owner(),
    )
  },
)
