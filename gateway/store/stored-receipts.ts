/** Receipts as they are stored, opened again as the payloads that came in. */
import type { RawPayload } from '../../adapters/adapter.ts'
import type { Envelope } from './envelope.ts'

/** A receipt with its sealed bytes. */
export interface StoredReceipt {
  readonly id: string
  readonly channel_id: string
  readonly feed: string
  readonly received_at: Date
  readonly principal: string
  readonly content_type: string | null
  readonly method: string
  readonly data_key: Uint8Array | null
  readonly body: Uint8Array
}

/** Its columns, over `receipts r` joined with `receipt_bodies b`. */
export const storedReceiptColumns =
  'r.id, r.channel_id, r.feed, r.received_at, r.principal, r.content_type, r.method, b.data_key, b.body'

/** Of the headers only the media type was kept: it is all that decoding needs. Throws where the bytes were erased. */
export const payloadOf = (envelope: Envelope, row: StoredReceipt): RawPayload => ({
  bytes: envelope.open({ dataKey: row.data_key, body: row.body }),
  headers: row.content_type === null ? {} : { 'content-type': row.content_type },
  method: row.method,
  url: '',
  receivedAt: row.received_at,
})
