/** Replay 重放 as a task: it pauses, goes on, ends, and survives what happens to its workers. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { nextItems, nextReplays } from '../../gateway/intake/replay/load-group.ts'
import { readReplay, setReplayState } from '../../gateway/intake/replay/read.ts'
import { startReplay } from '../../gateway/intake/replay/start.ts'
import { createReplayWorker } from '../../gateway/intake/replay/worker.ts'
import type { Replay } from '../../schemas/replay.ts'
import {
  hotlineChannel,
  inboundSecret,
  order,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../support/house.ts'
import { ended, itemsOf, publish, replay, unevenReceipts } from '../support/replays.ts'

let hotline: Hotline
let house: House
let other: postgres.Sql
const channels = ['pause', 'cancel', 'kill', 'both', 'stuck', 'cut', 'api', 'cli', 'next'] as const
const fileOf = (channel: (typeof channels)[number], parts: object = {}) =>
  hotlineChannel(hotline.url, { channel: `hotline-${channel}`, ...parts })

beforeAll(async () => {
  hotline = await startHotline()
  house = await startHouse(channels.map((name) => fileOf(name)))
  other = postgres(house.databaseUrl, { max: 3, onnotice: () => undefined })
})
afterAll(async () => {
  await other.end()
  await house.stop()
  await hotline.close()
})

const known = { codes: { category: { table: { '9901': '020301' } } } }
const deps = () => house.gateway.deps

/** Quarantined orders of a channel, and its next version, which takes them. */
async function fill(channel: (typeof channels)[number], count: number): Promise<void> {
  const orders = Array.from({ length: count }, () => order({ category: '9901' }))
  const answer = await house.push(`hotline-${channel}`, orders, { batch: true })
  expect(answer.status).toBe(202)
  await publish(house, fileOf(channel, known))
}

/** Holds a record's row, so that who works it waits. */
async function hold(channel: string, index: number): Promise<{ release: () => Promise<void> }> {
  const held = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const holding = other.begin(async (tx) => {
    await tx`select 1 from records where channel_id = ${`hotline-${channel}`} and index = ${index} for update`
    begun.resolve()
    await held.promise
  })
  await begun.promise
  return {
    release: async () => {
      held.resolve()
      await holding
    },
  }
}

/** A statement like this waits for a row that another holds. */
const waitingFor = (pattern: string) =>
  vi.waitUntil(
    async () => {
      const rows = await other`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like ${pattern}`
      return rows.length > 0
    },
    { timeout: 60_000, interval: 20 },
  )
const waiting = () => waitingFor('%from records%for update%')
/** A person's word waits for the batch that is being worked. */
const asked = () => waitingFor('%select * from replays%for update%')

const begin = async (channel: string): Promise<Replay> =>
  await startReplay(deps(), { channel: `hotline-${channel}`, by: 'C-01' })

const outcomesOf = async (id: string) => (await itemsOf(house, { id })).map(({ outcome }) => outcome)
const reportsOf = async (channel: string) => {
  const rows = await other`select version from reports where channel_id = ${`hotline-${channel}`}`
  return rows.map((row) => row['version'] as number)
}

test('a paused replay rests after the records that are being worked, and goes on when it is resumed', async () => {
  await fill('pause', 300)
  const second = await hold('pause', 30)
  const { id } = await begin('pause')
  await waiting()

  const pausing = setReplayState(deps(), id, { action: 'pause', by: 'C-01' })
  await asked()
  await second.release()
  const paused = await pausing
  await createReplayWorker(deps()).pass()
  const rested = await outcomesOf(id)
  await setReplayState(deps(), id, { action: 'resume', by: 'C-01' })
  const done = await ended(house, id)

  expect(paused.state).toBe('paused')
  expect(rested.filter((outcome) => outcome !== null)).toHaveLength(paused.done)
  expect(paused.done).toBeGreaterThan(0)
  expect(paused.done).toBeLessThan(300)
  expect(done).toMatchObject({ done: 300, counts: { report: 300 } })
})

test('what a cancelled replay has done stays done, the rest stays as it was, and it cannot be resumed', async () => {
  await fill('cancel', 300)
  const second = await hold('cancel', 30)
  const { id } = await begin('cancel')
  await waiting()

  const cancelling = setReplayState(deps(), id, { action: 'cancel', by: 'C-01' })
  await asked()
  await second.release()
  const cancelled = await cancelling

  expect(cancelled).toMatchObject({ state: 'cancelled', total: 300 })
  expect(cancelled.done).toBeLessThan(300)
  expect(await reportsOf('cancel')).toHaveLength(cancelled.done)
  await expect(setReplayState(deps(), id, { action: 'resume', by: 'C-01' })).rejects.toMatchObject({
    code: 'replay.state',
  })
  expect(await unevenReceipts(house)).toEqual([])
})

