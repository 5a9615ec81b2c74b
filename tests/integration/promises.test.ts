/** The promises that a single process cannot show from outside: cursors, fencing, order, and that look-ups use their index. */
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FeatureCache, casesUnderKeys, wantedOf } from '../../gateway/linking/candidates.ts'
import { linkBatch } from '../../gateway/linking/link-batch.ts'
import { newestReportsOfCases, reportsToCompare } from '../../gateway/linking/load-cases.ts'
import { nextUnkeyed } from '../../gateway/linking/link-keys.ts'
import { uncountedCases } from '../../gateway/linking/people/count-former.ts'
import { nextUnlinked } from '../../gateway/linking/read-reports.ts'
import { eventsForDispatch } from '../../gateway/dispatch/read-cases.ts'
import { nextMessages } from '../../gateway/dispatch/messages.ts'
import { nextVersions } from '../../gateway/dispatch/versions.ts'
import { claimPolls } from '../../gateway/intake/poll.ts'
import { nextStoredReceipt } from '../../gateway/intake/recover.ts'
import { LeaseLostError, takeLease } from '../../gateway/store/leases.ts'
import { checkMasterKey, mendRestoredCursors } from '../../gateway/store/identity.ts'
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
let other: postgres.Sql

beforeAll(async () => {
  hotline = await startHotline()
  house = await startHouse([
    hotlineChannel(hotline.url),
    hotlineChannel(hotline.url, { channel: 'hotline-shadow', state: 'shadow' }),
  ])
  other = postgres(house.databaseUrl, { max: 2, onnotice: () => undefined })
})
afterAll(async () => {
  await other.end()
  await house.stop()
  await hotline.close()
})

test('an event that commits later than one after it is not skipped by the dispatch’s cursor', async () => {
  const first = order()
  await house.accepted('hotline-a', first)
  await house.caseOf('hotline-a', first.order_no)
  const start = (await house.dispatchItems()).cursor
  const held = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const late = other.begin(async (tx) => {
    await tx`
      insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content, fanned_out_at)
      select gen_random_uuid(), id, 900, 'noted', 'message:late', 'late', '', '{"kind":"channel"}', now(), now(), state, '{}', now() from cases limit 1`
    begun.resolve()
    await held.promise
  })
  await begun.promise
  const second = order()
  await house.accepted('hotline-a', second)
  await house.caseOf('hotline-a', second.order_no)

  const before = await house.dispatchItems(start)
  held.resolve()
  await late
  // Any transaction that still runs on the server, in whatever database, holds the cursor back for as long.
  const after = await until('the late event is read', async () => {
    const page = await house.dispatchItems(before.cursor)
    return page.items.some((item) => item.event.eventId === 'late') && page
  })

  const seen = [...before.items, ...after.items].map((item) => item.event.eventId)
  expect(seen.filter((id) => id === 'late')).toHaveLength(1)
  expect(seen).toContain('received')
  expect(new Set([...before.items, ...after.items].map((item) => item.event.id)).size).toBe(seen.length)
})

test('a payload whose commit fails is not acknowledged, and goes in when it is sent again', async () => {
  const sent = order()
  await other`create function refuse_commit() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '57P03'; end $$`
  await other`create constraint trigger refuse_commit after insert on receipts deferrable initially deferred for each row execute function refuse_commit()`

  const refused = await house.push('hotline-a', sent)
  await other`drop function refuse_commit cascade`
  const taken = await house.accepted('hotline-a', sent)

  expect(await refused.json()).toMatchObject({ status: 503, code: 'gateway.unavailable' })
  expect(taken.results).toMatchObject([{ end: 'report', version: 1 }])
})

