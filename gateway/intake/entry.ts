/** One record on its way to its end, and the rows that say so. */
import type { RecordEnd, RecordReason } from '../../schemas/receipt.ts'
import type { Prepared, RecordDraft } from './prepare.ts'

export interface Entry {
  readonly prepared: Pick<Prepared, 'incoming'>
  readonly index: number
  draft: RecordDraft
  end: RecordEnd
  reason: RecordReason | undefined
  reportId: string | undefined
  messageId: string | undefined
  version: number | undefined
  externalId: string | undefined
}

export const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** A channel's own number, unique over channels. */
export const keyOf = (channelId: string, externalId: string) => `${channelId}\n${externalId}`

/** Filtered and quarantined records have their end already; the others wait as quarantined until they are written. */
export function entryOf(prepared: Pick<Prepared, 'incoming'>, draft: RecordDraft, index: number): Entry {
  return {
    prepared,
    index,
    draft,
    end: draft.kind === 'filtered' ? 'filtered' : 'quarantined',
    reason: draft.kind === 'filtered' || draft.kind === 'quarantined' ? draft.reason : undefined,
    reportId: undefined,
    messageId: undefined,
    version: undefined,
    externalId: draft.kind === 'filtered' || draft.kind === 'quarantined' ? draft.externalId : undefined,
  }
}

export const entriesOf = (prepared: Prepared): Entry[] =>
  prepared.records.map((draft, index) => entryOf(prepared, draft, index))

const maxValueLength = 300

/** An unlisted value as `records.blocked_by` names it. */
export const blockName = ({ table, value }: { readonly table: string; readonly value: string }) =>
  `${table} ${value.slice(0, maxValueLength)}`

/** What no table lists and keeps the record in quarantine; undefined where nothing of the kind does. */
export function blockedBy({ end, draft }: Entry): string[] | undefined {
  if (end !== 'quarantined') return undefined
  const names = draft.unknown.filter((unknown) => unknown.blocks === true).map(blockName)
  return names.length === 0 ? undefined : names
}

export function recordRow(entry: Entry): object {
  const { incoming } = entry.prepared
  return {
    id: entry.draft.id,
    receipt_id: incoming.receiptId,
    index: entry.index,
    position: entry.draft.position,
    channel_id: incoming.channel.id,
    feed: incoming.feed.name,
    identity: entry.draft.identity?.slice(0, 300),
    end: entry.end,
    reason: entry.reason,
    external_id: entry.externalId,
    report_id: entry.reportId,
    version: entry.version,
    mapping_version: incoming.channel.mappingVersion,
    created_at: incoming.payload.receivedAt,
    blocked_by: blockedBy(entry),
  }
}

/** Records that an unlisted value is shown by. */
const maxExamples = 5

export function unknownRows(entries: readonly Entry[]): object[] {
  const rows = new Map<
    string,
    {
      channel_id: string
      table_name: string
      value: string
      count: number
      at: Date
      record_id: string
      examples: string[]
    }
  >()
  for (const { prepared, draft } of entries) {
    for (const unknown of draft.unknown) {
      const key = `${prepared.incoming.channel.id}\n${unknown.table}\n${unknown.value}`
      const row = rows.get(key)
      if (row !== undefined) {
        row.count += 1
        if (row.examples.length < maxExamples) row.examples.push(draft.id)
      } else
        rows.set(key, {
          channel_id: prepared.incoming.channel.id,
          table_name: unknown.table,
          value: unknown.value.slice(0, maxValueLength),
          count: 1,
          at: prepared.incoming.payload.receivedAt,
          record_id: draft.id,
          examples: [draft.id],
        })
    }
  }
  return [...rows.values()]
}

export function countsOf(entries: readonly Entry[]): { [end: string]: number } {
  const counts: { [end: string]: number } = {}
  for (const { end } of entries) counts[end] = (counts[end] ?? 0) + 1
  return counts
}

/** The row of a receipt: `stored` where its records wait for a later commit. */
export function receiptRow(
  prepared: Pick<Prepared, 'incoming' | 'sha256' | 'sealed'>,
  state: 'stored' | 'done',
  counts: object,
): object {
  const { incoming, sha256, sealed } = prepared
  return {
    id: incoming.receiptId,
    channel_id: incoming.channel.id,
    feed: incoming.feed.name,
    received_at: incoming.payload.receivedAt,
    principal: incoming.principal,
    content_type: incoming.payload.headers['content-type']?.slice(0, 200),
    method: incoming.payload.method,
    bytes: incoming.payload.bytes.length,
    sha256,
    state,
    counts,
    data_key: base64(sealed.dataKey),
    body: base64(sealed.body),
  }
}
