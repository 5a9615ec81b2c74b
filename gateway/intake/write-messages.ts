/** Records about a known report become its messages. */
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { base64, keyOf, type Entry } from './entry.ts'
import type { MessageDraft } from './prepare.ts'
import * as statements from './write-sql.ts'

/** What a message is about: a report of its channel, or a case that was handed to the channel. */
type Subject =
  | { readonly reportId: string; readonly partyId: null }
  | { readonly reportId: null; readonly partyId: string }

function messageRow(
  entry: Entry,
  draft: MessageDraft,
  ids: { id: string; subject: Subject; identity: string },
): object {
  const { incoming } = entry.prepared
  return {
    id: ids.id,
    channel_id: incoming.channel.id,
    report_id: ids.subject.reportId,
    party_id: ids.subject.partyId,
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
export async function writeMessages(
  tx: Tx,
  deps: Deps,
  entries: readonly Entry[],
  reportIds: Map<string, string>,
): Promise<void> {
  const wanted = entries.flatMap((entry) =>
    entry.draft.kind === 'message'
      ? [{ entry, draft: entry.draft.message, identity: entry.draft.identity ?? '' }]
      : [],
  )
  const unresolved = wanted.filter(
    ({ entry, draft }) => !reportIds.has(keyOf(entry.prepared.incoming.channel.id, draft.about)),
  )
  const found = await statements.findReports(
    tx,
    unresolved.map(({ entry, draft }) => ({
      channel_id: entry.prepared.incoming.channel.id,
      external_id: draft.about,
    })),
  )
  for (const row of found) reportIds.set(keyOf(row.channel_id, row.external_id), row.id)
  const handlers = await statements.findHandlers(
    tx,
    unresolved.flatMap(({ entry, draft }) => {
      const channel_id = entry.prepared.incoming.channel.id
      return reportIds.has(keyOf(channel_id, draft.about)) ? [] : [{ channel_id, about: draft.about }]
    }),
  )
  const partyIds = new Map(handlers.map((row) => [keyOf(row.channel_id, row.about), row.party_id]))
  const rows = new Map<string, { row: object; id: string; entry: Entry }>()
  for (const { entry, draft, identity } of wanted) {
    const channelId = entry.prepared.incoming.channel.id
    const reportId = reportIds.get(keyOf(channelId, draft.about))
    const partyId = partyIds.get(keyOf(channelId, draft.about))
    entry.externalId = draft.about
    if (reportId === undefined && partyId === undefined) {
      entry.end = 'quarantined'
      entry.reason = {
        code: 'record.report-unknown',
        detail: `This ${draft.kind} is about a report that channel ${channelId} never sent, and about no case that was handed to it. Send the report first, then the message again.`,
        errors: [{ pointer: '/about', detail: 'names no report of this channel' }],
      }
      continue
    }
    const subject: Subject =
      reportId === undefined ? { reportId: null, partyId: partyId ?? '' } : { reportId, partyId: null }
    Object.assign(entry, { end: 'repeat', reportId })
    const unique = `${identity}|${draft.contentHash.slice(0, 16)}`
    const id = deps.newId()
    const key = `${channelId}\n${draft.kind}\n${unique}`
    if (!rows.has(key))
      rows.set(key, { row: messageRow(entry, draft, { id, subject, identity: unique }), id, entry })
  }
  const inserted = await statements.insertMessages(
    tx,
    [...rows.values()].map(({ row }) => row),
  )
  for (const { id, entry } of rows.values())
    if (inserted.has(id)) Object.assign(entry, { end: 'message', messageId: id })
}
