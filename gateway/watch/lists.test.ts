import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Catalog } from '../catalog/catalog.ts'
import { at, openWatchHouse, type WatchHouse } from './house-for-test.ts'
import { listZombies } from './lists.ts'
import { readTraffic, trafficSql } from './shares.ts'
import { ends } from './traffic.ts'

const now = at('2026-11-20T12:00:00')
let house: WatchHouse
beforeAll(async () => {
  house = await openWatchHouse(now)
  const owner = { department: '城管局', contact: '数字城管科' }
  await house.channel('hotline', { platform: 'hotlines', liveAt: at('2025-01-01T00:00:00') })
  await house.channel('mailbox', { platform: 'mail', liveAt: at('2025-01-01T00:00:00') })
  await house.channel('forum', { platform: 'forums', liveAt: at('2025-01-01T00:00:00'), file: { owner } })
  await house.channel('unused', { platform: 'forums', state: 'shadow', liveAt: at('2026-10-01T00:00:00') })
  await house.channel('fresh', { platform: 'forums', liveAt: at('2026-11-10T00:00:00') })
  await house.channel('retired', { platform: 'forums', state: 'retired', liveAt: at('2025-01-01T00:00:00') })
  await house.records('forum', [at('2026-05-01T08:00:00'), at('2026-06-01T08:20:00')], 'filtered')
  await house.records('retired', [at('2025-05-01T08:00:00')])
  const [both, alone, three] = [randomUUID(), randomUUID(), randomUUID()]
  await house.report('hotline', at('2026-11-18T08:00:00'), both)
  await house.report('hotline', at('2026-11-18T09:00:00'), alone)
  await house.report('hotline', at('2026-11-18T10:00:00'), three)
  await house.report('hotline', at('2026-11-18T10:30:00'), three)
  await house.report('mailbox', at('2026-11-19T10:00:00'), both)
  await house.report('mailbox', at('2026-11-19T10:00:00'), three)
  await house.report('mailbox', at('2026-10-10T10:00:00'), alone)
  await house.records('mailbox', [at('2026-11-19T11:00:00'), at('2026-11-19T12:00:00')], 'repeat')
  await house.gateway('a').pass()
})
afterAll(() => house.close())

const platforms = new Map([['mail', { value: { name: { zh: '信箱' } } }]])
const deps = () => ({ db: house.db, now: () => now, catalog: { platforms } as unknown as Catalog })

test('zombies are the channels without a record for 90 days, and those that never had one', async () => {
  const zombies = await listZombies(deps(), { days: 90, graceDays: 30 })

  expect(zombies).toEqual([
    {
      channel: 'forum',
      name: '渠道forum',
      platform: 'forums',
      state: 'live',
      owner: { department: '城管局', contact: '数字城管科' },
      lastAt: at('2026-06-01T08:20:00').toISOString(),
      liveSince: at('2025-01-01T00:00:00').toISOString(),
      silentDays: 172,
      records: 2,
    },
    {
      channel: 'unused',
      name: '渠道unused',
      platform: 'forums',
      state: 'shadow',
      liveSince: at('2026-10-01T00:00:00').toISOString(),
      silentDays: 50,
      records: 0,
    },
  ])
})

test('shares show how much of a channel others report as well, and with whom it has most in common', async () => {
  const traffic = await readTraffic(deps(), { days: 7, by: 'channel', order: 'records' })

  expect(traffic).toMatchObject({ from: at('2026-11-14T00:00:00').toISOString(), records: 8, reports: 6 })
  expect(traffic.items.slice(0, 2)).toEqual([
    {
      key: 'hotline',
      name: '渠道hotline',
      state: 'live',
      records: 4,
      recordsShare: 0.5,
      reports: 4,
      reportsShare: 0.6667,
      // Its report that the mailbox repeated a month before is one of these.
      cases: 3,
      shared: 4,
      sharedShare: 1,
      mostWith: { key: 'mailbox', cases: 3 },
    },
    {
      key: 'mailbox',
      name: '渠道mailbox',
      state: 'live',
      records: 4,
      recordsShare: 0.5,
      reports: 2,
      reportsShare: 0.3333,
      cases: 2,
      shared: 2,
      sharedShare: 1,
      mostWith: { key: 'hotline', cases: 2 },
    },
  ])
  expect(traffic.items).toHaveLength(6)
})

test('shares by platform gather their channels', async () => {
  const traffic = await readTraffic(deps(), { days: 7, by: 'platform', order: 'reports' })

  expect(traffic.items.map(({ key, name, records }) => [key, name, records])).toEqual([
    ['hotlines', 'hotlines', 4],
    ['mail', '信箱', 4],
    ['forums', 'forums', 0],
  ])
})

test('rows come in the order asked for', async () => {
  const traffic = await readTraffic(deps(), { days: 60, by: 'channel', order: 'shared' })

  expect(traffic.items.slice(0, 2).map(({ key, shared }) => [key, shared])).toEqual([
    ['hotline', 4],
    ['mailbox', 3],
  ])
})

test('shares read the reports of the period and their cases, whatever else is stored', async () => {
  const { sql } = house.db
  await sql`
    insert into records (id, receipt_id, index, position, channel_id, feed, "end", report_id, created_at)
    select gen_random_uuid(), gen_random_uuid(), 0, '0', 'hotline', 'push', 'report', gen_random_uuid(), '2024-01-01'::timestamptz + n * interval '1 minute' from generate_series(1, 20000) n`
  await sql`
    insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id)
    select report_id, channel_id, id::text, 'push', 10, 1, '', '{}', '{}', false, now(), now(), gen_random_uuid() from records where created_at < '2025-01-01'`
  await sql`analyze`
  const planOf = async (by: 'channel' | 'platform') => {
    const rows = await sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${trafficSql({ by, days: 7 })}`, [
      ends as never,
      at('2026-11-14T00:00:00'),
      now,
    ])
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }

  const plans = await Promise.all([planOf('channel'), planOf('platform')])

  for (const plan of plans) {
    expect(plan).toContain('records_channel_end')
    expect(plan).toContain('reports_case')
    expect(plan).not.toMatch(/Seq Scan on (records|reports)/)
  }
})
