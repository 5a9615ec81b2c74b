/** Looks at start whether this database is the one it is taken for. */
import { ConfigurationError } from '../config/config.ts'
import type { Database } from './client.ts'

/** The first gateway writes its master key's id down; one that comes with another key is refused. Throws ConfigurationError. */
export async function checkMasterKey(db: Database, keyId: string): Promise<void> {
  await db.sql`insert into facts (name, value) values ('master-key', ${keyId}) on conflict do nothing`
  const [row] = await db.sql<{ value: string }[]>`select value from facts where name = 'master-key'`
  if (row === undefined || row.value === keyId) return
  throw new ConfigurationError(
    'GUIYI_MASTER_KEY',
    `is key ${keyId}, but this database is sealed under key ${row.value}. Nothing could be read with it, and persons would no longer be matched. Give the gateway the key that belongs to this database.`,
  )
}

/**
 * A dump that was restored into another cluster brings transaction ids that this cluster has not reached: its events would
 * stay hidden from every reader. They become the oldest there are; readers begin again, which is harmless. Answers with how many.
 */
export async function mendRestoredCursors(db: Database): Promise<number> {
  const events =
    await db.sql`update case_events set xid = '0' where xid >= pg_snapshot_xmax(pg_current_snapshot())`
  const deliveries =
    await db.sql`update deliveries set xid = '0' where xid >= pg_snapshot_xmax(pg_current_snapshot())`
  return events.count + deliveries.count
}
