/** Which stored receipts a trial runs over. */
import type { Deps } from '../../deps.ts'
import { storedReceiptColumns, type StoredReceipt } from '../../store/stored-receipts.ts'

export type Selection = 'latest' | 'random' | 'quarantined'
export const selections: readonly Selection[] = ['latest', 'random', 'quarantined']

/** Served by receipts_channel_received. */
export const latestReceipts = `
  select id from receipts where channel_id = $1 order by received_at desc limit $2`
/** Reads the channel's ids, not its bodies: a million take a second. */
export const randomReceipts = `
  select id from receipts where channel_id = $1 order by random() limit $2`
/** Served by records_quarantined. */
export const quarantinedReceipts = `
  select receipt_id as id from records where channel_id = $1 and "end" = 'quarantined' group by receipt_id order by max(created_at) desc limit $2`

const statements: { readonly [selection in Selection]: string } = {
  latest: latestReceipts,
  random: randomReceipts,
  quarantined: quarantinedReceipts,
}

export async function selectReceipts(
  { db }: Pick<Deps, 'db'>,
  { channel, selection, count }: { channel: string; selection: Selection; count: number },
): Promise<string[]> {
  const rows = await db.sql.unsafe<{ id: string }[]>(statements[selection], [channel, count])
  return rows.map(({ id }) => id)
}

/** By primary key of both tables. */
export async function readStoredReceipts(
  { db }: Pick<Deps, 'db'>,
  ids: readonly string[],
): Promise<StoredReceipt[]> {
  return await db.sql.unsafe<StoredReceipt[]>(
    `select ${storedReceiptColumns} from receipts r join receipt_bodies b on b.receipt_id = r.id and b.received_at = r.received_at where r.id = any($1)`,
    [ids as never],
  )
}
