import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { questionsBetween } from '../../gateway/linking/review/lock-pair.ts'
import { heldPage, queuePage } from '../../gateway/linking/review/queue.ts'
import { reportsOfSides, toldLast } from '../../gateway/linking/review/read-sides.ts'
import { casesAsTheyStand, pairsWithVerdict } from '../../gateway/linking/review/standing.ts'
import { stakesOfCases } from '../../gateway/linking/review/weigh.ts'
import { answeredHolds } from '../../gateway/store/case-holds.ts'
import { openDatabase, type Database } from '../../gateway/store/client.ts'
import { createTestDatabase } from '../support/database.ts'

let made: { url: string; drop: () => Promise<void> }
let db: Database

beforeAll(async () => {
  made = await createTestDatabase()
  db = openDatabase({ url: made.url })
  await fill()
})
afterAll(async () => {
  await db.close()
  await made.drop()
})

test.each([
  [
    'queuePage',
    queuePage,
    [new Date(), 1e9, '-infinity', randomUUID(), null, null, null, 'infinity', 50],
    ['matches_review', 'reports_pkey', 'case_holds_pkey'],
  ],
  ['answeredHolds', answeredHolds, [[randomUUID()], new Date()], ['case_holds_pkey', 'matches_report']],
  ['casesAsTheyStand', casesAsTheyStand, [[randomUUID()]], ['cases_pkey']],
  [
    'pairsWithVerdict',
    pairsWithVerdict,
    [JSON.stringify([{ n: 0, own: randomUUID(), other: randomUUID() }])],
    ['link_verdict_sides_report'],
  ],
  ['stakesOfCases', stakesOfCases, [[randomUUID()]], ['cases_pkey', 'reports_case']],
  ['reportsOfSides', reportsOfSides, [[randomUUID()], [randomUUID()]], ['reports_case', 'reports_pkey']],
  [
    'toldLast',
    toldLast,
    [[randomUUID()]],
    ['parties_report', 'case_events_sequence', 'deliveries_event_party'],
  ],
  ['questionsBetween', questionsBetween, [[randomUUID()]], ['matches_case', 'reports_pkey']],
] as const)('%s is served by its index, however much is stored', async (_, query, parameters, indexes) => {
  const plan = await db.sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`, parameters as never)

  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  for (const index of indexes) expect(text).toContain(index)
  expect(text).not.toMatch(/Seq Scan|Bitmap|Sort Key: m\.worth/)
})

test('what holds a case is found from the holds, and sorted by itself', async () => {
  const parameters = [new Date(), 1e9, '-infinity', randomUUID(), null, null, null, 'infinity', 50]

  const plan = await db.sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${heldPage}`, parameters as never)

  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  for (const index of ['case_holds_until', 'reports_case', 'matches_report']) expect(text).toContain(index)
  expect(text).not.toMatch(/Seq Scan|Bitmap/)
})

/** Twenty thousand of everything, so that the planner has a choice. */
async function fill(): Promise<void> {
  await db.sql.begin(async (tx) => {
    await tx`
      insert into cases (id, number, chain_id, state, sequence, kind, text, urgency, sensitive, confidential, tags, opened_at)
      select gen_random_uuid(), 'X' || g, gen_random_uuid(), 'closed', 2, 'complaint', '', 'normal', false, false, '{}', now() from generate_series(1, 20000) g`
    await tx`
      insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id, told_version, keyed_version)
      select gen_random_uuid(), 'filled', number, 'f', 1, 1, 'x', '{}', '{}', false, now(), now(), id, 1, 1 from cases where number like 'X%'`
    await tx`
      insert into matches (id, report_id, case_id, score, probability, decision, decided_by, decided_at, model, parts, worth)
      select gen_random_uuid(), id, case_id, 1, 0.5, case when random() < 0.5 then 'review' else 'new' end, 'engine', now(), 'test', '[]', random() from reports where channel_id = 'filled'`
    await tx`
      insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content, fanned_out_at)
      select gen_random_uuid(), id, 1, 'received', 'gateway', 'received', '', '{}', now(), now(), 'received', '{}', now() from cases where number like 'X%'`
    await tx`
      insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
      select gen_random_uuid(), case_id, 'source', 'filled', id, 0, now() from reports where channel_id = 'filled'`
    await tx`
      insert into deliveries (id, party_id, case_id, channel_id, report_id, case_event_id, sequence, event_type, state_after, class, state, mapping_version, created_at)
      select gen_random_uuid(), p.id, p.case_id, 'filled', p.report_id, e.id, 1, 'received', 'received', 'state', 'delivered', 'm', now()
      from parties p join case_events e on e.case_id = p.case_id where p.channel_id = 'filled'`
    await tx`
      insert into link_verdicts (id, verdict, decided_by, decided_at, origin)
      select gen_random_uuid(), 'different', 'clerk:x', now() - interval '2 days', 'split' from generate_series(1, 20000)`
    await tx`
      insert into link_verdict_sides (verdict_id, side, report_id)
      select id, side, gen_random_uuid() from link_verdicts, generate_series(0, 1) side where decided_by = 'clerk:x'`
    await tx`
      insert into case_holds (case_id, until)
      select gen_random_uuid(), case when g > 19900 then now() end from generate_series(1, 20000) g`
    for (const table of [
      'case_holds',
      'cases',
      'reports',
      'matches',
      'case_events',
      'parties',
      'deliveries',
      'link_verdicts',
      'link_verdict_sides',
    ])
      await tx.unsafe(`analyze ${table}`)
  })
}
