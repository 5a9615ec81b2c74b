/** Feeds reports through the real intake and the real linking, on a real database, by a clock that shows their own times. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { stringify } from 'yaml'
import { readConfig } from '../../../gateway/config/config.ts'
import type { Deps } from '../../../gateway/deps.ts'
import { createIntake } from '../../../gateway/intake/receive.ts'
import { startLinking } from '../../../gateway/linking/stage.ts'
import { putToUse, storeLinkModel } from '../../../gateway/linking/model/stored-models.ts'
import type { TrainedTables } from '../../../gateway/linking/model/link-model.ts'
import { openDeps } from '../../../gateway/main.ts'
import { startEmbeddedPostgres } from '../../../gateway/store/embedded-postgres.ts'
import type { Entry } from './entries.ts'
import type { LinkDecision } from './scores.ts'

const atOnce = 50
const toldEach = 1_000

const channelOf = (name: string): object => ({
  channel: `eval-${name}`,
  platform: 'standard',
  name: { zh: `评测：${name}`, en: `Measured: ${name}` },
  state: 'live',
  feeds: {
    push: {
      fields: {
        category: 'category',
        'reporter.siteUser.site': { value: 'eval', when: 'has(record.user)' },
        'reporter.siteUser.id': 'user',
      },
    },
  },
  reverse: { manual: true },
})

export interface RunOptions {
  /** Linked with these tables instead of the shipped ones. */
  readonly tables?: TrainedTables | undefined
  /** A clerk who answers what waits after each part. */
  readonly clerk?: ((deps: Deps) => Promise<void>) | undefined
  /** Told now and then. */
  readonly progress?: (line: string) => void
}

/** What the gateway came to for each entry, in the order in which they were fed. */
export async function linkEntries(
  entries: readonly Entry[],
  options: RunOptions = {},
): Promise<LinkDecision[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guiyi-eval-'))
  const database = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined })
  try {
    await commitLazily(database.url)
    mkdirSync(join(folder, 'channels'))
    for (const name of new Set(entries.map(({ channel }) => channel)))
      writeFileSync(join(folder, 'channels', `eval-${name}.yaml`), stringify(channelOf(name)))
    const config = readConfig({
      DATABASE_URL: database.url,
      GUIYI_VAR: folder,
      GUIYI_CHANNELS: join(folder, 'channels'),
      GUIYI_MASTER_KEY: randomBytes(32).toString('base64'),
      GUIYI_LOG_LEVEL: 'error',
    })
    const opened = await openDeps(config, { takeFiles: true })
    try {
      if (options.tables !== undefined) await useTables(opened.deps, options.tables)
      return await feed(opened.deps, entries, { ...options, casePrefix: config.casePrefix })
    } finally {
      await opened.close()
    }
  } finally {
    // The data may lie elsewhere, where its server's user may read it; here is a link then.
    const data = realpathSync(join(folder, 'postgres'))
    await database.stop()
    rmSync(data, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The database is thrown away afterwards: no commit waits for the disk. */
async function commitLazily(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await sql.unsafe(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`)
  await sql.end()
}

async function useTables(deps: Deps, tables: TrainedTables): Promise<void> {
  const version = 'eval'
  const by = 'eval'
  await deps.db.transaction(async (tx) =>
    storeLinkModel(tx, { version, tables, figures: {}, author: by, note: '', at: deps.now() }),
  )
  await putToUse(deps, { version, by })
}

/** A part at a time, each linked before the clock goes on: what happens within an hour happens within its hour. */
async function feed(
  deps: Deps,
  entries: readonly Entry[],
  { casePrefix, clerk, progress }: RunOptions & { readonly casePrefix: string },
): Promise<LinkDecision[]> {
  const clock = { now: entries[0]?.at ?? new Date(0) }
  const timed: Deps = { ...deps, now: () => clock.now }
  const intake = createIntake(timed)
  const linking = startLinking(timed, { casePrefix })
  try {
    const ordered = distinctTimes(entries)
    for (let from = 0; from < ordered.length; from += atOnce) {
      const part = ordered.slice(from, from + atOnce)
      clock.now = part.at(-1)?.receivedAt ?? clock.now
      await Promise.all(part.map((entry) => push(timed, intake, entry)))
      await linked(deps)
      await clerk?.(timed)
      const done = from + part.length
      if (done === ordered.length || done % toldEach === 0) progress?.(`linked ${done} of ${ordered.length}`)
    }
  } finally {
    await intake.drain()
    await linking.stop()
  }
  return await readDecisions(deps, entries)
}

interface Timed extends Entry {
  readonly receivedAt: Date
}

/** Reports of one second follow each other by a millisecond. */
function distinctTimes(entries: readonly Entry[]): Timed[] {
  let last = Number.NEGATIVE_INFINITY
  return entries.map((entry) => {
    last = Math.max(last + 1, entry.at.getTime())
    return { ...entry, receivedAt: new Date(last) }
  })
}

async function push(
  deps: Deps,
  intake: ReturnType<typeof createIntake>,
  { id, channel, at, record, receivedAt }: Timed,
): Promise<void> {
  const live = deps.catalog.channel(`eval-${channel}`)
  const pushed = live.feeds.get('push')
  if (pushed === undefined) throw new Error('The platform "standard" has no feed "push".')
  const bytes = Buffer.from(JSON.stringify({ externalId: id, submittedAt: at.toISOString(), ...record }))
  const headers = { 'content-type': 'application/json' }
  const stored = await intake.receive({
    channel: live,
    feed: pushed,
    payload: { bytes, headers, method: 'POST', url: '/', receivedAt },
    principal: { name: 'eval' },
  })
  const [first] = stored.results
  if (first?.end !== 'report')
    throw new Error(`Report ${id} was not taken as a report: ${JSON.stringify(first)}`)
}

/** Looks again whenever the linker says that it wrote a batch. */
async function linked(deps: Deps): Promise<void> {
  let wrote = Promise.withResolvers<void>()
  const off = deps.signals.on('fan-out', () => wrote.resolve())
  try {
    for (;;) {
      // Before the look: what is written after it is not missed.
      wrote = Promise.withResolvers<void>()
      const [row] = await deps.db.sql<{ waits: boolean }[]>`
        select exists (select 1 from reports where case_id is null and linked_at is null) as waits`
      if (row?.waits !== true) return
      await wrote.promise
    }
  } finally {
    off()
  }
}

/** A case is named by its chain: what came after it was closed belongs to it. */
async function readDecisions(deps: Deps, entries: readonly Entry[]): Promise<LinkDecision[]> {
  const rows = await deps.db.sql<
    { channel_id: string; external_id: string; chain: string; review: string[] }[]
  >`
    select p.channel_id, p.external_id, c.chain_id as chain,
      array(select o.chain_id from matches m join cases o on o.id = m.case_id where m.report_id = p.id and m.decision = 'review'
        order by m.probability desc, m.id) as review
    from reports p join cases c on c.id = p.case_id`
  const byName = new Map(rows.map((row) => [`${row.channel_id}/${row.external_id}`, row]))
  return entries.map(({ id, channel }) => {
    const row = byName.get(`eval-${channel}/${id}`)
    if (row === undefined) throw new Error(`Report ${id} has no case.`)
    return { id, case: row.chain, review: row.review }
  })
}
