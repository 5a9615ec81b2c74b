/** Writes prepared payloads: receipts, records and what the records became, all in one transaction. */
import type { Acknowledgement, RecordEnd, RecordReason } from '../../schemas/receipt.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import type { Incoming, MessageDraft, Prepared, RecordDraft, ReportDraft } from './prepare.ts'
import * as statements from './write-sql.ts'

export type WriteResult =
  | { readonly kind: 'stored'; readonly acknowledgement: Acknowledgement }
  | { readonly kind: 'replayed' }
  | { readonly kind: 'repeated-key'; readonly receiptId: string }
  | { readonly kind: 'mismatched-key' }
  | { readonly kind: 'poll-lost' }

const idempotencyDays = 7
const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
const keyOf = (channelId: string, externalId: string) => `${channelId}\n${externalId}`

/** One record on its way to its end. */
interface Entry {
  readonly prepared: Prepared
  readonly index: number
  readonly draft: RecordDraft
  end: RecordEnd
  reason: RecordReason | undefined
  reportId: string | undefined
  version: number | undefined
  externalId: string | undefined
}

/** Takes the keys of each payload; answers with what is refused, by receipt id. */
async function takeKeys(tx: Tx, deps: Deps, incoming: readonly Incoming[]): Promise<Map<string, WriteResult>> {
  const refused = new Map<string, WriteResult>()
  const replays = new Map<string, object>()
  for (const item of incoming) {
    if (item.replay === undefined) continue
    const key = keyOf(item.channel.id, item.replay.key)
    if (replays.has(key)) refused.set(item.receiptId, { kind: 'replayed' })
    else replays.set(key, { channel_id: item.channel.id, key: item.replay.key, receipt_id: item.receiptId, expires_at: item.replay.expiresAt })
  }
  const free = await statements.insertReplayKeys(tx, [...replays.values()])
  for (const item of incoming) if (item.replay !== undefined && !free.has(item.receiptId)) refused.set(item.receiptId, { kind: 'replayed' })

  const expiresAt = new Date(deps.now().getTime() + idempotencyDays * 86_400_000)
  const keys = new Map<string, object>()
  for (const item of incoming) {
    if (item.idempotency === undefined || refused.has(item.receiptId)) continue
    const { key, fingerprint } = item.idempotency
    const name = keyOf(item.channel.id, key)
    if (!keys.has(name)) keys.set(name, { channel_id: item.channel.id, key, fingerprint, receipt_id: item.receiptId, expires_at: expiresAt })
  }
  const owners = new Map((await statements.insertIdempotencyKeys(tx, [...keys.values()])).map((row) => [keyOf(row.channel_id, row.key), row]))
  for (const item of incoming) {
    if (item.idempotency === undefined || refused.has(item.receiptId)) continue
    const owner = owners.get(keyOf(item.channel.id, item.idempotency.key))
    if (owner === undefined || owner.receipt_id === item.receiptId) continue
    refused.set(item.receiptId, owner.fingerprint === item.idempotency.fingerprint ? { kind: 'repeated-key', receiptId: owner.receipt_id } : { kind: 'mismatched-key' })
  }
  return refused
}

async function movePolls(tx: Tx, deps: Deps, incoming: readonly Incoming[], refused: Map<string, WriteResult>): Promise<void> {
  for (const item of incoming) {
    if (item.poll === undefined) continue
    const moved = await statements.movePoll(tx, { channelId: item.channel.id, feed: item.feed.name, ...item.poll, now: deps.now() })
    if (!moved) refused.set(item.receiptId, { kind: 'poll-lost' })
  }
}

function reportRow(entry: Entry, draft: ReportDraft, ids: { id: string; version: number }): object {
  const { incoming } = entry.prepared
  return {
    id: ids.id,
    channel_id: incoming.channel.id,
    external_id: draft.externalId,
    feed: incoming.feed.name,
    rank: incoming.feed.rank,
    version: ids.version,
    content_hash: draft.contentHash,
    working: draft.working,
    person_keys: draft.personKeys,
    confidential: draft.confidential,
    submitted_at: draft.submittedAt,
    received_at: incoming.payload.receivedAt,
  }
}

