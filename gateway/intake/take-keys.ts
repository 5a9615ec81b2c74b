/** Replay and idempotency keys, taken in the receipt's own transaction. */
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { keyOf } from './entry.ts'
import type { Incoming } from './prepare.ts'
import * as statements from './write-sql.ts'

const idempotencyDays = 7

/** Why a payload is not stored. */
export type Refusal =
  | { readonly kind: 'replayed' }
  | { readonly kind: 'repeated-key'; readonly receiptId: string }
  | { readonly kind: 'mismatched-key' }
  | { readonly kind: 'poll-lost' }

/** Takes the keys of each payload; answers with what is refused, by receipt id. */
export async function takeKeys(
  tx: Tx,
  deps: Deps,
  incoming: readonly Incoming[],
): Promise<Map<string, Refusal>> {
  const refused = new Map<string, Refusal>()
  const replays = new Map<string, object>()
  for (const item of incoming) {
    if (item.replay === undefined) continue
    const key = keyOf(item.channel.id, item.replay.key)
    if (replays.has(key)) refused.set(item.receiptId, { kind: 'replayed' })
    else
      replays.set(key, {
        channel_id: item.channel.id,
        key: item.replay.key,
        receipt_id: item.receiptId,
        expires_at: item.replay.expiresAt,
      })
  }
  const free = await statements.insertReplayKeys(tx, [...replays.values()])
  for (const item of incoming)
    if (item.replay !== undefined && !free.has(item.receiptId))
      refused.set(item.receiptId, { kind: 'replayed' })

  const expiresAt = new Date(deps.now().getTime() + idempotencyDays * 86_400_000)
  const keys = new Map<string, object>()
  for (const item of incoming) {
    if (item.idempotency === undefined || refused.has(item.receiptId)) continue
    const { key, fingerprint } = item.idempotency
    const name = keyOf(item.channel.id, key)
    if (!keys.has(name))
      keys.set(name, {
        channel_id: item.channel.id,
        key,
        fingerprint,
        receipt_id: item.receiptId,
        expires_at: expiresAt,
      })
  }
  const owners = new Map(
    (await statements.insertIdempotencyKeys(tx, [...keys.values()])).map((row) => [
      keyOf(row.channel_id, row.key),
      row,
    ]),
  )
  for (const item of incoming) {
    if (item.idempotency === undefined || refused.has(item.receiptId)) continue
    const owner = owners.get(keyOf(item.channel.id, item.idempotency.key))
    if (owner === undefined || owner.receipt_id === item.receiptId) continue
    refused.set(
      item.receiptId,
      owner.fingerprint === item.idempotency.fingerprint
        ? { kind: 'repeated-key', receiptId: owner.receipt_id }
        : { kind: 'mismatched-key' },
    )
  }
  return refused
}