test('while a partner is called the claim is committed and nothing is recorded as delivered', async () => {
  const sent = order()
  const seen: unknown[] = []
  hotline.whileCalled = async (body) => {
    if (body['order_no'] !== sent.order_no) return
    seen.push(
      ...(await other`
      select d.state, a.outcome from deliveries d join reports p on p.id = d.report_id join delivery_attempts a on a.delivery_id = d.id
      where p.external_id = ${sent.order_no} and d.event_type = 'received'`),
    )
  }

  await house.accepted('hotline-a', sent)
  await until('it was told', async () => hotline.told.some((told) => told.body['order_no'] === sent.order_no))
  await until(
    'it is recorded',
    async () =>
      (
        await other`select 1 from deliveries d join reports p on p.id = d.report_id where p.external_id = ${sent.order_no} and d.state = 'delivered'`
      ).length > 0,
  )
  hotline.whileCalled = undefined

  expect(seen).toEqual([{ state: 'claimed', outcome: null }])
})

test('after a restore into another cluster events are read again, and cursors of the old one are refused', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  await house.caseOf('hotline-a', sent.order_no)
  const all = await house.dispatchItems()
  await other`update case_events set xid = ((pg_current_xact_id()::text)::bigint + 1000000)::text::xid8`

  const hidden = await house.dispatchItems()
  const mended = await mendRestoredCursors(house.gateway.deps.db)
  const again = await house.dispatchItems()
  const old = await fetch(`${house.gateway.url}/v1/dispatch/cases?after=99999999.1`, {
    headers: { authorization: `Bearer ${house.dispatchKey}` },
  })

  expect(hidden.items).toEqual([])
  expect(mended).toBeGreaterThan(0)
  expect(again.items.map((item) => item.event.id)).toEqual(
    expect.arrayContaining(all.items.map((item) => item.event.id)),
  )
  expect(await old.json()).toMatchObject({ status: 400, code: 'request.cursor' })
})

test('a gateway with another master key is refused by the database', async () => {
  await expect(checkMasterKey(house.gateway.deps.db, '0123456789abcdef')).rejects.toThrow(
    'is sealed under key',
  )
})

test('a linker that lost its lease writes nothing', async () => {
  const { deps } = house.gateway
  const mine = await takeLease(deps.db.sql, { name: 'linking-test', holder: 'old', forMs: -1 })
  const theirs = await takeLease(deps.db.sql, { name: 'linking-test', holder: 'new', forMs: 60_000 })
  const sent = order()
  await house.accepted('hotline-shadow', sent)
  const shadow = deps.catalog.all().map((channel) => ({ ...channel, state: 'live' as const }))
  const pretending = { ...deps, catalog: { ...deps.catalog, all: () => shadow }, db: deps.db }

  const attempt = linkBatch(pretending, mine ?? { name: 'linking-test', token: 0 }, {
    cache: new FeatureCache(),
    casePrefix: 'PS',
  })

  await expect(attempt).rejects.toThrow(LeaseLostError)
  expect(theirs?.token).toBe((mine?.token ?? 0) + 1)
  expect(
    await other`select 1 from reports where external_id = ${sent.order_no} and case_id is not null`,
  ).toHaveLength(0)
})

test('a channel in shadow is received and mapped, and neither linked nor told', async () => {
  const sent = order()
  const acknowledgement = await house.accepted('hotline-shadow', sent)
  const live = order()
  await house.accepted('hotline-a', live)
  await house.caseOf('hotline-a', live.order_no)

  expect(acknowledgement.results).toMatchObject([{ end: 'report' }])
  expect(
    await other`select 1 from reports where external_id = ${sent.order_no} and case_id is null`,
  ).toHaveLength(1)
})

test('the counts add up: every record of every receipt has one end', async () => {
  await house.push('hotline-a', [order(), order({ category: 'none' }), order()], { batch: true })

  const wrong = await other`
    select t.id from receipts t left join records r on r.receipt_id = t.id group by t.id, t.counts
    having t.state <> 'done' or (select coalesce(sum(value::int), 0) from jsonb_each_text(t.counts)) <> count(r.id)`

  expect(wrong).toEqual([])
})

test('two gateways that take the same report at the same time make one', async () => {
  const sent = order()
  const answers = await Promise.all(Array.from({ length: 20 }, () => house.accepted('hotline-a', sent)))

  const ends = answers.map((answer) => answer.results[0]?.end)
  expect(ends.filter((end) => end === 'report')).toHaveLength(1)
  expect(ends.filter((end) => end === 'repeat')).toHaveLength(19)
})