test('several workers at once make each record once', async () => {
  await fill('both', 200)
  const { id } = await begin('both')
  const workers = ['x', 'y', 'z'].map((holder) => createReplayWorker({ ...deps(), holder }))

  // Whatever lease one of them has, it is lost again and again: then two work the same replay.
  while ((await readReplay(deps(), id)).state === 'running') {
    await Promise.all(workers.map((worker) => worker.pass()))
    await other`update leases set expires_at = now() - interval '1 second' where name = 'replay:hotline-both'`
  }
  await Promise.all(workers.map((worker) => worker.stop()))

  const done = await readReplay(deps(), id)
  expect(done).toMatchObject({ state: 'done', done: 200, counts: { report: 200 } })
  expect(await reportsOf('both')).toHaveLength(200)
  expect(await unevenReceipts(house)).toEqual([])
})

test('a replay of a retired channel stands still with the reason, and goes on by itself', async () => {
  await fill('stuck', 2)
  await publish(house, fileOf('stuck', { ...known, state: 'retired' }))
  const { id } = await begin('stuck')

  const stuck = await until('it stands still', async () => {
    const found = await readReplay(deps(), id)
    return found.reason !== undefined && found
  })
  await publish(house, fileOf('stuck', known))
  const done = await ended(house, id)

  expect(stuck).toMatchObject({ state: 'running', done: 0 })
  expect(stuck.reason).toContain('retired')
  expect(done).toMatchObject({ counts: { report: 2 } })
  expect(done).not.toHaveProperty('reason')
  expect(house.log.filter((line) => line.includes('"replay.stuck"'))).toHaveLength(1)
})

test('what arrives after a replay was started is not taken by it', async () => {
  await fill('cut', 2)
  const first = await hold('cut', 0)
  const { id } = await begin('cut')
  await waiting()
  await house.accepted('hotline-cut', order({ category: '9908' }))

  await first.release()
  const done = await ended(house, id)

  expect(done).toMatchObject({ total: 2, done: 2, counts: { report: 2 } })
})

test('the channel’s next replay begins when the one before it is done, in received order', async () => {
  await fill('next', 3)
  const first = await hold('next', 0)
  const one = await begin('next')
  const two = await begin('next')
  await waiting()
  const meanwhile = await outcomesOf(two.id)

  await first.release()
  await ended(house, one.id)
  const done = await ended(house, two.id)

  expect(meanwhile).toEqual([null, null, null])
  expect(done.counts).toEqual({ unchanged: 3 })
  const numbers = await other<{ index: number }[]>`
    select r.index from replay_items i join records r on r.id = i.record_id where i.replay_id = ${one.id} order by i.position`
  expect(numbers.map(({ index }) => index)).toEqual([0, 1, 2])
})

test('nothing to take makes a replay that is done', async () => {
  const done = await replay(house, { channel: 'hotline-next' })

  expect(done).toMatchObject({ state: 'done', total: 0 })
  expect(done).toHaveProperty('endedAt')
})

test('admins start, look, and cancel over HTTP; others may not', async () => {
  await fill('api', 2)
  const started = await house.admin('/replays', {
    channel: 'hotline-api',
    by: 'C-01',
    note: '9901 映射完成',
    select: { blockedBy: { table: 'category', value: '9901' } },
  })
  const { id } = (await started.json()) as Replay
  await ended(house, id)

  const list = await house.admin('/replays?channel=hotline-api')
  const page = await house.admin(`/replays/${id}?limit=1&after=1`)
  const refused = await house.admin(`/replays/${id}/pause`, { by: 'C-01' })
  const unknown = await house.admin('/replays/none')
  const wrong = await house.admin('/replays', {
    channel: 'hotline-api',
    by: 'C-01',
    select: { ends: ['lost'] },
  })
  const dispatch = await fetch(`${house.gateway.url}/v1/admin/replays`, {
    headers: { authorization: `Bearer ${house.dispatchKey}` },
  })

  expect(started.status).toBe(201)
  expect(await list.json()).toMatchObject({ items: [{ id, note: '9901 映射完成', counts: { report: 2 } }] })
  expect(await page.json()).toMatchObject({
    replay: { id, state: 'done' },
    items: [{ position: 2, outcome: 'report' }],
    after: 2,
  })
  expect(await refused.json()).toMatchObject({ status: 409, code: 'replay.state' })
  expect(await unknown.json()).toMatchObject({ status: 404, code: 'replay.unknown' })
  expect(wrong.status).toBe(422)
  expect(dispatch.status).toBe(403)
})

