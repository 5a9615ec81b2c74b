/**
 * A payload that could not be decoded is one record in quarantine. Where it can be decoded by now, the entries behind that one
 * come into sight: they become records of the receipt, and join the replay at its end.
 */
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { insertRecords } from '../write-sql.ts'
import { standsForTheRest, type Group, type HeldRecord } from './work.ts'

/** How many came into sight. They wait in quarantine until the replay comes to them. */
export async function addUnread(
  tx: Tx,
  deps: Deps,
  { replayId, group, record }: { replayId: string; group: Group; record: HeldRecord },
): Promise<number> {
  const { decoded, incoming } = group
  if (!standsForTheRest(record) || decoded.at(record.index).kind !== 'entry') return 0
  const positions = decoded.from(record.index + 1)
  if (positions.length === 0 || !(await isLast(tx, record))) return 0
  const rows = positions.map((position, offset) => ({
    id: deps.newId(),
    receipt_id: record.receipt_id,
    index: record.index + 1 + offset,
    position,
    channel_id: incoming.channel.id,
    feed: incoming.feed.name,
    end: 'quarantined',
    reason: unreadReason,
    mapping_version: incoming.channel.mappingVersion,
    created_at: record.created_at,
  }))
  await insertRecords(tx, rows)
  await tx`
    insert into replay_items (replay_id, position, record_id, receipt_id)
    select ${replayId}::uuid, p.last + n.index - ${record.index}::int, n.id, n.receipt_id
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as n(id uuid, receipt_id uuid, index int),
      (select max(position) as last from replay_items where replay_id = ${replayId}) p`
  return rows.length
}

async function isLast(tx: Tx, { receipt_id, index }: HeldRecord): Promise<boolean> {
  const [last] = await tx<{ index: number }[]>`
    select max(index)::int as index from records where receipt_id = ${receipt_id}`
  return last?.index === index
}

const unreadReason = {
  code: 'record.unread',
  detail:
    'It stands behind an entry that could not be decoded at first. The replay that read that one reads this one, too.',
}
