/** A district's 148 channels in one gateway: each with codes, names, times, credentials and a way back of its own. */
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createKey } from '../../gateway/http/keys.ts'
import { canonicalJson } from '../../gateway/mapping/value.ts'
import type { Channel } from '../../schemas/channel.ts'
import { make148 } from '../support/channels-148/make.ts'
import { startPeers, type Peers } from '../support/channels-148/peers.ts'
import { sendSample, type Gateway } from '../support/channels-148/send.ts'
import { isTold } from '../support/channels-148/told.ts'
import type { MadeChannel, Places } from '../support/channels-148/types.ts'
import { startHouse, until, type House } from '../support/house.ts'

const seed = 148
type Working = Pick<MadeChannel['expected'], 'kind' | 'category'>
/** Before the partners stand: what does not depend on where they are. */
const nowhere: Places = {
  http: 'http://127.0.0.1:9',
  exchange: { port: 9, database: 'exchange', user: 'writer', password: 'password' },
  imap: [9, 9],
  smtp: 9,
  mailLogin: { user: 'letters@example.gov.cn', password: 'password' },
}
const planned = make148(seed, nowhere)

let peers: Peers
let house: House
let gateway: Gateway
const sent = new Map<string, Promise<void>>()

beforeAll(async () => {
  peers = await startPeers(seed, { server: inject('testServer').url, pages: 'samples' })
  const secrets = Object.fromEntries(peers.channels.flatMap((made) => Object.entries(made.secrets)))
  house = await startHouse(peers.channels, { secrets })
  const { db } = house.gateway.deps
  const keys = new Map<string, Promise<string>>()
  const keyOf = async (channel: string) =>
    (await createKey(db, { name: channel, scopes: [`channel:${channel}`], now: new Date() })).key
  gateway = {
    url: house.gateway.url,
    keyFor: (channel) => {
      const key = keys.get(channel) ?? keyOf(channel)
      keys.set(channel, key)
      return key
    },
  }
  for (const made of peers.channels) {
    const sending = sendSample(made, gateway, peers)
    sending.catch(() => undefined)
    sent.set(made.channel, sending)
  }
})
afterAll(async () => {
  await house.stop()
  await peers.stop()
})

const madeOf = (channel: string): MadeChannel => {
  const made = peers.channels.find((one) => one.channel === channel)
  if (made === undefined) throw new Error(`${channel} was not made.`)
  return made
}

test('the same seed makes the same channels, another seed makes others', () => {
  expect(make148(seed, nowhere)).toEqual(planned)
  expect(make148(seed + 1, nowhere).map(({ text }) => text)).not.toEqual(planned.map(({ text }) => text))
})

test('148 files of 10 to 30 lines speak every platform and have at least 40 code tables of their own', () => {
  const files = planned.map(({ text }) => parseAllDocuments(text)[0]?.toJS() as Channel)
  const tables = files.flatMap(({ codes }) =>
    Object.values(codes ?? {}).map(({ table }) => canonicalJson(table)),
  )
  const lengths = planned.map(({ text }) => text.trimEnd().split('\n').length)
  const platforms = readdirSync(new URL('../../mappings/platforms', import.meta.url))

  expect(new Set(files.map(({ channel }) => channel)).size).toBe(148)
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(10)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(30)
  expect([...new Set(files.map(({ platform }) => platform))].toSorted()).toEqual(platforms.toSorted())
  expect(new Set(tables).size).toBeGreaterThanOrEqual(40)
  expect(new Set(planned.map(({ told }) => ('code' in told ? told.code : told.to))).size).toBe(148)
})

test('all of them run, and no problem is listed', () => {
  const { catalog } = house.gateway.deps

  expect(catalog.problems()).toEqual([])
  expect(catalog.all().map(({ id }) => id)).toEqual(planned.map(({ channel }) => channel).toSorted())
})

test.each(planned.map(({ channel, state }) => ({ channel, state })))(
  '$channel ($state): its sample becomes the report it means, and its partner sees acceptance in its own code',
  async ({ channel, state }) => {
    const made = madeOf(channel)
    await sent.get(channel)

    const report = await until(`${channel} has its report`, () => reportOf(channel))
    expect(report).toEqual(made.expected)
    if (state !== 'live') return
    const number = await house.caseOf(channel, made.expected.externalId)
    expect((await house.append(number, { type: 'registered', content: { flow: 'general' } })).status).toBe(
      201,
    )
    await until(`${channel} is told`, () => isTold(made, { peers, house, gateway }))
  },
)

test('each live channel has a case of its own; those tried out or stopped for a while have none, and tell nothing', async () => {
  const rows = await house.gateway.deps.db.sql<{ channel: string; cases: number; shared: number }[]>`
    select p.channel_id as channel, count(p.case_id)::int as cases,
      (select count(*)::int from reports o where o.case_id = p.case_id and o.id <> p.id) as shared
    from reports p group by p.channel_id, p.case_id, p.id order by p.channel_id`
  const silent = planned.filter(({ state }) => state !== 'live').map(({ channel }) => channel)

  expect(rows).toEqual(
    planned
      .map(({ channel, state }) => ({ channel, cases: state === 'live' ? 1 : 0, shared: 0 }))
      .toSorted((a, b) => (a.channel < b.channel ? -1 : 1)),
  )
  expect(silent.filter((channel) => peers.http.booked.has(channel))).toEqual([])
  expect(peers.http.refused).toEqual([])
})

/** What became of a sample, and nothing else of it. Throws where it was quarantined. */
async function reportOf(channel: string): Promise<MadeChannel['expected'] | undefined> {
  const { sql } = house.gateway.deps.db
  const [row] = await sql<{ externalId: string; working: Working; submittedAt: string }[]>`
    select external_id as "externalId", working, submitted_at::text as "submittedAt" from reports where channel_id = ${channel}`
  if (row === undefined) {
    const [refused] = await sql<{ reason: { detail: string } }[]>`
      select reason from records where channel_id = ${channel} and "end" = 'quarantined'`
    if (refused !== undefined) throw new Error(`${channel}: ${refused.reason.detail}`)
    return undefined
  }
  const { kind, category } = row.working
  const submittedAt = new Date(row.submittedAt).toISOString()
  return { externalId: row.externalId, kind, category, submittedAt }
}
