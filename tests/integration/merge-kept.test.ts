/** 并案 · 拆案: nothing half after a kill, nobody learns of a confidential caller, every look-up by its index. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MOVES_OF_CASE } from '../../gateway/linking/moves/list-moves.ts'
import { joinCases } from '../../gateway/linking/moves/merge.ts'
import { splitReports } from '../../gateway/linking/moves/split.ts'
import { FORBIDDEN_CASES, forbiddenCases, VERDICTS_BETWEEN } from '../../gateway/linking/moves/verdicts.ts'
import { openContent } from '../../gateway/writeback/content.ts'
import { FORMER_PARTIES, MOVED_SOURCES, TOLD_OF_REPORTS } from '../../gateway/writeback/moved.ts'
import { type Hotline, type House } from '../support/house.ts'
import { clerkOf, toldOf, untilQuiet, type OwnCase } from '../support/moved-cases.ts'
import { startTwoHotlines } from '../support/two-hotlines.ts'

let hotlines: Hotline[]
let house: House
const clerk = clerkOf(() => house)
const [a, b] = ['hotline-a', 'hotline-b'] as const

let stop: () => Promise<void>

beforeAll(async () => {
  ;({ hotlines, house, stop } = await startTwoHotlines())
})
afterAll(async () => await stop())

const cli = fileURLToPath(new URL('../../gateway/cli.ts', import.meta.url))

/** A command of the gateway on this house's database. */
async function run(
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<{ code: number | null; signal: string | null; text: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...house.environment, ...environment },
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')))
  return await new Promise((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, text: output.join('') })),
  )
}

/** All that an act can change of two cases. */
async function snapshot(cases: readonly OwnCase[]): Promise<unknown> {
  const { sql } = house.gateway.deps.db
  const numbers = cases.map(({ number }) => number)
  const [row] = await sql`
    with own as (select id from cases where number = any(${numbers})) select
      (select json_agg(c order by c.id) from cases c where c.id in (select id from own)) as cases,
      (select json_agg(r order by r.id) from (select id, case_id from reports where case_id in (select id from own)) r) as reports,
      (select json_agg(e.id order by e.case_id, e.sequence) from case_events e where e.case_id in (select id from own)) as events,
      (select json_agg(p order by p.id) from parties p where p.case_id in (select id from own)) as parties,
      (select count(*)::int from case_moves) as moves, (select count(*)::int from link_verdicts) as verdicts,
      (select json_agg(a order by a.id) from assignments a where a.case_id in (select id from own)) as assignments,
      (select json_agg(k order by k.case_id, k.person_key) from case_people k where k.case_id in (select id from own)) as people`
  return row
}

describe('a kill', { timeout: 240_000 }, () => {
  test('inside a joining leaves nothing of it; after its commit all of it, and a repeat adds nothing', async () => {
    const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
    await clerk.work(from.number, ['registered', 'dispatched'])
    await untilQuiet(house)
    const before = await snapshot([into, from])
    const args = ['case', 'merge', from.number, '--into', into.number, '--clerk', 'C-09', '--event-id', 'K-1']

    const inside = await run(args, { GUIYI_KILL_AT: 'linking.before-commit' })
    const untouched = await snapshot([into, from])
    const after = await run(args, { GUIYI_KILL_AT: 'linking.after-commit' })
    await untilQuiet(house)
    const joined = await snapshot([into, from])
    const again = await run(args)
    await untilQuiet(house)

    expect(inside.signal).toBe('SIGKILL')
    expect(untouched).toEqual(before)
    expect(after.signal).toBe('SIGKILL')
    expect((await clerk.read(into.number)).sources).toHaveLength(2)
    expect((await clerk.read(from.number)).mergedInto).toBe(into.number)
    expect(again).toMatchObject({ code: 0, text: expect.stringContaining('To undo it') })
    expect(await snapshot([into, from])).toEqual(joined)
  })

  test.each(['link_verdict_sides', 'parties', 'link_keys', 'case_people', 'case_events', 'case_moves'])(
    'or an error at %s rolls the whole joining back',
    async (table) => {
      const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
      await untilQuiet(house)
      const before = await snapshot([into, from])
      const { sql } = house.gateway.deps.db
      await sql.unsafe(
        `create function stop_it() returns trigger language plpgsql as $$ begin raise exception 'stopped'; end $$;
         create trigger stop_it before insert or update or delete on ${table} for each statement execute function stop_it()`,
      )

      const attempt = joinCases(house.gateway.deps, {
        from: from.number,
        into: into.number,
        eventId: randomUUID(),
        caller: 'test',
        by: 'clerk:C-01',
      })

      await expect(attempt).rejects.toThrow('stopped')
      await sql.unsafe(`drop trigger stop_it on ${table}; drop function stop_it()`)
      expect(await snapshot([into, from])).toEqual(before)
    },
  )
})

