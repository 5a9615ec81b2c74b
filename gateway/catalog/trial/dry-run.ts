/**
 * A dry run 试运行: a draft over stored receipts of its channel, beside the published mapping. Nothing is written. It runs in
 * slices of a few milliseconds, so that intake goes on beside it.
 */
import { isDeepStrictEqual } from 'node:util'
import { scheduler } from 'node:timers/promises'
import { DecodeError, type RawPayload, type SourceRecord } from '../../../adapters/adapter.ts'
import type { Deps } from '../../deps.ts'
import type { MappedRecord } from '../../mapping/feed.ts'
import { payloadOf, type StoredReceipt } from '../../store/stored-receipts.ts'
import type { ChannelRuntime, FeedRuntime } from '../catalog.ts'
import { compareRecords, type Comparison } from './compare.ts'
import { readStoredReceipts, selectReceipts, type Selection } from './select-receipts.ts'
import { createSummary, type DryRun } from './summary.ts'

export interface DryRunRequest {
  readonly live: ChannelRuntime
  readonly draft: ChannelRuntime
  readonly selection: Selection
  /** Receipts at most. */
  readonly count: number
  /** Changed records to show one by one. */
  readonly show: number
  readonly onProgress?: (progress: { done: number; total: number }) => void
  readonly signal?: AbortSignal
}

const pageReceipts = 200
const sliceMs = 8

/** What each mapping makes of a receipt, record by record. */
interface Side {
  readonly channel: ChannelRuntime
  readonly feed: FeedRuntime
}

async function recordsOf({ feed }: Side, payload: RawPayload): Promise<SourceRecord[]> {
  const records: SourceRecord[] = []
  try {
    for await (const record of feed.adapter.decode(payload, feed.channel)) records.push(record)
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    records.push({ kind: 'unreadable', position: cause.position, detail: cause.message })
  }
  return records
}

function mapRecord(
  { channel, feed }: Side,
  record: SourceRecord | undefined,
  receivedAt: Date,
): MappedRecord {
  const unread = (detail: string): MappedRecord => ({
    kind: 'quarantined',
    reason: { code: 'record.unreadable', detail },
    unknown: [],
  })
  if (record === undefined) return unread('This record would not be found in the payload.')
  if (record.kind === 'unreadable') return unread(record.detail)
  return feed.compiled.map(record.value, { channelId: channel.id, feed: feed.name, receivedAt })
}

/** Both sides read the payload once where they read it alike. */
const readAlike = (live: Side, draft: Side): boolean =>
  live.feed.adapter === draft.feed.adapter &&
  isDeepStrictEqual(
    live.channel.mapping.feeds[live.feed.name]?.settings,
    draft.channel.mapping.feeds[draft.feed.name]?.settings,
  )

async function compareReceipt(
  row: StoredReceipt,
  sides: { live: Side; draft: Side; alike: boolean },
  payload: RawPayload,
): Promise<{ index: number; comparison: Comparison }[]> {
  const { live, draft, alike } = sides
  const before = await recordsOf(live, payload)
  const after = alike ? before : await recordsOf(draft, payload)
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => ({
    index,
    comparison: compareRecords(
      mapRecord(live, before[index], row.received_at),
      mapRecord(draft, after[index], row.received_at),
    ),
  }))
}

function sidesOf(
  request: DryRunRequest,
): (feed: string) => { live: Side; draft: Side; alike: boolean } | undefined {
  const known = new Map<string, { live: Side; draft: Side; alike: boolean } | undefined>()
  const find = (name: string) => {
    const [before, after] = [request.live.feeds.get(name), request.draft.feeds.get(name)]
    if (before === undefined || after === undefined) return undefined
    const live = { channel: request.live, feed: before }
    const draft = { channel: request.draft, feed: after }
    return { live, draft, alike: readAlike(live, draft) }
  }
  return (name) => {
    if (!known.has(name)) known.set(name, find(name))
    return known.get(name)
  }
}

/** Rejects with the signal's reason where it is aborted. */
export async function dryRun(deps: Pick<Deps, 'db' | 'envelope'>, request: DryRunRequest): Promise<DryRun> {
  const { draft, selection, count, show, onProgress, signal } = request
  const startedAt = performance.now()
  const ids = await selectReceipts(deps, { channel: draft.id, selection, count })
  const summary = createSummary({ selection, show })
  const sideOf = sidesOf(request)
  let sliceEnd = performance.now() + sliceMs
  for (let from = 0; from < ids.length; from += pageReceipts) {
    const page = ids.slice(from, from + pageReceipts)
    const rows = new Map((await readStoredReceipts(deps, page)).map((row) => [row.id, row]))
    for (const id of page) {
      const row = rows.get(id)
      const sides = row && sideOf(row.feed)
      if (row === undefined || row.data_key === null) summary.unreadable()
      else if (sides === undefined) summary.withoutFeed(row.feed)
      else
        for (const { index, comparison } of await compareReceipt(row, sides, payloadOf(deps.envelope, row)))
          summary.add({ receipt: id, index, comparison })
      summary.receipt()
      if (performance.now() < sliceEnd) continue
      await scheduler.yield()
      signal?.throwIfAborted()
      sliceEnd = performance.now() + sliceMs
    }
    onProgress?.({ done: Math.min(from + pageReceipts, ids.length), total: ids.length })
  }
  return summary.done(performance.now() - startedAt)
}
