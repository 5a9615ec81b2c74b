/** Each query of the hot path is served by the index that it names. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../gateway/store/ids.ts'
import {
  BLOCKED_AS_UNKNOWN,
  CLAIM,
  DELIVERY_LAG,
  LAPSED,
  RELEASE_HELD,
  SETTLE,
} from '../../gateway/writeback/claim-sql.ts'
import {
  HISTORY,
  LARGE_CASES,
  PARTIES_OF_CASES,
  PARTIES_ONWARDS,
  PENDING_EVENTS,
  SUPERSEDE,
  SUPERSEDE_FORMER,
  TAKE_CASES,
} from '../../gateway/writeback/fan-out-sql.ts'
import { CHANNEL_EVENTS, MARK_PULLED } from '../../gateway/writeback/pull-sql.ts'
import { NEWEST_VERSIONS } from '../../gateway/writeback/reporters.ts'
import { createHouse, type House } from '../support/writeback-house.ts'

let house: House
const ids = Array.from({ length: 20 }, () => newId())
const now = '2026-11-23T01:00:00.000Z'

beforeAll(async () => {
  house = await createHouse()
  const { sql } = house.deps.db
  // 12,000 cases of three settled events and deliveries; some hundred still open, as on a busy day.
  await sql`
    insert into cases (id, number, chain_id, state, sequence, kind, text, urgency, sensitive, confidential, tags, opened_at)
    select gen_random_uuid(), 'PS' || n, gen_random_uuid(), 'processing', 3, 'complaint', '', 'normal', false, false, '{}', now() from generate_series(1, 12000) n`
  await sql`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    select gen_random_uuid(), id, 'source', 'channel-' || (random() * 20)::int, gen_random_uuid(), 0, now() from cases`
  await sql`
    insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id)
    select report_id, channel_id, id::text, 'push', 10, 1, '', '{}', '{}', false, now(), now(), case_id from parties`
  await sql`
    insert into report_versions (report_id, version, created_at, record_id, mapping_version, feed, content_hash, body)
    select id, 1, now(), gen_random_uuid(), 'v', 'push', '', '' from reports`
  await sql`
    insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content, fanned_out_at)
    select gen_random_uuid(), c.id, n, 'noted', 'test', n::text, '', '{}', now(), now(), 'processing', '{}', case when random() < 0.98 then now() end
    from cases c, generate_series(1, 3) n`
  await sql`
    insert into deliveries (id, party_id, case_id, channel_id, case_event_id, sequence, event_type, state_after, class, state, request, mapping_version, due_at, lease_until, created_at)
    select gen_random_uuid(), p.id, e.case_id, p.channel_id, e.id, e.sequence, e.type, 'processing', 'progress', s.state, 'status', 'v',
      case s.state when 'waiting' then ${now}::timestamptz - random() * interval '1 hour' end, case s.state when 'claimed' then now() end, now()
    from case_events e join parties p on p.case_id = e.case_id
    cross join lateral (select case when random() < 0.94 then 'delivered' when random() < 0.6 then 'waiting' when random() < 0.1 then 'claimed' when random() < 0.5 then 'blocked' else 'uncertain' end as state, e.id) s`
  await sql`insert into delivery_attempts (id, delivery_id, try, kind, started_at) select gen_random_uuid(), id, 1, 'deliver', now() from deliveries`
  await sql`analyze`
})
afterAll(() => house.close())

async function planOf(statement: string, parameters: readonly unknown[]): Promise<string> {
  const rows = await house.deps.db.sql.unsafe(`explain ${statement}`, parameters as never)
  return rows.map((row) => String(row['QUERY PLAN'])).join('\n')
}

const channels = Array.from({ length: 20 }, (_, index) => `channel-${index}`)
const supersede = [
  JSON.stringify(ids.map((id) => ({ party_id: id, sequence: 3, blocked_only: false }))),
  now,
  '',
]
const cases: [name: string, statement: string, parameters: readonly unknown[], indexes: string[]][] = [
  [
    'claim',
    CLAIM,
    [channels, channels.map(() => 8), now, 100, newId(), 30_000, channels, ids],
    ['deliveries_claimed', 'deliveries_due', 'deliveries_open_of_party', 'deliveries_pkey'],
  ],
  [
    'take cases',
    TAKE_CASES,
    [100, '00000000-0000-0000-0000-000000000000'],
    ['case_events_to_fan_out', 'cases_pkey'],
  ],
  ['pending events', PENDING_EVENTS, [ids], ['case_events_to_fan_out']],
  ['parties', PARTIES_OF_CASES, [ids], ['parties_case_report']],
  ['large cases', LARGE_CASES, [ids, 2000], ['parties_case_report']],
  ['parties onwards', PARTIES_ONWARDS, [ids[0], ids[1], 2000], ['parties_case_report', 'reports_pkey']],
  ['newest versions', NEWEST_VERSIONS, [ids], ['reports_pkey', 'report_versions_\\w*pkey']],
  ['history', HISTORY, [ids, ['registered']], ['case_events_(sequence|caller)']],
  ['supersede', SUPERSEDE, supersede, ['deliveries_open_of_party']],
  ['supersede former', SUPERSEDE_FORMER, [ids, now, ''], ['parties_report', 'deliveries_open_of_party']],
  ['settle', SETTLE, ['[]'], ['deliveries_(pkey|claimed)', 'delivery_attempts_pkey']],
  ['lapsed', LAPSED, [channels], ['deliveries_claimed', 'delivery_attempts_delivery']],
  ['release held', RELEASE_HELD, [now], ['deliveries_state']],
  ['blocked as unknown', BLOCKED_AS_UNKNOWN, [channels], ['deliveries_state']],
  ['lag', DELIVERY_LAG, [now], ['deliveries_due']],
  ['channel events', CHANNEL_EVENTS, ['channel-3', '1', '1', 100], ['deliveries_channel']],
  ['mark pulled', MARK_PULLED, ['channel-3', '1', '1', now], ['deliveries_channel']],
]
for (const [name, statement, parameters, indexes] of cases) {
  test(`the statement "${name}" uses ${indexes.join(', ')} and scans no table whole`, async () => {
    const plan = await planOf(statement, parameters)

    for (const index of indexes) expect(plan).toMatch(new RegExp(index))
    expect(plan).not.toMatch(/Seq Scan on (deliveries|case_events|cases|parties|delivery_attempts|reports)/)
  })
}
