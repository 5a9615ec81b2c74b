import { fileURLToPath } from 'node:url'
import postgres from 'postgres'

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
/** Any constant: processes that start together take turns. */
const migrationLock = 7_240_148

/** Brings the database at `url` to the newest tables. Safe to run from several processes at once. */
export async function migrate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    // Loaded here: it is a third of what a command needs to start, and only this needs it.
    const [{ drizzle }, { migrate: runMigrations }] = await Promise.all([
      import('drizzle-orm/postgres-js'),
      import('drizzle-orm/postgres-js/migrator'),
    ])
    await sql`select pg_advisory_lock(${migrationLock})`
    await runMigrations(drizzle(sql), { migrationsFolder })
    await ensurePartitions(sql, new Date())
  } finally {
    await sql.end({ timeout: 5 })
  }
}

const partitioned = ['receipt_bodies', 'report_versions'] as const

/** Makes this month's and the next two months' partitions; rows of other months lie in `_rest`. */
export async function ensurePartitions(sql: postgres.Sql, now: Date): Promise<void> {
  for (const table of partitioned) {
    for (const ahead of [0, 1, 2]) {
      const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1))
      const to = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1, 1))
      const name = `${table}_${from.toISOString().slice(0, 7).replace('-', '_')}`
      const [known] = await sql`select to_regclass(${name}) is not null as known`
      if (known?.['known'] === true) continue
      await sql.unsafe(
        `create table if not exists ${name} partition of ${table} for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
      )
      await sql.unsafe(`alter table ${name} alter column body set storage external`)
    }
  }
}
