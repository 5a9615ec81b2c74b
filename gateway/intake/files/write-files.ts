/** Writes the files of records that became a report, a version or a message: all in their commit. */
import type { FileReason } from '../../../schemas/primitives.ts'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { base64, type Entry } from '../entry.ts'
import type { FileDraft } from './attach.ts'

/** A file that is new here, and what became of it. */
export interface WrittenFile {
  readonly id: string
  readonly channelId: string
  readonly reportId: string | undefined
  readonly state: FileDraft['state']
  readonly reason: FileReason | undefined
}

/** Writes what is not there yet; a repeat writes nothing. No statement where no record has files. */
export async function writeFiles(tx: Tx, deps: Deps, entries: readonly Entry[]): Promise<WrittenFile[]> {
  const wanted = new Map<string, { entry: Entry; draft: FileDraft }>()
  for (const entry of entries)
    for (const draft of filesOf(entry)) if (!wanted.has(draft.id)) wanted.set(draft.id, { entry, draft })
  if (wanted.size === 0) return []
  const inserted = await insertFiles(
    tx,
    [...wanted.values()].map(({ entry, draft }) => fileRow(deps, entry, draft)),
  )
  const written = inserted.flatMap(({ id }) => wanted.get(id) ?? [])
  for (const { draft } of written)
    if (draft.state === 'stored') await insertBody(tx, deps, { id: draft.id, bytes: draft.bytes })
  return written.map(({ entry, draft }) => ({
    id: draft.id,
    channelId: entry.prepared.incoming.channel.id,
    reportId: entry.reportId,
    state: draft.state,
    reason: draft.state === 'refused' ? draft.reason : undefined,
  }))
}

/** After the commit: counts, a line for each refusal, and word to those who fetch. */
export function announceFiles(deps: Deps, written: readonly WrittenFile[]): void {
  for (const file of written) {
    if (file.state === 'waiting') continue
    deps.metrics.files.inc({ channel: file.channelId, end: file.state })
    if (file.state === 'refused')
      deps.log.warn({
        event: 'file.refused',
        file: file.id,
        channel: file.channelId,
        report: file.reportId,
        reason: file.reason,
      })
  }
  if (written.some(({ state }) => state === 'waiting')) deps.signals.wake('files')
}

/** Sealed under a data key of its own. One statement each: a body can have megabytes. */
export async function insertBody(
  tx: Tx,
  deps: Pick<Deps, 'envelope'>,
  file: { readonly id: string; readonly bytes: Uint8Array },
): Promise<void> {
  const { dataKey, body } = deps.envelope.seal(file.bytes)
  await tx`insert into file_bodies (file_id, data_key, body) values (${file.id}, ${Buffer.from(dataKey)}, ${Buffer.from(body)})`
}

/** A repeat has its files already; a quarantined record has none. */
function filesOf({ draft, end }: Entry): readonly FileDraft[] {
  if (draft.kind === 'report') return end === 'report' || end === 'version' ? (draft.report.files ?? []) : []
  if (draft.kind === 'message') return end === 'message' ? (draft.message.files ?? []) : []
  return []
}

function fileRow(deps: Deps, entry: Entry, draft: FileDraft): object {
  const { incoming } = entry.prepared
  const now = deps.now()
  return {
    id: draft.id,
    channel_id: incoming.channel.id,
    feed: incoming.feed.name,
    report_id: entry.reportId,
    message_id: entry.messageId,
    record_id: entry.draft.id,
    position: draft.position,
    state: draft.state,
    created_at: incoming.payload.receivedAt,
    ...endOf(deps, draft, now),
  }
}

function endOf(deps: Deps, draft: FileDraft, now: Date): object {
  switch (draft.state) {
    case 'stored':
      return {
        media_type: draft.mediaType,
        bytes: draft.bytes.length,
        sha256: draft.sha256,
        settled_at: now,
      }
    case 'refused':
      return { reason: draft.reason, settled_at: now }
    case 'waiting': {
      const source = deps.envelope.seal(Buffer.from(JSON.stringify({ url: draft.url, name: draft.name })))
      return { due_at: now, source_key: base64(source.dataKey), source: base64(source.body) }
    }
  }
}

/** Inserts files that are new, and wakes those that had failed; answers with both. In the order of their ids, as everybody locks them. */
async function insertFiles(tx: Tx, rows: readonly object[]): Promise<{ id: string }[]> {
  return await tx<{ id: string }[]>`
    insert into files as f (id, channel_id, feed, report_id, message_id, record_id, position, state, source_key, source, media_type, bytes, sha256,
      due_at, reason, created_at, settled_at)
    select id, channel_id, feed, report_id, message_id, record_id, position, state, decode(source_key, 'base64'), decode(source, 'base64'), media_type, bytes,
      sha256, due_at, reason, created_at, settled_at
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, channel_id text, feed text, report_id uuid, message_id uuid, record_id uuid, position int,
      state text, source_key text, source text, media_type text, bytes int, sha256 text, due_at timestamptz, reason text, created_at timestamptz, settled_at timestamptz)
    order by id
    on conflict (id) do update set state = 'waiting', tries = 0, due_at = excluded.due_at, source_key = excluded.source_key, source = excluded.source,
      reason = null, settled_at = null
      where f.state = 'failed' and excluded.state = 'waiting'
    returning id`
}