test('a clerk joins, lists, and undoes by command', { timeout: 240_000 }, async () => {
  const [into, from] = [await clerk.opened(a), await clerk.opened(b)]
  const merged = await run(['case', 'merge', from.number, '--into', into.number, '--clerk', 'C-09'])
  const move = /undo ([0-9a-f-]{36})/.exec(merged.text)?.[1] ?? ''

  const listed = await run(['case', 'moves', into.number])
  const shown = await run(['case', 'show', from.number])
  const undone = await run(['case', 'undo', move, '--clerk', 'C-09'])

  expect(listed.text).toContain(move)
  expect(shown.text).toContain(`joined with ${into.number}`)
  expect(undone).toMatchObject({ code: 0, text: expect.stringContaining(`back to ${from.number}`) })
})

test('acts on the same cases at the same time wait for each other: one wins, no report is lost', async () => {
  const [one, two, third] = [await clerk.opened(a), await clerk.opened(b), await clerk.opened(b)]

  const answers = await Promise.all([
    clerk.merge(one.number, two.number),
    clerk.merge(two.number, one.number),
    clerk.merge(two.number, third.number),
    clerk.merge(third.number, one.number),
  ])

  const { sql } = house.gateway.deps.db
  const reports = [one, two, third].map(({ report }) => report)
  const rows = await sql<{ open: boolean }[]>`
    select c.merged_into is null as open from reports p join cases c on c.id = p.case_id where p.id = any(${reports}::uuid[])`
  expect(rows.every(({ open }) => open)).toBe(true)
  expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0)
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true)
})

test('reports that are linked while their case is joined stand where it went', async () => {
  const caller = { caller: { name: '赵同', phone: '13700007777' } }
  const [first, second] = [await clerk.opened(a, caller), await clerk.opened(b)]
  const same = (n: number) => ({
    ...first.sent,
    order_no: `${first.orderNo}-${n}`,
    msg_id: `M-${first.orderNo}-${n}`,
  })

  const numbers = Array.from({ length: 20 }, (_, n) => n)
  const pushed = Promise.all(numbers.map((n) => house.accepted(a, same(n))))
  const move = await clerk.merged(first.number, second.number)
  await pushed
  await Promise.all(numbers.map((n) => house.caseOf(a, `${first.orderNo}-${n}`)))
  await clerk.undo(move)

  const { sql } = house.gateway.deps.db
  const wrong = await sql`
    select p.id from reports p join cases c on c.id = p.case_id where c.merged_into is not null
    union select p.id from reports p join parties q on q.report_id = p.id and q.left_at is null where q.case_id <> p.case_id
    union select p.id from reports p join link_keys k on k.report_id = p.id where k.case_id <> p.case_id`
  expect(wrong).toEqual([])
})

test('a confidential caller makes the case confidential while it is there, and nobody else learns of it', async () => {
  const secret = { caller: { name: '欧阳密', phone: '13900001234' }, is_secret: '1' }
  const [into, from] = [await clerk.opened(a), await clerk.opened(b, secret)]
  await clerk.work(into.number, ['registered', 'dispatched'])
  const contacts = async (number: string) => {
    const answer = await fetch(`${house.gateway.url}/v1/dispatch/cases/${number}/contacts`, {
      headers: { authorization: `Bearer ${house.dispatchKey}` },
    })
    return ((await answer.json()) as { contacts: { report: string; withheld: boolean; name?: string }[] })
      .contacts
  }

  const move = await clerk.merged(from.number, into.number)
  const joined = [await clerk.read(into.number), await contacts(into.number)] as const
  await untilQuiet(house)
  await clerk.undo(move)
  const apart = [await clerk.read(into.number), await clerk.read(from.number)] as const
  await clerk.merged(from.number, into.number)
  const [opened] = await splitReports(house.gateway.deps, {
    number: into.number,
    reports: [from.report],
    eventId: randomUUID(),
    caller: 'test',
    by: 'clerk:C-01',
    casePrefix: 'PS',
  })
  await untilQuiet(house)

  expect(joined[0].confidential).toBe(true)
  expect(joined[1]).toEqual([
    expect.objectContaining({ report: into.report, withheld: false }),
    { report: from.report, channel: b, withheld: true, reason: '举报人保密' },
  ])
  expect(apart.map(({ confidential }) => confidential)).toEqual([false, true])
  const [left, own] = [await clerk.read(into.number), await clerk.read(opened?.case ?? '')]
  expect([left.confidential, own.confidential]).toEqual([false, true])
  expect((await contacts(own.number)).map(({ withheld }) => withheld)).toEqual([true])
  const { deps } = house.gateway
  const sent = await deps.db.sql<{ data_key: Uint8Array | null; body: Uint8Array | null }[]>`
    select data_key, body from deliveries where body is not null and report_id = ${into.report}`
  const events = await deps.db.sql`select content from case_events`
  const everything = [
    JSON.stringify(sent.map((row) => openContent(deps.envelope, row))),
    JSON.stringify(toldOf(hotlines[0], into)),
    JSON.stringify([...events]),
    JSON.stringify([left, own, joined[0], ...apart]),
    house.log.join('\n'),
  ].join('\n')
  for (const word of ['欧阳密', '13900001234']) expect(everything).not.toContain(word)
  const toOthers = JSON.stringify([
    toldOf(hotlines[0], into),
    sent.map((row) => openContent(deps.envelope, row)),
  ])
  for (const word of [from.orderNo, from.number, b]) expect(toOthers).not.toContain(word)
})

