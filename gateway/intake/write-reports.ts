/** Report records become a report, a version of one, or a repeat. */
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { base64, keyOf, type Entry } from './entry.ts'
import type { ReportDraft } from './prepare.ts'
import type { Pipeline } from './pipeline.ts'
import * as statements from './write-sql.ts'

export function reportRow(entry: Entry, draft: ReportDraft, ids: { id: string; version: number }): object {
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

export function versionRow(entry: Entry, draft: ReportDraft, ids: { id: string; version: number }): object {
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
export async function writeReports(
  tx: Tx,
  deps: Deps,
  entries: readonly Entry[],
  pipeline: Pipeline,
): Promise<Map<string, string>> {
  const byKey = new Map<string, { entry: Entry; draft: ReportDraft }[]>()
  for (const entry of entries) {
    if (entry.draft.kind !== 'report') continue
    const key = keyOf(entry.prepared.incoming.channel.id, entry.draft.report.externalId)
    byKey.set(key, [...(byKey.get(key) ?? []), { entry, draft: entry.draft.report }])
  }
  const newIds = new Map([...byKey.keys()].map((key) => [key, deps.newId()]))
  const firsts = [...byKey].map(([key, group]) => ({
    key,
    ...(group[0] as { entry: Entry; draft: ReportDraft }),
  }))
  const inserted = await statements.insertReports(
    tx,
    firsts.map(({ key, entry, draft }) =>
      reportRow(entry, draft, { id: newIds.get(key) as string, version: 1 }),
    ),
  )
  const known = firsts.filter(({ key }) => !inserted.has(newIds.get(key) as string))
  const locked = await statements.lockReports(
    tx,
    known.map(({ entry, draft }) => ({
      channel_id: entry.prepared.incoming.channel.id,
      external_id: draft.externalId,
    })),
  )
  const states = new Map(
    locked.map((row) => [
      keyOf(row.channel_id, row.external_id),
      { id: row.id, version: row.version, hash: row.content_hash, rank: row.rank },
    ]),
  )
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
        if (state.hash !== draft.contentHash)
          entry.reason = {
            code: 'record.lower-rank',
            detail:
              'A feed of higher rank told this report already; what this one says differently is kept in its receipt.',
          }
      } else {
        const ids = { id: state.id, version: state.version + 1 }
        states.set(key, { ...ids, hash: draft.contentHash, rank })
        Object.assign(entry, { end: 'version', reportId: ids.id, version: ids.version })
        versions.push(versionRow(entry, draft, ids))
        updates.set(ids.id, reportRow(entry, draft, ids))
      }
    }
  }
  pipeline.add(statements.updateReports(tx, [...updates.values()]))
  pipeline.add(statements.insertReportVersions(tx, versions))
  return new Map([...states].map(([key, state]) => [key, state.id]))
}
