/** What linking asks about people, umbrellas and topics is served by indexes, whatever is stored. */
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countsOfCases } from '../../gateway/dispatch/case-counts.ts'
import { sourcesOfCases } from '../../gateway/dispatch/read-cases.ts'
import { personInChain } from '../../gateway/linking/people/escalations.ts'
import { keysMet, knownPeople } from '../../gateway/linking/people/keep-people.ts'
import { throughSeveralChannels } from '../../gateway/linking/people/relations.ts'
import { openInChains } from '../../gateway/linking/people/reopen.ts'
import { filesOfCases } from '../../gateway/linking/people/supplement.ts'
import { daysOfTopics, reportsOfTopics } from '../../gateway/linking/topics/days.ts'
import { grownTopics } from '../../gateway/linking/topics/stage.ts'
import { burstCases, newestOfCase } from '../../gateway/linking/umbrella/burst.ts'
import { overUmbrellas } from '../../gateway/linking/umbrella/end-umbrellas.ts'
import { openUmbrellas, reportsOfPersons } from '../../gateway/linking/umbrella/open-umbrellas.ts'
import { createTestDatabase } from '../support/database.ts'

let sql: postgres.Sql
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase()
  sql = postgres(database.url, { onnotice: () => undefined })
  await sql`
    insert into cases (id, number, chain_id, state, sequence, kind, text, urgency, sensitive, confidential, tags, opened_at)
    select gen_random_uuid(), 'PS' || n, gen_random_uuid(), 'received', 2, 'complaint', '', 'normal', false, false, '{}', now() from generate_series(1, 10000) n`
  await sql`
    insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id)
    select gen_random_uuid(), 'channel', c.number || n, 'push', 10, 1, '', '{}', array['phone:' || c.number], false, now() - n * interval '1 day', now(), c.id
    from cases c, generate_series(1, 2) n`
  await sql`
    insert into link_keys (hash, at, report_id, case_id)
    select hashtextextended('person|' || person_keys[1], 0), received_at, id, case_id from reports`
  await sql`
    insert into case_people (case_id, person_key, reports, first_at, last_at)
    select case_id, person_keys[1], count(*), min(submitted_at), max(submitted_at) from reports group by 1, 2`
  await sql`
    insert into files (id, channel_id, feed, report_id, record_id, position, state, sha256, created_at)
    select gen_random_uuid(), channel_id, 'push', id, gen_random_uuid(), 1, 'stored', md5(id::text), now() from reports`
  await sql`
    insert into umbrellas (case_id, rule, opened_at, opened_by, until, ended_at, ended_by)
    select id, '{}', now() - interval '9 days', 'gateway', now() - interval '8 days', now(), 'gateway' from cases limit 5000`
  await sql`update umbrellas set until = now() + interval '1 hour', ended_at = null where case_id in (select case_id from umbrellas limit 2)`
  await sql`
    insert into topics (id, key, name, opened_at, last_at)
    select gen_random_uuid(), n::text, n::text, now() - interval '90 days', now() - n * interval '1 hour' from generate_series(1, 2000) n`
  await sql`
    insert into topic_cases (case_id, topic_id, at)
    select c.id, t.id, now() - interval '1 day' from (select id, row_number() over () as n from cases) c
    join (select id, row_number() over () as n from topics) t on t.n = c.n % 2000 + 1`
  await sql`
    insert into topic_days (topic_id, day, reports, people, channels)
    select id, current_date - n, 1, 1, '{channel}' from topics, generate_series(1, 30) n`
  await sql`analyze`
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

const now = '2026-11-23T01:00:00.000Z'
const some = async (table: 'cases' | 'topics', count: number) =>
  (await sql.unsafe<{ id: string }[]>(`select id from ${table} limit ${count}`)).map(({ id }) => id)
const wanted = async (more: object = {}) =>
  JSON.stringify(
    (await some('cases', 20)).map((id) => ({
      id,
      case_id: id,
      chain_id: id,
      key: 'phone:PS7',
      keys: ['phone:PS7'],
      days: 30,
      ...more,
    })),
  )

/** Tables that hold as much as a district has ever reported. */
const large = [
  'reports',
  'cases',
  'link_keys',
  'case_people',
  'files',
  'topic_cases',
  'topic_days',
  'umbrellas',
]

test.each<[string, string, () => Promise<readonly unknown[]>, string[]]>([
  [
    'the people known of cases',
    knownPeople,
    async () => [await wanted()],
    ['case_people_case_id_person_key_pk'],
  ],
  ['the keys met in a case', keysMet, async () => [await wanted()], ['link_keys_newest', 'reports_pkey']],
  [
    'one person in a chain',
    personInChain,
    async () => [await wanted(), now],
    ['cases_chain', 'reports_case'],
  ],
  [
    'persons through several channels',
    throughSeveralChannels,
    async () => [await wanted()],
    ['reports_case'],
  ],
  [
    'open cases of chains',
    openInChains,
    async () => [await some('cases', 20)],
    ['cases_chain', 'cases_pkey'],
  ],
  [
    'files of cases',
    filesOfCases,
    async () => [await some('cases', 20), []],
    ['reports_case', 'files_report'],
  ],
  [
    'bursts',
    burstCases,
    async () => [await some('cases', 20), now, 24, 12],
    ['reports_case', 'case_people_case_id_person_key_pk'],
  ],
  ['the newest of a case', newestOfCase, async () => [(await some('cases', 1))[0]], ['reports_case']],
  ['open umbrellas', openUmbrellas, async () => [now], ['umbrellas_open', 'cases_pkey']],
  ['umbrellas that are over', overUmbrellas, async () => [now], ['umbrellas_open', 'cases_pkey']],
  ['earlier reports of persons', reportsOfPersons, async () => [await wanted()], ['link_keys_newest']],
  [
    'counts of cases',
    countsOfCases,
    async () => [await some('cases', 20)],
    ['reports_case', 'case_people_case_id_person_key_pk'],
  ],
  [
    'sources of cases',
    sourcesOfCases,
    async () => [await some('cases', 20), 50, []],
    ['reports_case', 'reports_pkey'],
  ],
  [
    'topics that grew',
    grownTopics,
    async () => [now, '00000000-0000-0000-0000-000000000000'],
    ['topics_last'],
  ],
  [
    'reports of topics',
    reportsOfTopics,
    async () => [await some('topics', 20), '2026-11-01T00:00:00Z'],
    ['topic_cases_topic', 'reports_case'],
  ],
  [
    'days of topics',
    daysOfTopics,
    async () => [await some('topics', 20), '2026-11-01'],
    ['topic_days_topic_id_day_pk'],
  ],
])('%s are found by their indexes', async (_, statement, parametersOf, indexes) => {
  const rows = await sql.unsafe(`explain ${statement}`, (await parametersOf()) as never)

  const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n')
  for (const index of indexes) expect(plan).toContain(index)
  for (const table of large) expect(plan).not.toMatch(new RegExp(`Seq Scan on ${table}\\b`))
})
