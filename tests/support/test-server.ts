import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { startEmbeddedPostgres } from '../../gateway/store/embedded-postgres.ts'
import { migrate } from '../../gateway/store/migrate.ts'

/** A PostgreSQL for tests and benches. `url` may create databases; `template` is a migrated, empty database to clone. */
export type TestServer = { url: string; template: string }

const storeFolder = join(import.meta.dirname, '../../gateway/store')
const dataDir = join(import.meta.dirname, '../../var/test-postgres')
// The connection that prepares the template holds this lock, so that runs side by side prepare it once.
const templateLock = 7_415_001

/**
 * The server named by DATABASE_URL, else an embedded one under var/test-postgres, with the template database ready.
 * Call `stop` at the end.
 */
export async function startTestServer(): Promise<TestServer & { stop: () => Promise<void> }> {
  const given = process.env['DATABASE_URL']
  if (given) return { ...(await prepare(given)), stop: async () => {} }
  const server = await startOwn()
  if (server.startedHere) await dropLeftovers(server.url)
  return { ...(await prepare(server.url)), stop: server.stop }
}

async function startOwn() {
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '300',
  }
  const options = { dataDir, log: (message: string) => console.log(message), settings }
  try {
    return await startEmbeddedPostgres(options)
  } catch (error) {
    // Without fsync a killed machine may leave a damaged cluster; it holds nothing worth keeping.
    console.log(`${String(error)}\nTrying once more with an empty folder.`)
    rmSync(realpathSync(dataDir), { recursive: true, force: true })
    rmSync(dataDir, { recursive: true, force: true })
    return startEmbeddedPostgres(options)
  }
}

/** A database of its own, cloned from the template in about 0.1 s. */
export async function cloneDatabase({
  url,
  template,
}: TestServer): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `guiyi_test_${randomBytes(8).toString('hex')}`
  await onServer(url, (sql) => sql.unsafe(`create database ${name} template ${template}`))
  return {
    url: withDatabase(url, name),
    drop: () =>
      onServer(url, async (sql) => void (await sql.unsafe(`drop database if exists ${name} with (force)`))),
  }
}

/** The template's name tells what it was made from, so a changed migration never meets an old template. Partitions are made by date. */
async function prepare(url: string): Promise<TestServer> {
  const template = `guiyi_template_${migrationsHash()}`
  await onServer(url, async (sql) => {
    await sql`select pg_advisory_lock(${templateLock})`
    const found = await sql`select 1 from pg_database where datname = ${template}`
    if (found.length > 0) return
    const draft = `${template}_draft`
    await sql.unsafe(`drop database if exists ${draft} with (force)`)
    await sql.unsafe(`create database ${draft} template template0 encoding 'UTF8'`)
    await migrate(withDatabase(url, draft))
    await sql.unsafe(`alter database ${draft} with allow_connections false`)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${draft}`
    await sql.unsafe(`alter database ${draft} rename to ${template}`)
  })
  return { url, template }
}

function migrationsHash(): string {
  const hash = createHash('sha256').update(new Date().toISOString().slice(0, 10))
  const files = readdirSync(join(storeFolder, 'migrations'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  )
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted()
  for (const path of [...paths, join(storeFolder, 'migrate.ts')]) hash.update(path).update(readFileSync(path))
  return hash.digest('hex').slice(0, 12)
}

/** Databases made before this server started: left by runs that were killed. A run that attached since keeps its own. */
async function dropLeftovers(url: string): Promise<void> {
  await onServer(url, async (sql) => {
    const left = await sql<{ datname: string }[]>`
      select datname from pg_database
      where datname ~ '^guiyi_(test|template)_'
        and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < pg_postmaster_start_time()`
    for (const { datname } of left) await sql.unsafe(`drop database if exists ${datname} with (force)`)
  })
}

async function onServer<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
