/** The next records of a replay that came in one receipt, and the receipt. */
import type { RecordEnd } from '../../../schemas/receipt.ts'
import type { Deps } from '../../deps.ts'
import type { Sql } from '../../store/client.ts'
import { storedReceiptColumns, type StoredReceipt } from '../../store/stored-receipts.ts'
import { standsForTheRest } from './work.ts'

/** A receipt with more of them is decoded once for each so many. */
const itemsAtOnce = 500

/** Items that wait, in received order. Served by replay_items_waiting. */
export const nextItems = `
  select i.position, i.receipt_id, r.index, r."end", r.identity from replay_items i left join records r on r.id = i.record_id
  where i.replay_id = $1 and i.outcome is null order by i.position limit ${itemsAtOnce}`

/** Replays that run: the oldest of each channel. Served by replays_running. */
export const nextReplays = `
  select distinct on (channel_id) id, channel_id, reason from replays where state = 'running' order by channel_id, created_at, id`

interface ItemRow {
  readonly position: number
  readonly receipt_id: string
  readonly index: number | null
  readonly end: RecordEnd | null
  readonly identity: string | null
}

export interface NextGroup {
  readonly receiptId: string
  readonly positions: readonly number[]
  /** Places in the payload. */
  readonly wanted: ReadonlySet<number>
  /** One of them may stand for more than itself. */
  readonly toTheEnd: boolean
}

/** The next of them, a group for each receipt; none where nothing waits. */
export async function nextGroups(sql: Sql, replayId: string): Promise<NextGroup[]> {
  const rows = await sql.unsafe<ItemRow[]>(nextItems, [replayId], { prepare: true })
  return [...Map.groupBy(rows, (row) => row.receipt_id)].map(([receiptId, own]) => ({
    receiptId,
    positions: own.map(({ position }) => position),
    wanted: new Set(own.flatMap(({ index }) => index ?? [])),
    toTheEnd: own.some(({ end, identity }) => end !== null && standsForTheRest({ end, identity })),
  }))
}

/** By primary keys. */
const receiptsById = `
  select ${storedReceiptColumns} from receipts r join receipt_bodies b on b.receipt_id = r.id and b.received_at = r.received_at where r.id = any($1::uuid[])`

/** Receipts with their sealed bytes, by id; without those of which something is gone. */
export async function readReceipts(
  deps: Pick<Deps, 'db'>,
  ids: readonly string[],
): Promise<Map<string, StoredReceipt>> {
  const rows = await deps.db.sql.unsafe<StoredReceipt[]>(receiptsById, [ids as never], { prepare: true })
  return new Map(rows.map((row) => [row.id, row]))
}
