/** Receipts that were committed but not worked: a process was killed in between. They are worked from their stored bytes. */
import { finishReceipt } from './write.ts'
import { prepare, type Incoming } from './prepare.ts'
import type { Deps } from '../deps.ts'
import { payloadOf, type StoredReceipt } from '../store/stored-receipts.ts'
import { errorFields } from '../telemetry/logger.ts'

/** Takes the next receipt older than `olderThanMs`, counting the try. Served by receipts_unworked. */
export const nextStoredReceipt = `
  update receipts p set tries = tries + 1 from (
    select id from receipts where state = 'stored' and received_at < $1 and tries < 5 order by received_at limit 1 for update skip locked
  ) t, receipt_bodies b
  where p.id = t.id and b.receipt_id = p.id and b.received_at = p.received_at
  returning p.id, p.channel_id, p.feed, p.received_at, p.principal, p.content_type, p.method, b.data_key, b.body`

/** A stored receipt as it came in; null where its channel or feed is not in the catalog any more. Throws where it was erased. */
export function incomingOf(deps: Pick<Deps, 'catalog' | 'envelope'>, row: StoredReceipt): Incoming | null {
  const channel = deps.catalog.find(row.channel_id)
  const feed = channel?.feeds.get(row.feed)
  if (channel === undefined || feed === undefined) return null
  return {
    receiptId: row.id,
    channel,
    feed,
    payload: payloadOf(deps.envelope, row),
    principal: row.principal,
    replay: undefined,
    idempotency: undefined,
    poll: undefined,
  }
}

/** One receipt a pass. */
export async function recoverPass(deps: Deps, olderThanMs: number): Promise<{ more: boolean }> {
  const before = new Date(deps.now().getTime() - olderThanMs)
  const [row] = await deps.db.sql.unsafe<StoredReceipt[]>(nextStoredReceipt, [before])
  if (row === undefined) return { more: false }
  const incoming = incomingOf(deps, row)
  if (incoming === null) {
    deps.log.error({
      event: 'intake.orphan',
      receipt: row.id,
      channel: row.channel_id,
      feed: row.feed,
      reason: 'its channel or feed is not in the catalog any more',
    })
    return { more: true }
  }
  try {
    await finishReceipt(deps, await prepare(incoming, deps))
    deps.signals.wake('linking')
    deps.log.warn({ event: 'intake.recovered', receipt: row.id, channel: row.channel_id })
  } catch (cause) {
    deps.log.error({
      event: 'intake.recovery-failed',
      receipt: row.id,
      channel: row.channel_id,
      ...errorFields(cause),
    })
  }
  return { more: true }
}
