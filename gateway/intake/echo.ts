/**
 * No echo: what a partner got from us comes back in its own list of orders. It names our case number as a reference of ours;
 * where the case was handed to that channel, the record is news of that case and no report.
 */
import { GATEWAY_ISSUER } from '../../schemas/primitives.ts'
import type { Tx } from '../store/client.ts'
import { keyOf, type Entry } from './entry.ts'
import { sha256Hex, type MessageDraft, type ReportDraft } from './prepare.ts'
import { findHandlers, numberHandlers } from './write-sql.ts'

interface Suspect {
  readonly entry: Entry
  readonly report: ReportDraft
  readonly number: string
}

/** One message for each order that came back, however often it is listed. */
function echoOf({ report, number }: Suspect): MessageDraft {
  return {
    about: number,
    kind: 'partner_event',
    contentHash: sha256Hex(`echo\n${report.externalId}`),
    working: { about: number, kind: 'partner_event', occurredAt: report.submittedAt, reasonCode: 'echo' },
    occurredAt: report.submittedAt,
    sealed: report.sealed,
  }
}

function suspectsOf(entries: readonly Entry[]): Suspect[] {
  return entries.flatMap((entry) => {
    if (entry.draft.kind !== 'report') return []
    const { report } = entry.draft
    const ours = report.working.references?.find(({ issuer }) => issuer === GATEWAY_ISSUER)
    return ours === undefined ? [] : [{ entry, report, number: ours.number }]
  })
}

/** Turns reports that are our own cases coming back into messages about them. No statement where nothing looks like it. */
export async function recogniseEchoes(tx: Tx, entries: readonly Entry[]): Promise<void> {
  const suspects = suspectsOf(entries)
  if (suspects.length === 0) return
  const channelOf = ({ entry }: Suspect) => entry.prepared.incoming.channel.id
  const handlers = await findHandlers(
    tx,
    suspects.map((suspect) => ({ channel_id: channelOf(suspect), about: suspect.number })),
  )
  const parties = new Map(handlers.map((row) => [keyOf(row.channel_id, row.about), row.party_id]))
  const numbers: object[] = []
  for (const suspect of suspects) {
    const partyId = parties.get(keyOf(channelOf(suspect), suspect.number))
    if (partyId === undefined) continue
    const { id, position, unknown } = suspect.entry.draft
    const identity = `echo|${suspect.report.externalId}`
    suspect.entry.draft = { id, position, identity, unknown, kind: 'message', message: echoOf(suspect) }
    numbers.push({ party_id: partyId, external_id: suspect.report.externalId })
  }
  await numberHandlers(tx, numbers)
}
