/** The watch on a real database, hour by hour. */
import { afterEach, describe, expect, test } from 'vitest'
import { releaseLease, takeLease } from '../store/leases.ts'
import { at, officeHours, openWatchHouse, type WatchHouse } from './house-for-test.ts'
import { listAlerts } from './lists.ts'
import { COUNT_HOURS, countPass, ends } from './traffic.ts'

const houses: WatchHouse[] = []
afterEach(async () => {
  await Promise.all(houses.splice(0).map((house) => house.close()))
})

async function open(now: Date): Promise<WatchHouse> {
  const house = await openWatchHouse(now)
  houses.push(house)
  return house
}

const friday = at('2026-11-20T17:30:00')
const minute = 60_000

/** A channel that spoke in every office hour of two months, until Friday evening. */
async function usual(state = 'live'): Promise<WatchHouse> {
  const house = await open(friday)
  await house.channel('office', { state })
  await house.records('office', officeHours(at('2026-09-21T09:10:00'), friday))
  await house.gateway('a').pass()
  return house
}

/** As if gateways had run all the time until then. */
async function goOnTo(house: WatchHouse, time: Date): Promise<void> {
  house.now = time
  await house.db.sql`
    update facts set value = jsonb_set(value::jsonb, '{passedAt}', to_jsonb(${time.getTime() - minute}::float8))::text where name = 'watch'`
}

const alertsOf = (house: WatchHouse) =>
  listAlerts({ db: house.db, now: () => house.now }, { days: 30, limit: 10 })
const events = (house: WatchHouse) => house.log.map(({ event }) => event)

