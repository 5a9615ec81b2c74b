/** Fills a database with reports that were linked long ago: past intake and linking, for a million would take an hour. */
import { Worker } from 'node:worker_threads'
import type postgres from 'postgres'
import type { SeedRange } from './seed-worker.ts'

const threads = 2

/** Stores the reports from `from` up to `to`; indexes on keys are built at the end, and statistics taken. */
export async function grow(
  sql: postgres.Sql,
  range: Omit<SeedRange, 'first'>,
  say: (line: string) => void,
): Promise<void> {
  const indexes = await sql<
    { name: string; definition: string }[]
  >`select indexname as name, indexdef as definition from pg_indexes where tablename = 'link_keys'`
  for (const { name } of indexes) await sql.unsafe(`drop index ${name}`)
  let done = 0
  let saidAt = performance.now()
  const count = (reports: number) => {
    done += reports
    if (performance.now() - saidAt < 15_000) return
    saidAt = performance.now()
    say(`stored ${done} of ${range.to - range.from} further reports`)
  }
  const share = Math.ceil((range.to - range.from) / threads)
  await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const from = range.from + thread * share
      await run({ ...range, from, to: Math.min(range.to, from + share), first: range.from }, count)
    }),
  )
  say('building the indexes of keys')
  for (const { definition } of indexes) await sql.unsafe(definition)
  await addHistory(sql)
  await sql`vacuum (analyze)`
  await sql`checkpoint`
}

async function run(workerData: SeedRange, count: (reports: number) => void): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData })
  worker.on('message', count)
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`A seeding thread ended with ${code}.`)),
    )
  })
}

/** Sources and events of what was stored, so that those tables are as large as they would be. */
async function addHistory(sql: postgres.Sql): Promise<void> {
  await sql`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    select gen_random_uuid(), case_id, 'source', channel_id, id, 0, received_at from reports p
    where not exists (select 1 from parties s where s.report_id = p.id) and case_id is not null`
  await sql`
    insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content, fanned_out_at)
    select gen_random_uuid(), c.id, e.sequence, e.type, 'gateway', e.type, repeat('0', 64), '{"kind":"gateway"}', c.opened_at, c.opened_at, 'received', '{}', c.opened_at
    from cases c cross join (values (1, 'received'), (2, 'linked')) as e(sequence, type)
    where not exists (select 1 from case_events x where x.case_id = c.id)`
}
