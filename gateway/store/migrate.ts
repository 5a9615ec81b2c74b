import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import postgres from 'postgres'

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
/** Any constant: processes that start together take turns. */
const migrationLock = 7_240_148

/** Brings the database at `url` to the newest tables. Safe to run from several processes at once. */
export async function migrate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await sql`select pg_advisory_lock(${migrationLock})`
    await runMissing(sql)
    await ensurePartitions(sql, new Date())
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/**
 * drizzle's files and its table of what was run, without its driver: loading that takes a second of CPU and 250 MB (each of its
 * 121 modules makes Node read a package.json of 179 KB), at every start.
 */
async function runMissing(sql: postgres.Sql): Promise<void> {
  await sql`create schema if not exists drizzle`
  await sql`create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`
  const [last] = await sql<{ created_at: string }[]>`
    select created_at from drizzle.__drizzle_migrations order by created_at desc limit 1`
  const missing = readMigrationFiles({ migrationsFolder }).filter(
    ({ folderMillis }) => last === undefined || Number(last.created_at) < folderMillis,
  )
  if (missing.length === 0) return
  await sql.begin(async (tx) => {
    for (const { sql: statements, hash, folderMillis } of missing) {
      for (const statement of statements) await tx.unsafe(statement)
      await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`
    }
  })
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