function versionRow(entry: Entry, draft: ReportDraft, ids: { id: string; version: number }): object {
  const { incoming } = entry.prepared
  return {
    report_id: ids.id,
    version: ids.version,
    created_at: incoming.payload.receivedAt,
    record_id: entry.draft.id,
    mapping_version: incoming.channel.mappingVersion,
    feed: incoming.feed.name,
    content_hash: draft.contentHash,
    data_key: base64(draft.sealed.dataKey),
    body: base64(draft.sealed.body),
  }
}

/** Decides report, version or repeat for each report record, in order; a lower-ranked feed never overwrites a higher one. */
async function writeReports(tx: Tx, deps: Deps, entries: readonly Entry[]): Promise<Map<string, string>> {
  const byKey = new Map<string, { entry: Entry; draft: ReportDraft }[]>()
  for (const entry of entries) {
    if (entry.draft.kind !== 'report') continue
    const key = keyOf(entry.prepared.incoming.channel.id, entry.draft.report.externalId)
    byKey.set(key, [...(byKey.get(key) ?? []), { entry, draft: entry.draft.report }])
  }
  const newIds = new Map([...byKey.keys()].map((key) => [key, deps.newId()]))
  const firsts = [...byKey].map(([key, group]) => ({ key, ...(group[0] as { entry: Entry; draft: ReportDraft }) }))
  const inserted = await statements.insertReports(tx, firsts.map(({ key, entry, draft }) => reportRow(entry, draft, { id: newIds.get(key) as string, version: 1 })))
  const known = firsts.filter(({ key }) => !inserted.has(newIds.get(key) as string))
  const locked = await statements.lockReports(tx, known.map(({ entry, draft }) => ({ channel_id: entry.prepared.incoming.channel.id, external_id: draft.externalId })))
  const states = new Map(locked.map((row) => [keyOf(row.channel_id, row.external_id), { id: row.id, version: row.version, hash: row.content_hash, rank: row.rank }]))
  const versions: object[] = []
  const updates = new Map<string, object>()
  for (const [key, group] of byKey) {
    for (const { entry, draft } of group) {
      const state = states.get(key)
      const rank = entry.prepared.incoming.feed.rank
      entry.externalId = draft.externalId
      if (state === undefined) {
        const ids = { id: newIds.get(key) as string, version: 1 }
        states.set(key, { ...ids, hash: draft.contentHash, rank })
        Object.assign(entry, { end: 'report', reportId: ids.id, version: 1 })
        versions.push(versionRow(entry, draft, ids))
      } else if (state.hash === draft.contentHash || rank < state.rank) {
        Object.assign(entry, { end: 'repeat', reportId: state.id, version: state.version })
        if (state.hash !== draft.contentHash) entry.reason = { code: 'record.lower-rank', detail: 'A feed of higher rank told this report already; what this one says differently is kept in its receipt.' }
      } else {
        const ids = { id: state.id, version: state.version + 1 }
        states.set(key, { ...ids, hash: draft.contentHash, rank })
        Object.assign(entry, { end: 'version', reportId: ids.id, version: ids.version })
        versions.push(versionRow(entry, draft, ids))
        updates.set(ids.id, reportRow(entry, draft, ids))
      }
    }
  }
  await statements.updateReports(tx, [...updates.values()])
  await statements.insertReportVersions(tx, versions)
  return new Map([...states].map(([key, state]) => [key, state.id]))
}