const wanted = wantedOf([{ lookup: [{ kind: 'text', key: 'h0:1' }] }])
test.each([
  ['casesUnderKeys', casesUnderKeys, wanted, ['link_keys_newest']],
  ['newestReportsOfCases', newestReportsOfCases, [[randomUUID()]], ['cases_pkey', 'reports_case']],
  ['reportsToCompare', reportsToCompare, [[randomUUID()]], ['reports_pkey']],
  ['nextUnlinked', nextUnlinked, [['hotline-a'], [randomUUID()]], ['reports_unlinked']],
  ['nextUnkeyed', nextUnkeyed, [], ['reports_unkeyed']],
  ['eventsForDispatch', eventsForDispatch, ['10', '0', 100], ['case_events_cursor']],
  [
    'uncountedCases',
    uncountedCases,
    ['00000000-0000-0000-0000-000000000000'],
    ['cases_pkey', 'reports_case', 'case_people_'],
  ],
  ['nextMessages', nextMessages, [], ['messages_unappended']],
  ['nextVersions', nextVersions, [], ['reports_untold']],
  ['nextStoredReceipt', nextStoredReceipt, [new Date()], ['receipts_unworked']],
  ['claimPolls', claimPolls, [new Date(), 16, 30_000], ['polls_due']],
] as const)('%s is served by its index, however much is stored', async (_, query, parameters, indexes) => {
  await fillOnce()

  const plan = await house.gateway.deps.db.sql.unsafe<{ 'QUERY PLAN': string }[]>(
    `explain ${query}`,
    parameters as never,
  )

  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  for (const index of indexes) expect(text).toContain(index)
  // A sort by time would read every row of a common key.
  expect(text).not.toMatch(/Seq Scan on (?!receipt_bodies)|Bitmap|Sort Key: l\.at/)
})

let filled: Promise<unknown> | undefined
/** Twenty thousand of everything, so that the planner has a choice. */
function fillOnce(): Promise<unknown> {
  filled ??= other
    .begin(async (tx) => {
      await tx`
      insert into cases (id, number, chain_id, state, sequence, kind, text, urgency, sensitive, confidential, tags, opened_at)
      select gen_random_uuid(), 'X' || g, gen_random_uuid(), 'closed', 2, 'complaint', '', 'normal', false, false, '{}', now() from generate_series(1, 20000) g`
      await tx`
      insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id, told_version, keyed_version)
      select gen_random_uuid(), 'filled', number, 'f', 1, 1, 'x', '{}', '{}', false, now(), now(), id, 1, 1 from cases where number like 'X%'`
      await tx`
      insert into case_people (case_id, person_key, reports, first_at, last_at) select id, '', 1, now(), now() from cases where number like 'X%'`
      await tx`insert into link_keys (hash, at, report_id, case_id) select hashtextextended('text|' || (random() * 20000)::int, 0), now(), id, case_id from reports, generate_series(1, 10) where channel_id = 'filled'`
      await tx`
      insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content, fanned_out_at, xid)
      select gen_random_uuid(), id, 1, 'received', 'gateway', 'received', '', '{}', now(), now(), 'received', '{}', now(), (row_number() over ())::text::xid8 from cases where number like 'X%'`
      await tx`
      insert into messages (id, channel_id, report_id, kind, identity, record_id, mapping_version, content_hash, working, occurred_at, received_at, body, appended_at)
      select gen_random_uuid(), 'filled', id, 'urge', external_id, gen_random_uuid(), '', '', '{}', now(), now(), '', now() from reports where channel_id = 'filled'`
      await tx`
      insert into receipts (id, channel_id, feed, received_at, principal, method, bytes, sha256, state, counts)
      select gen_random_uuid(), 'filled', 'f', now(), '', 'POST', 0, '', 'done', '{}' from generate_series(1, 20000)`
      await tx`insert into polls (channel_id, feed, due_at) select 'filled', g::text, now() + interval '1 day' from generate_series(1, 20000) g`
    })
    .then(() => other`analyze`)
  return filled
}
