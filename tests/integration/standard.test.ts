/** The platform `standard`, and channels that were drafted over it from a sample: what a source sends, through a whole gateway. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completed } from '../../gateway/drafting/completed-for-test.ts'
import { proposeChannel } from '../../gateway/drafting/propose-channel.ts'
import { testSources } from '../../gateway/drafting/samples-for-test.ts'
import { createKey } from '../../gateway/http/keys.ts'
import { loadReferenceCodes } from '../../gateway/mapping/reference.ts'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import { startHouse, until, type House } from '../support/house.ts'

const reference = await loadReferenceCodes('mappings/codes')
const drafted = testSources.filter(({ file }) => /hotline\.json|orders\.xml|grid\.json/.test(file))
const channelOf = (file: string): string => file.replace('.', '-')
const keys = new Map<string, string>()
let house: House

beforeAll(async () => {
  const drafts = await Promise.all(
    drafted.map(async ({ file, bytes }) => {
      const channel = channelOf(file)
      const { yaml } = await proposeChannel(bytes, { name: file, channel, reference })
      return { channel, text: completed(yaml).replace('state: draft', 'state: live') }
    }),
  )
  const brain = { channel: 'brain', platform: 'standard', name: { zh: '城市大脑' }, reverse: { pull: true } }
  house = await startHouse([brain, ...drafts])
  for (const channel of ['brain', ...drafts.map((draft) => draft.channel)]) {
    const made = { name: channel, scopes: [`channel:${channel}`], now: new Date() }
    keys.set(channel, (await createKey(house.gateway.deps.db, made)).key)
  }
})
afterAll(() => house.stop())

async function call(channel: string, path: string, body?: Uint8Array | string, type = 'application/json') {
  return await fetch(`${house.gateway.url}/v1/channels/${channel}/${path}`, {
    headers: { authorization: `Bearer ${keys.get(channel) ?? ''}`, 'content-type': type },
    ...(body !== undefined && {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
    }),
  })
}

test('a system that has a key alone pushes a report, says more of it, and asks for its news in our own words', async () => {
  const report = {
    externalId: 'B-1',
    text: '翠岭路12号路灯整晚不亮',
    kind: '投诉',
    submittedAt: '2026-11-20 09:30:00',
  }
  const urge = { type: 'urge', about: 'B-1', occurredAt: '2026-11-20T11:00:00+08:00', text: '今晚还是不亮' }

  const pushed = (await (await call('brain', 'reports', JSON.stringify(report))).json()) as Acknowledgement
  const urged = (await (await call('brain', 'reports', JSON.stringify(urge))).json()) as Acknowledgement
  await house.append(await house.caseOf('brain', 'B-1'), { type: 'registered' })
  const events = await until('the news is there', async () => {
    const page = (await (await call('brain', 'events')).json()) as {
      events: { statuscode: string; data: unknown }[]
    }
    return page.events.some(({ statuscode }) => statuscode === 'registered') && page.events
  })

  expect([...pushed.results, ...urged.results].map(({ end }) => end)).toEqual(['report', 'message'])
  expect(events.find(({ statuscode }) => statuscode === 'registered')?.data).toMatchObject({
    externalId: 'B-1',
    event: 'registered',
    state: 'registered',
  })
})

test.each(drafted)(
  'what $name sends becomes reports by the channel that was drafted from it',
  async ({ file, bytes }) => {
    const channel = channelOf(file)

    const answer = await call(
      channel,
      'reports',
      bytes,
      file.endsWith('.xml') ? 'text/xml' : 'application/json',
    )

    expect(answer.ok).toBe(true)
    const ends = await house.gateway.deps.db.sql`select "end" from records where channel_id = ${channel}`
    expect(ends.map((row) => row['end'])).toEqual(Array.from({ length: 5 }, () => 'report'))
  },
)