test('what a clerk told apart is no candidate, wherever the reports stand', async () => {
  const [one, two, third] = [await clerk.opened(a), await clerk.opened(b), await clerk.opened(b)]
  await clerk.merged(two.number, one.number)
  await clerk.split(one.number, { report: two.report })
  await clerk.merged(one.number, third.number)
  const { sql } = house.gateway.deps.db
  const rows = await sql<{ id: string; number: string }[]>`
    select id, number from cases where number = any(${[one.number, third.number]})`
  const idOf = (number: string) => rows.find((row) => row.number === number)?.id ?? ''

  const forbidden = await forbiddenCases(
    sql,
    [two.report, third.report],
    rows.map(({ id }) => id),
  )

  expect([...forbidden]).toEqual([[two.report, new Set([idOf(third.number)])]])
})

describe('is served by its indexes, however much is stored:', () => {
  const ids = Array.from({ length: 20 }, () => randomUUID())
  test.each([
    [
      'verdicts between two sides',
      VERDICTS_BETWEEN,
      [ids, ids],
      ['link_verdict_sides_report', 'link_verdicts_pkey'],
    ],
    [
      'cases that a verdict forbids',
      FORBIDDEN_CASES,
      [ids, ids],
      ['link_verdict_sides_report', 'link_verdicts_pkey', 'reports_pkey'],
    ],
    ['moves of a case', MOVES_OF_CASE, [ids[0]], ['case_moves_caller', 'case_moves_to']],
    ['sources that were moved', MOVED_SOURCES, [ids, false, ids], ['case_moves_to', 'parties_case_report']],
    ['parties that left', FORMER_PARTIES, [ids], ['parties_pkey', 'parties_report']],
    [
      'what sources were told',
      TOLD_OF_REPORTS,
      [ids, ['registered', 'merged']],
      ['parties_report', 'deliveries_event_party'],
    ],
  ] as const)('%s', async (_, query, parameters, indexes) => {
    const { sql } = house.gateway.deps.db
    await fillOnce()

    const plan = await sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`, parameters as never)

    const text = plan.map((row) => row['QUERY PLAN']).join('\n')
    for (const index of indexes) expect(text).toContain(index)
    expect(text).not.toMatch(/Seq Scan/)
  })
})

let filled: Promise<unknown> | undefined
/** Ten thousand of everything, so that the planner has a choice; each statement by itself, since others wait for what is open. */
function fillOnce(): Promise<unknown> {
  const tx = house.gateway.deps.db.sql
  filled ??= (async () => {
    await tx`
      insert into cases (id, number, chain_id, state, sequence, kind, text, urgency, sensitive, confidential, tags, opened_at)
      select gen_random_uuid(), 'X' || g, gen_random_uuid(), 'closed', 2, 'complaint', '', 'normal', false, false, '{}', now() from generate_series(1, 10000) g`
    await tx`
      insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id, told_version, keyed_version)
      select gen_random_uuid(), 'filled', number, 'f', 1, 1, 'x', '{}', '{}', false, now(), now(), id, 1, 1 from cases where number like 'X%'`
    await tx`
      insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content, fanned_out_at)
      select gen_random_uuid(), c.id, n, 'registered', 'gateway', n::text, '', '{}', now(), now(), 'registered', '{}', now() from cases c, generate_series(1, 1) n where number like 'X%'`
    await tx`
      insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
      select gen_random_uuid(), case_id, 'source', channel_id, id, 0, now() from reports where channel_id = 'filled'`
    await tx`
      insert into deliveries (id, party_id, case_id, channel_id, report_id, case_event_id, sequence, event_type, state_after, class, state, mapping_version, created_at)
      select gen_random_uuid(), p.id, p.case_id, 'filled', p.report_id, e.id, e.sequence, e.type, e.state_after, 'note', 'delivered', 'v', now()
      from parties p join case_events e on e.case_id = p.case_id where p.channel_id = 'filled'`
    await tx`
      insert into case_moves (id, kind, from_case_id, to_case_id, reports, before, caller, event_id, decided_by, at)
      select gen_random_uuid(), 'merge', case_id, case_id, array[id], '{}', 'filled', 'x', 'x', now() from reports where channel_id = 'filled'`
    await tx`
      insert into link_verdicts (id, verdict, decided_by, decided_at, origin) select gen_random_uuid(), 'different', 'filled', now(), 'review' from generate_series(1, 10000)`
    await tx`
      insert into link_verdict_sides (verdict_id, side, report_id)
      select v.id, s, p.id from (select id, row_number() over () as n from link_verdicts where decided_by = 'filled') v
      cross join generate_series(0, 1) s join (select id, row_number() over () as n from reports where channel_id = 'filled') p on p.n = (v.n * 7 + s) % 10000 + 1`
    await tx`analyze`
  })()
  return filled
}
