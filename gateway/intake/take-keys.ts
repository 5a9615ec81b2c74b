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

interface KeyRow {
  readonly channel_id: string
  readonly key: string
  readonly receipt_id: string
}

/** One row for each key of the batch: of two payloads with one key the first has it. */
export function replayRows(incoming: readonly Incoming[]): KeyRow[] {
  const rows = new Map<string, KeyRow & { readonly expires_at: Date }>()
  for (const { channel, replay, receiptId } of incoming) {
    if (replay === undefined) continue
    const name = keyOf(channel.id, replay.key)
    if (!rows.has(name))
      rows.set(name, {
        channel_id: channel.id,
        key: replay.key,
        receipt_id: receiptId,
        expires_at: replay.expiresAt,
      })
  }
  return [...rows.values()]
}

/** As `replayRows`. */
export function idempotencyRows(incoming: readonly Incoming[], now: Date): KeyRow[] {
  const expiresAt = new Date(now.getTime() + idempotencyDays * 86_400_000)
  const rows = new Map<string, KeyRow & { readonly fingerprint: string; readonly expires_at: Date }>()
  for (const { channel, idempotency, receiptId } of incoming) {
    if (idempotency === undefined) continue
    const name = keyOf(channel.id, idempotency.key)
    if (!rows.has(name))
      rows.set(name, {
        channel_id: channel.id,
        key: idempotency.key,
        fingerprint: idempotency.fingerprint,
        receipt_id: receiptId,
        expires_at: expiresAt,
      })
  }
  return [...rows.values()]
}

/** Takes the keys of each payload; answers with what is refused, by receipt id. */
export async function takeKeys(
  tx: Tx,
  deps: Deps,
  incoming: readonly Incoming[],
): Promise<Map<string, Refusal>> {
  const refused = new Map<string, Refusal>()
  const free = await statements.insertReplayKeys(tx, replayRows(incoming))
  for (const item of incoming)
    if (item.replay !== undefined && !free.has(item.receiptId))
      refused.set(item.receiptId, { kind: 'replayed' })

  const others = incoming.filter((item) => !refused.has(item.receiptId))
  const taken = await statements.insertIdempotencyKeys(tx, idempotencyRows(others, deps.now()))
  const owners = new Map(taken.map((row) => [keyOf(row.channel_id, row.key), row]))
  for (const item of others) {
    if (item.idempotency === undefined) continue
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