function messageRow(entry: Entry, draft: MessageDraft, ids: { id: string; reportId: string; identity: string }): object {
  const { incoming } = entry.prepared
  return {
    id: ids.id,
    channel_id: incoming.channel.id,
    report_id: ids.reportId,
    kind: draft.kind,
    identity: ids.identity,
    record_id: entry.draft.id,
    mapping_version: incoming.channel.mappingVersion,
    content_hash: draft.contentHash,
    working: draft.working,
    occurred_at: draft.occurredAt,
    received_at: incoming.payload.receivedAt,
    data_key: base64(draft.sealed.dataKey),
    body: base64(draft.sealed.body),
  }
}

/** Attaches messages to their reports. One with the same identity and other content is another message: nothing is lost. */
async function writeMessages(tx: Tx, deps: Deps, entries: readonly Entry[], reportIds: Map<string, string>): Promise<void> {
  const wanted = entries.flatMap((entry) => (entry.draft.kind === 'message' ? [{ entry, draft: entry.draft.message, identity: entry.draft.identity ?? '' }] : []))
  const unresolved = wanted.filter(({ entry, draft }) => !reportIds.has(keyOf(entry.prepared.incoming.channel.id, draft.about)))
  const found = await statements.findReports(tx, unresolved.map(({ entry, draft }) => ({ channel_id: entry.prepared.incoming.channel.id, external_id: draft.about })))
  for (const row of found) reportIds.set(keyOf(row.channel_id, row.external_id), row.id)
  const rows = new Map<string, { row: object; id: string; entry: Entry }>()
  for (const { entry, draft, identity } of wanted) {
    const channelId = entry.prepared.incoming.channel.id
    const reportId = reportIds.get(keyOf(channelId, draft.about))
    entry.externalId = draft.about
    if (reportId === undefined) {
      entry.end = 'quarantined'
      entry.reason = {
        code: 'record.report-unknown',
        detail: `This ${draft.kind} is about a report that channel ${channelId} never sent. Send the report first, then the message again.`,
        errors: [{ pointer: '/about', detail: 'names no report of this channel' }],
      }
      continue
    }
    Object.assign(entry, { end: 'repeat', reportId })
    const unique = `${identity}|${draft.contentHash.slice(0, 16)}`
    const id = deps.newId()
    const key = `${channelId}\n${draft.kind}\n${unique}`
    if (!rows.has(key)) rows.set(key, { row: messageRow(entry, draft, { id, reportId, identity: unique }), id, entry })
  }
  const inserted = await statements.insertMessages(tx, [...rows.values()].map(({ row }) => row))
  for (const { id, entry } of rows.values()) if (inserted.has(id)) entry.end = 'message'
}

function recordRow(entry: Entry): object {
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
  }
}

function unknownRows(entries: readonly Entry[]): object[] {
  const rows = new Map<string, { channel_id: string; table_name: string; value: string; count: number; at: Date; record_id: string }>()
  for (const { prepared, draft } of entries) {
    for (const unknown of draft.unknown) {
      const key = `${prepared.incoming.channel.id}\n${unknown.table}\n${unknown.value}`
      const row = rows.get(key)
      if (row !== undefined) row.count += 1
      else rows.set(key, { channel_id: prepared.incoming.channel.id, table_name: unknown.table, value: unknown.value.slice(0, 300), count: 1, at: prepared.incoming.payload.receivedAt, record_id: draft.id })
    }
  }
  return [...rows.values()]
}

function countsOf(entries: readonly Entry[]): { [end: string]: number } {
  const counts: { [end: string]: number } = {}
  for (const { end } of entries) counts[end] = (counts[end] ?? 0) + 1
  return counts
}