// A command is a process that opens everything a gateway does.
const timeout = 120_000

test('the command starts a replay, follows it and says what came of it', { timeout }, async () => {
  await fill('cli', 3)

  const said = await guiyi(['replay', 'start', '--channel', 'hotline-cli', '--by', 'C-01', '--watch'])

  expect(said.output).toContain('done, 3 of 3 (report 3)')
  expect(said.code).toBe(0)
})

test('where no gateway runs the command says that the replay waits for one', { timeout }, async () => {
  let said = ''
  await house.restart(async () => {
    await other`update leases set expires_at = now() - interval '1 second'`
    said = (await guiyi(['replay', 'start', '--channel', 'hotline-cli', '--by', 'C-01', '--all'])).output
  })
  const [waits] = await other<
    { id: string }[]
  >`select id from replays where channel_id = 'hotline-cli' and total = 3 order by created_at desc limit 1`
  const done = await ended(house, waits?.id ?? '')

  expect(said).toContain('No gateway seems to run')
  expect(said).toContain('running, 0 of 3')
  expect(done.counts).toEqual({ unchanged: 3 })
})

test(
  'a process that is killed in the middle of a batch leaves nothing of it, and another makes each record once',
  { timeout },
  async () => {
    await fill('kill', 60)
    let id = ''
    let left: (string | null)[] = []
    await house.restart(async () => {
      const third = await hold('kill', 30)
      const killed = start(['replay', 'start', '--channel', 'hotline-kill', '--by', 'C-01', '--here'])
      await waiting()
      killed.child.kill('SIGKILL')
      await killed.ended
      await third.release()
      const items = await other<{ replay_id: string; outcome: string | null }[]>`
      select i.replay_id, i.outcome from replay_items i join replays y on y.id = i.replay_id where y.channel_id = 'hotline-kill' order by position`
      left = items.map(({ outcome }) => outcome)
      id = items[0]?.replay_id ?? ''
      // What a dead holder's lease costs is its time.
      await other`update leases set expires_at = now() - interval '1 second'`
    })
    const done = await ended(house, id)

    const settled = left.filter((outcome) => outcome === 'report').length
    expect(settled).toBeGreaterThan(0)
    expect(left.slice(settled)).toEqual(Array(60 - settled).fill(null))
    expect(done).toMatchObject({ done: 60, counts: { report: 60 } })
    expect(await reportsOf('kill')).toEqual(Array(60).fill(1))
    expect(await unevenReceipts(house)).toEqual([])
  },
)

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; output: string }>
}

function start(args: readonly string[]): Started {
  const cli = fileURLToPath(new URL('../../gateway/cli.ts', import.meta.url))
  const env = {
    ...process.env,
    DATABASE_URL: house.databaseUrl,
    GUIYI_SECRET_INBOUND: inboundSecret,
    GUIYI_SECRET_OUTBOUND: inboundSecret,
  }
  const child = spawn(process.execPath, [cli, ...args], { env })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const over = (code: number | null) => ({ code, output: Buffer.concat(chunks).toString('utf8') })
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve(over(code)))) }
}

const guiyi = async (args: readonly string[]) => await start(args).ended

test.each([
  ['nextReplays', nextReplays, [], 'replays_running'],
  ['nextItems', nextItems, ['00000000-0000-0000-0000-000000000000'], 'replay_items_waiting'],
] as const)('%s is served by its index, however much was replayed', async (_, query, parameters, index) => {
  await other`
    insert into replays (id, channel_id, selection, state, total, counts, author, note, created_at)
    select gen_random_uuid(), 'filled', '{}', 'done', 0, '{}', '', '', now() from generate_series(1, 5000)`
  await other`
    insert into replay_items (replay_id, position, record_id, receipt_id, outcome)
    select gen_random_uuid(), g, gen_random_uuid(), gen_random_uuid(), 'report' from generate_series(1, 20000) g`
  await other`analyze replays, replay_items`

  const plan = await deps().db.sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`, parameters as never)

  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  expect(text).toContain(index)
  expect(text).not.toMatch(/Seq Scan on repl/)
})
