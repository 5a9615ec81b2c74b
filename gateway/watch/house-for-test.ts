/** A database with channels and records of the test's own making, and watches on it whose clock the test sets. */
import { createTestDatabase } from '../../tests/support/database.ts'
import { openDatabase, type Database } from '../store/client.ts'
import { newId } from '../store/ids.ts'
import { createLogger } from '../telemetry/logger.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { createCalendar } from './calendar.ts'
import { createWatch } from './stage.ts'
import { hourMs } from './traffic.ts'

export interface WatchHouse {
  readonly db: Database
  readonly metrics: Metrics
  /** Log lines so far. */
  readonly log: { readonly [field: string]: unknown }[]
  now: Date
  /** A gateway of its own: `pass` looks until nothing is left to do at this time. */
  gateway(holder: string): { pass(): Promise<void>; release(): Promise<void> }
  channel(
    id: string,
    more?: { state?: string; platform?: string; file?: object; liveAt?: Date },
  ): Promise<void>
  /** One record at each time; `end` is report where missing. */
  records(channel: string, times: readonly Date[], end?: string): Promise<void>
  /** A report in a case, and the record that brought it. */
  report(channel: string, at: Date, caseId: string): Promise<void>
  close(): Promise<void>
}

/** A time in Asia/Shanghai. */
export const at = (text: string): Date => new Date(`${text}+08:00`)

const calendar = createCalendar()

/** Each office hour of working days, from one time to another. */
export function officeHours(from: Date, to: Date): Date[] {
  const times: Date[] = []
  for (let ms = from.getTime(); ms <= to.getTime(); ms += hourMs) {
    const hour = ((ms + 8 * hourMs) / hourMs) % 24
    if (calendar.isWorkingDay(new Date(ms)) && hour >= 9 && hour < 18) times.push(new Date(ms))
  }
  return times
}

async function insertRecords(db: Database, rows: readonly object[]): Promise<void> {
  await db.sql`
    insert into records (id, receipt_id, index, position, channel_id, feed, "end", report_id, created_at)
    select id, gen_random_uuid(), 0, '0', channel_id, 'push', "end", report_id, created_at
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, channel_id text, "end" text, report_id uuid, created_at timestamptz)`
}

async function insertReport(
  db: Database,
  row: { id: string; channel: string; at: Date; caseId: string },
): Promise<void> {
  await db.sql`
    insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id)
    values (${row.id}, ${row.channel}, ${row.id}, 'push', 10, 1, '', '{}', '{}', false, ${row.at}, ${row.at}, ${row.caseId})`
}

async function insertChannel(
  db: Database,
  id: string,
  more: Parameters<WatchHouse['channel']>[1] = {},
): Promise<void> {
  const { state = 'live', platform = 'test', file = {}, liveAt } = more
  await db.sql`
    insert into channels (id, platform, state, file, mapping_version, updated_at)
    values (${id}, ${platform}, ${state}, ${db.sql.json({ name: { zh: `渠道${id}` }, ...file })}, 'v', now())`
  if (liveAt !== undefined)
    await db.sql`
      insert into channel_versions (channel_id, number, text, mapping_version, state, origin, author, note, published_at)
      values (${id}, 1, '', 'v', ${state}, 'file', 'test', '', ${liveAt})`
}

export async function openWatchHouse(now: Date): Promise<WatchHouse> {
  const database = await createTestDatabase()
  const db = openDatabase({ url: database.url, maxConnections: 4 })
  const log: WatchHouse['log'] = []
  const logger = createLogger({
    level: 'info',
    destination: {
      write: (line: string) => void log.push(JSON.parse(line) as object as (typeof log)[number]),
    },
  })
  const metrics = createMetrics()
  const house: WatchHouse = {
    db,
    metrics,
    log,
    now,
    gateway: (holder) => {
      const deps = {
        db,
        metrics,
        log: logger,
        now: () => house.now,
        newId: () => newId(),
        leaseMs: 30_000,
        holder,
      }
      const watch = createWatch(deps, calendar)
      return {
        pass: async () => {
          while ((await watch.pass()).more);
        },
        release: () => watch.release(),
      }
    },
    channel: (id, more) => insertChannel(db, id, more),
    records: (channel, times, end = 'report') =>
      insertRecords(
        db,
        times.map((time) => ({ id: newId(), channel_id: channel, end, created_at: time })),
      ),
    report: async (channel, time, caseId) => {
      const id = newId()
      await insertReport(db, { id, channel, at: time, caseId })
      await insertRecords(db, [
        { id: newId(), channel_id: channel, end: 'report', report_id: id, created_at: time },
      ])
    },
    close: async () => {
      await db.close()
      await database.drop()
    },
  }
  return house
}