describe('counting', () => {
  const counted = (house: WatchHouse) => house.db.sql`
    select hour, records from channel_hours where channel_id = 'busy' order by hour`

  test('counts every record by its hour, whatever became of it, and counting again changes nothing', async () => {
    const house = await open(at('2026-11-20T12:00:00'))
    await house.records('busy', [at('2026-11-18T09:05:00'), at('2026-11-18T09:59:59')])
    await house.records('busy', [at('2026-11-20T11:00:00')], 'repeat')
    await house.records('busy', [at('2026-11-20T11:30:00')], 'filtered')
    await house.gateway('a').pass()
    const first = await counted(house)

    house.now = at('2026-11-20T12:06:00')
    await house.gateway('a').pass()

    expect(first).toEqual([
      { hour: at('2026-11-18T09:00:00'), records: 2 },
      { hour: at('2026-11-20T11:00:00'), records: 2 },
    ])
    expect(await counted(house)).toEqual(first)
  })

  test('a record that is committed after its hour was counted is counted all the same', async () => {
    const house = await open(at('2026-11-20T12:01:00'))
    await house.records('busy', [at('2026-11-20T11:10:00')])
    await house.gateway('a').pass()
    await house.records('busy', [at('2026-11-20T11:59:00')])

    house.now = at('2026-11-20T12:06:30')
    await house.gateway('a').pass()

    expect(await counted(house)).toEqual([{ hour: at('2026-11-20T11:00:00'), records: 2 }])
  })

  test('records of a receipt that a killed gateway left are counted when it is finished', async () => {
    const house = await open(at('2026-11-20T12:00:00'))
    await house.records('busy', [at('2026-11-20T02:10:00')])
    await house.db.sql`
      insert into receipts (id, channel_id, feed, received_at, principal, method, bytes, sha256, state, counts)
      values (gen_random_uuid(), 'busy', 'push', ${at('2026-11-20T03:00:00')}, 'p', 'POST', 1, '', 'stored', '{}')`
    await house.gateway('a').pass()
    await goOnTo(house, at('2026-11-20T18:00:00'))
    await house.gateway('a').pass()
    await house.records('busy', [at('2026-11-20T03:00:00')])

    await goOnTo(house, at('2026-11-20T18:06:00'))
    await house.gateway('a').pass()

    expect(await counted(house)).toHaveLength(2)
  })

  test('an owner that lost its lease writes nothing', async () => {
    const house = await open(at('2026-11-20T12:00:00'))
    await house.records('busy', [at('2026-11-20T11:10:00')])
    const old = await takeLease(house.db.sql, { name: 'watch', holder: 'a', forMs: 60_000 })
    await releaseLease(house.db.sql, { name: 'watch', holder: 'a' })
    await takeLease(house.db.sql, { name: 'watch', holder: 'b', forMs: 60_000 })

    const counting = countPass({ db: house.db, now: () => house.now }, old ?? { name: 'watch', token: 0 })

    await expect(counting).rejects.toThrow('Nothing was written')
    expect(await counted(house)).toEqual([])
  })

  test('reads the records of the hours it counts and no others', async () => {
    const house = await open(friday)
    await house.db.sql`
      insert into records (id, receipt_id, index, position, channel_id, feed, "end", created_at)
      select gen_random_uuid(), gen_random_uuid(), 0, '0', 'channel-' || n % 20, 'push', 'report', now() - n * interval '1 minute' from generate_series(1, 40000) n`
    await house.db.sql`analyze`

    const rows = await house.db.sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${COUNT_HOURS}`, [
      ends as never,
      at('2026-11-20T12:00:00'),
      friday,
    ])

    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('records_channel_end')
    expect(plan).not.toContain('Seq Scan on records')
  })
})

describe('a channel that speaks in office hours', () => {
  test('is left alone over the weekend', async () => {
    const house = await usual()

    await goOnTo(house, at('2026-11-23T08:59:00'))
    await house.gateway('a').pass()

    expect((await alertsOf(house)).items).toEqual([])
  })

  test('raises one alert on Monday when it stays quiet, whoever looks and how often', async () => {
    const house = await usual()
    const [first, second] = [house.gateway('a'), house.gateway('b')]

    await goOnTo(house, at('2026-11-23T16:03:00'))
    await first.pass()
    await first.pass()
    await first.release()
    await second.pass()
    await second.release()
    await house.gateway('c').pass()

    const { items } = await alertsOf(house)
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({
      channel: 'office',
      name: '渠道office',
      since: at('2026-11-20T17:10:00').toISOString(),
      raisedAt: house.now.toISOString(),
      detail: expect.stringMatching(
        /^Quiet for 2 d 22 h, 5 office hours among them; by its usual pattern about \d records would have come\. Its longest usual quiet in eight weeks was \d+ d \d+ h\.$/,
      ) as string,
    })
    expect(items[0]).not.toHaveProperty('endedAt')
    expect(events(house).filter((event) => event === 'channel.silent')).toHaveLength(1)
    expect((await house.metrics.silentChannels.get()).values[0]?.value).toBe(1)
  })

  test('two gateways that judge at the same instant raise one alert', async () => {
    const house = await usual()
    await goOnTo(house, at('2026-11-23T16:03:00'))
    const [first, second] = [house.gateway('a'), house.gateway('b')]

    await Promise.all([first.pass(), second.pass()])

    expect((await alertsOf(house)).items).toHaveLength(1)
  })

  test('ends its alert once when it speaks again, also with a record that is filtered', async () => {
    const house = await usual()
    await goOnTo(house, at('2026-11-23T16:03:00'))
    await house.gateway('a').pass()
    await house.records('office', [at('2026-11-23T16:20:00')], 'filtered')

    await goOnTo(house, at('2026-11-23T16:21:00'))
    await house.gateway('a').pass()
    await house.gateway('a').pass()

    const { items } = await alertsOf(house)
    expect(items).toMatchObject([{ endedAt: at('2026-11-23T16:20:00').toISOString() }])
    expect(events(house).filter((event) => event === 'channel.heard')).toHaveLength(1)
    expect((await house.metrics.silentChannels.get()).values[0]?.value).toBe(0)
  })

  test('raises another alert for another silence', async () => {
    const house = await usual()
    await goOnTo(house, at('2026-11-23T16:03:00'))
    await house.gateway('a').pass()
    await house.records('office', [at('2026-11-23T16:20:00')])

    await goOnTo(house, at('2026-11-25T16:03:00'))
    await house.gateway('a').pass()

    const { items } = await alertsOf(house)
    expect(items.map(({ endedAt }) => endedAt !== undefined)).toEqual([false, true])
  })

  test('is not watched any more when it is paused, and its alert ends', async () => {
    const house = await usual()
    await goOnTo(house, at('2026-11-23T16:03:00'))
    await house.gateway('a').pass()
    await house.db.sql`update channels set state = 'paused'`

    await goOnTo(house, at('2026-11-23T18:03:00'))
    await house.gateway('a').pass()

    expect((await alertsOf(house)).items).toMatchObject([{ endedAt: house.now.toISOString() }])
    expect(events(house)).toEqual(['channel.silent', 'channel.unwatched'])
  })

  test('in shadow is watched, too', async () => {
    const house = await usual('shadow')

    await goOnTo(house, at('2026-11-23T16:03:00'))
    await house.gateway('a').pass()

    expect((await alertsOf(house)).items).toHaveLength(1)
  })

  test('raises nothing for the time in which no gateway ran', async () => {
    const house = await usual()

    house.now = at('2026-11-24T15:03:00')
    await house.gateway('a').pass()

    expect((await alertsOf(house)).items).toEqual([])
  })

  test.each([
    [0, 'Polls of list succeed (the last 0 h ago): the source answers and has nothing new.'],
    [4, 'Polls of list fail, 4 in a row (the last good one 0 h ago): look why, `guiyi channel test office`.'],
  ])('says of a polled feed with %i failures whether its source answers', async (failures, says) => {
    const house = await usual()
    await goOnTo(house, at('2026-11-23T16:03:00'))
    await house.db.sql`
      insert into polls (channel_id, feed, due_at, failures, last_ok_at) values ('office', 'list', now(), ${failures}, ${at('2026-11-23T15:50:00')})`

    await house.gateway('a').pass()

    expect((await alertsOf(house)).items[0]?.detail).toContain(says)
  })
})

test('a new channel, a rare one and one never heard raise nothing and are listed as not known yet', async () => {
  const house = await open(friday)
  await house.channel('new')
  await house.channel('rare')
  await house.channel('unheard')
  await house.channel('draft', { state: 'draft' })
  await house.records('new', officeHours(at('2026-11-12T09:10:00'), friday))
  await house.records('rare', [at('2026-09-30T09:00:00'), at('2026-10-20T09:00:00')])
  await house.gateway('a').pass()

  await goOnTo(house, at('2026-11-27T16:03:00'))
  await house.gateway('a').pass()

  const { items, notKnownYet } = await alertsOf(house)
  expect(items).toEqual([])
  expect(notKnownYet.map(({ channel, why }) => [channel, why])).toEqual([
    ['new', 'too-new'],
    ['rare', 'too-few'],
    ['unheard', 'never-heard'],
  ])
})

test('a year without holidays is said once a day, a month before it begins', async () => {
  const house = await open(at('2026-11-20T12:00:00'))
  const gateway = house.gateway('a')

  await gateway.pass()
  const before = events(house)
  house.now = at('2026-12-05T12:00:00')
  await gateway.pass()
  await gateway.pass()

  expect(before).toEqual([])
  expect(house.log).toMatchObject([
    { event: 'calendar.incomplete', detail: expect.stringContaining('2027') as string },
  ])
})
