/** Trainings of the linking model that are stopped, run twice, or come from commands and the API; and what reading pairs costs. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { comparePair } from '../../gateway/linking/model/compared-pair.ts'
import { shippedModel } from '../../gateway/linking/model/link-model.ts'
import { reportsUnderKeys, samplePairs, stretchOfReports } from '../../gateway/linking/model/sample-pairs.ts'
import { listLinkModels } from '../../gateway/linking/model/stored-models.ts'
import { trainLinkModel } from '../../gateway/linking/model/train.ts'
import { until } from '../support/house.ts'
import { startLinkedHouse, type LinkedHouse } from '../support/linked-house.ts'

let linked: LinkedHouse
let other: postgres.Sql
const deps = () => linked.house.gateway.deps

beforeAll(async () => {
  linked = await startLinkedHouse()
  other = postgres(linked.house.databaseUrl, { max: 2, onnotice: () => undefined })
}, 60_000)
afterAll(async () => {
  await other.end()
  await linked.stop()
})

test('an interrupted training leaves nothing, and the next one need not wait for it', async () => {
  const before = await listLinkModels(deps())
  const stop = () => {
    throw new Error('interrupted')
  }

  await expect(trainLinkModel(deps(), { by: 'clerk:C-07', sample: 200, onStep: stop })).rejects.toThrow(
    'interrupted',
  )

  expect(await listLinkModels(deps())).toEqual(before)
  const { version } = await trainLinkModel(deps(), { by: 'clerk:C-07', sample: 200 })
  expect((await listLinkModels(deps()))[0]?.version).toBe(version)
})

test('two trainings at once: the second is refused', async () => {
  const results = await Promise.allSettled([
    trainLinkModel(deps(), { by: 'clerk:C-07', sample: 200 }),
    trainLinkModel(deps(), { by: 'clerk:C-08', sample: 200 }),
  ])

  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused).toMatchObject([{ reason: { code: 'link.training' } }])
})

const cli = fileURLToPath(new URL('../../gateway/cli.ts', import.meta.url))

function run(...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...linked.house.environment },
  })
  const output: string[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')))
  const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, text: output.join('') }))
  })
  return { child, ended }
}

test('a killed `guiyi link train` leaves nothing half', async () => {
  const before = await listLinkModels(deps())
  const held = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const holding = other.begin(async (tx) => {
    await tx`lock table link_models in share mode`
    begun.resolve()
    await held.promise
  })
  await begun.promise
  const { child, ended } = run('link', 'train', '--sample', '200')
  await vi.waitUntil(
    async () => {
      const rows = await other`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into link_models%'`
      return rows.length > 0
    },
    { timeout: 60_000, interval: 20 },
  )

  child.kill('SIGKILL')
  await ended
  held.resolve()
  await holding

  await until('its connection is gone', async () => {
    const rows = await other`
      select 1 from pg_stat_activity where datname = current_database() and query like '%insert into link_models%' and pid <> pg_backend_pid() and state <> 'idle'`
    return rows.length === 0
  })
  expect(await listLinkModels(deps())).toEqual(before)
  await other`update leases set expires_at = now() - interval '1 second' where name = 'link-training'`
})

test('`guiyi link` trains, uses, lists, evaluates and explains', async () => {
  const training = await run('link', 'train', '--sample', '200', '--use', '--by', 'C-07', '--json').ended
  const { version } = JSON.parse(
    training.text.split('\n').findLast((line) => line.startsWith('{')) ?? '{}',
  ) as {
    version: string
  }
  const models = await run('link', 'models').ended
  const explained = await run('link', 'explain', `hotline-a/${linked.sent[1]}`, '--lang', 'zh').ended
  const evaluated = await run('link', 'eval', '--model', version).ended
  const wrong = await run('link', 'use', 'trained-nothing').ended
  const back = await run('link', 'use', 'shipped').ended

  expect(training).toMatchObject({ code: 0 })
  expect(models.text).toMatch(new RegExp(`${version}.*in use`))
  expect(explained.text).toMatch(/because .*\+\d/)
  expect(evaluated.text).toContain('No clerk has answered yet')
  expect(back.text).toContain(`${shippedModel().version} is in use`)
  expect(wrong).toMatchObject({ code: 1, text: expect.stringContaining('guiyi link models') })
}, 180_000)

test('admins train, use and list over the API, and read a report’s matches in words', async () => {
  const made = await linked.house.admin('/link/models/train', { by: 'C-07', sample: 200 })
  const { version } = (await made.json()) as { version: string }
  const used = await linked.house.admin('/link/models/use', { by: 'C-07', version })
  const listed = (await (await linked.house.admin('/link/models')).json()) as {
    items: { version: string; inUse: boolean }[]
  }
  const matches = (await (
    await linked.house.admin(`/reports/${await linked.reportOf(linked.sent[1] ?? '')}/matches`)
  ).json()) as {
    candidates: { parts: { words: { zh: string; en: string } }[] }[]
  }
  const figures = await linked.house.admin('/link/evaluation?model=shipped')
  const back = await linked.house.admin('/link/models/use', { by: 'C-07', version: 'shipped' })

  expect([made.status, used.status, figures.status, back.status]).toEqual([201, 200, 200, 200])
  expect(listed.items.find(({ inUse }) => inUse)?.version).toBe(version)
  expect(matches.candidates[0]?.parts[0]?.words.zh).toMatch(/[+−]?\d+\.\d$/)
  expect((await linked.house.admin('/link/models/use', { by: 'C-07', version: 'nothing' })).status).toBe(404)
})

test('pairs are read by indexes alone, so that their cost does not grow with what is stored', async () => {
  const plan = async (query: string, values: readonly unknown[]) => {
    const rows = await other.begin(async (tx) => {
      await tx`set local enable_seqscan = off`
      await tx`set local enable_bitmapscan = off`
      await tx`set local enable_sort = off`
      return await tx.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`, values as never)
    })
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }

  const wanted = [{ n: 0, kind: 'text', key: 'x', at: new Date(), report_id: deps().newId() }]
  const stretch = await plan(stretchOfReports, ['00000000-0000-0000-0000-000000000000'])
  const under = await plan(reportsUnderKeys, [JSON.stringify(wanted)])

  expect(stretch).toContain('reports_pkey')
  expect(under).toContain('link_keys_newest')
  expect(under).not.toContain('Seq Scan')
})

test('a sample is spread over all that is stored, each report once', async () => {
  const { reports, candidates, random } = await samplePairs(deps(), {
    sample: 10_000,
    compare: comparePair,
    onStep: async () => undefined,
  })

  expect(reports).toBe(linked.sent.length)
  expect(candidates.told.pairs).toBeGreaterThan(0)
  expect(random.told.pairs).toBeGreaterThan(0)
})