/** The row of a receipt: `stored` where its records wait for a later commit. */
export function receiptRow(prepared: Pick<Prepared, 'incoming' | 'sha256' | 'sealed'>, state: 'stored' | 'done', counts: object): object {
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

function acknowledge(prepared: Prepared, entries: readonly Entry[]): Acknowledgement {
  return {
    receipt: prepared.incoming.receiptId,
    receivedAt: prepared.incoming.payload.receivedAt.toISOString(),
    results: entries.map((entry) => ({
      index: entry.index,
      end: entry.end,
      ...(entry.externalId === undefined ? {} : { externalId: entry.externalId }),
      ...(entry.reportId === undefined ? {} : { report: entry.reportId }),
      ...(entry.version === undefined ? {} : { version: entry.version }),
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    })),
  }
}

function entriesOf(prepared: Prepared): Entry[] {
  return prepared.records.map((draft, index) => ({
    prepared,
    index,
    draft,
    end: draft.kind === 'filtered' ? 'filtered' : 'quarantined',
    reason: draft.kind === 'filtered' || draft.kind === 'quarantined' ? draft.reason : undefined,
    reportId: undefined,
    version: undefined,
    externalId: draft.kind === 'filtered' || draft.kind === 'quarantined' ? draft.externalId : undefined,
  }))
}

/** What the records become; shared by the one-step and the two-step way. */
async function writeRecords(tx: Tx, deps: Deps, payloads: readonly Prepared[]): Promise<Map<string, Entry[]>> {
  const byReceipt = new Map(payloads.map((prepared) => [prepared.incoming.receiptId, entriesOf(prepared)]))
  const entries = [...byReceipt.values()].flat()
  const reportIds = await writeReports(tx, deps, entries)
  await writeMessages(tx, deps, entries, reportIds)
  await statements.insertRecords(tx, entries.map(recordRow))
  await statements.countUnknownValues(tx, unknownRows(entries))
  return byReceipt
}

/** One transaction for all payloads. Rejects as a whole where the database does. */
export async function writeBatch(deps: Deps, payloads: readonly Prepared[]): Promise<WriteResult[]> {
  const results = await deps.db.transaction(async (tx) => {
    const incoming = payloads.map((prepared) => prepared.incoming)
    const refused = await takeKeys(tx, deps, incoming)
    await movePolls(tx, deps, incoming, refused)
    const accepted = payloads.filter((prepared) => !refused.has(prepared.incoming.receiptId))
    const written = await writeRecords(tx, deps, accepted)
    await statements.insertReceipts(tx, accepted.map((prepared) => receiptRow(prepared, 'done', countsOf(written.get(prepared.incoming.receiptId) ?? []))))
    deps.killPoint('intake.before-commit')
    return payloads.map((prepared): WriteResult => {
      const { receiptId } = prepared.incoming
      return refused.get(receiptId) ?? { kind: 'stored', acknowledgement: acknowledge(prepared, written.get(receiptId) ?? []) }
    })
  })
  deps.killPoint('intake.after-commit')
  return results
}

/** First half of the two-step way: the receipt alone. */
export async function storeReceipt(deps: Deps, payload: Pick<Prepared, 'incoming' | 'sha256' | 'sealed'>): Promise<WriteResult | null> {
  const refused = await deps.db.transaction(async (tx) => {
    const refusals = await takeKeys(tx, deps, [payload.incoming])
    await movePolls(tx, deps, [payload.incoming], refusals)
    const refusal = refusals.get(payload.incoming.receiptId)
    if (refusal === undefined) await statements.insertReceipts(tx, [receiptRow(payload, 'stored', {})])
    return refusal ?? null
  })
  deps.killPoint('intake.receipt-only')
  return refused
}

/** Second half: its records. Null where another process finished the receipt first. */
export async function finishReceipt(deps: Deps, prepared: Prepared): Promise<Acknowledgement | null> {
  return await deps.db.transaction(
    async (tx) => {
      if (!(await statements.lockStoredReceipt(tx, prepared.incoming.receiptId))) return null
      const written = await writeRecords(tx, deps, [prepared])
      const entries = written.get(prepared.incoming.receiptId) ?? []
      await statements.finishReceipt(tx, prepared.incoming.receiptId, countsOf(entries))
      return acknowledge(prepared, entries)
    },
    { deadlineMs: 60_000 },
  )
}
