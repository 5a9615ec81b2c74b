/** Both services must have kept the same of one order, or comparing their speed says nothing. */
import { deepStrictEqual } from 'node:assert'
import postgres from 'postgres'
import type { Envelope } from '../../../gateway/store/envelope.ts'

interface Kept {
  readonly working: unknown
  readonly person_keys: string[]
  readonly confidential: boolean
  readonly submitted_at: Date
  readonly bytes: number
  readonly sha256: string
  readonly counts: unknown
  readonly principal: string
  readonly receipt_key: Uint8Array
  readonly receipt_body: Uint8Array
  readonly version_key: Uint8Array
  readonly version_body: Uint8Array
  readonly end: string
}

async function keptOf(url: string, externalId: string, envelope: Envelope): Promise<object> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    const [row] = await sql<Kept[]>`
      select p.working, p.person_keys, p.confidential, p.submitted_at, t.bytes, t.sha256, t.counts, t.principal, r."end",
        b.data_key as receipt_key, b.body as receipt_body, v.data_key as version_key, v.body as version_body
      from reports p join records r on r.report_id = p.id join receipts t on t.id = r.receipt_id join receipt_bodies b on b.receipt_id = t.id
        join report_versions v on v.report_id = p.id join replay_keys k on k.receipt_id = t.id
      where p.external_id = ${externalId}`
    if (row === undefined) throw new Error(`Order ${externalId} was not kept.`)
    const { receipt_key, receipt_body, version_key, version_body, ...plain } = row
    return {
      ...plain,
      payload: envelope.open({ dataKey: receipt_key, body: receipt_body }).toString('utf8'),
      content: JSON.parse(
        envelope.open({ dataKey: version_key, body: version_body }).toString('utf8'),
      ) as unknown,
    }
  } finally {
    await sql.end()
  }
}

/** Throws, with the difference, where the two databases do not hold the same of the order. */
export async function compareKept(
  urls: readonly [string, string],
  externalId: string,
  envelope: Envelope,
): Promise<void> {
  const [a, b] = await Promise.all(urls.map((url) => keptOf(url, externalId, envelope)))
  deepStrictEqual(a, b)
}
