import type { Envelope } from '../store/envelope.ts'
import type { DeliveryContent } from './plan.ts'

/** Seals what is sent, so that every try sends the same. Columns as base64, for a JSON row. */
export function sealContent(
  envelope: Envelope,
  content: DeliveryContent | null,
): { data_key: string | null; body: string | null } {
  if (content === null) return { data_key: null, body: null }
  const sealed = envelope.seal(Buffer.from(JSON.stringify(content)))
  return {
    data_key: Buffer.from(sealed.dataKey).toString('base64'),
    body: Buffer.from(sealed.body).toString('base64'),
  }
}

/** Throws where it was erased or sealed under another master key. */
export function openContent(
  envelope: Envelope,
  sealed: { data_key: Uint8Array | null; body: Uint8Array | null },
): DeliveryContent {
  if (sealed.body === null) throw new Error('This delivery has no content.')
  return JSON.parse(
    envelope.open({ dataKey: sealed.data_key, body: sealed.body }).toString(),
  ) as DeliveryContent
}
