import type { Deps } from '../deps.ts'
import { checkCursor, formatCursor, parseCursor } from '../store/cursor.ts'
import { openContent } from './content.ts'
import { CHANNEL_EVENTS, MARK_PULLED } from './pull-sql.ts'
import { queryOnce } from './query.ts'
import { instant, type StoredInstant } from './rows.ts'

/** CloudEvents 1.0, JSON format. `casenumber`, `casesequence`, `statusafter` and `statuscode` are extension attributes. */
export interface ChannelEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly casenumber: string
  readonly casesequence: number
  readonly statusafter: string
  readonly statuscode?: string
  readonly data?: unknown
}

interface EventRow {
  readonly id: string
  readonly event_type: string
  readonly state_after: string
  readonly code: string | null
  readonly data_key: Uint8Array | null
  readonly body: Uint8Array | null
  readonly xid: string
  readonly position: string
  readonly number: string
  readonly occurred_at: StoredInstant
  readonly sequence: number
  readonly external_id: string | null
}

/**
 * A channel's events after a cursor, in the channel's own words. Coming back with a cursor says that everything up to it was
 * taken: where the channel is told by its own pull, that delivers it. Throws `channel.unknown`, `request.cursor`.
 */
export async function channelEvents(
  deps: Deps,
  channelId: string,
  after: string | undefined,
  limit: number,
): Promise<{ events: ChannelEvent[]; cursor: string }> {
  const runtime = deps.catalog.channel(channelId)
  const from = parseCursor(after)
  if (runtime.mapping.reverse.pull && runtime.back === null && from.xid !== '0') {
    await queryOnce(deps.db, MARK_PULLED, [channelId, from.xid, from.position, deps.now().toISOString()])
  }
  const rows = await queryOnce<EventRow>(deps.db, CHANNEL_EVENTS, [channelId, from.xid, from.position, limit])
  const last = rows.at(-1)
  if (last === undefined) await checkCursor(deps.db.sql, from)
  return {
    events: rows.map((row) => channelEventOf(deps, channelId, row)),
    cursor: last === undefined ? formatCursor(from) : formatCursor(last),
  }
}

function channelEventOf(deps: Deps, channelId: string, row: EventRow): ChannelEvent {
  const content = openContent(deps.envelope, row)
  return {
    specversion: '1.0',
    id: row.id,
    source: `/v1/channels/${channelId}`,
    type: `guiyi.case.${row.event_type}`,
    subject: row.external_id ?? row.number,
    time: instant(row.occurred_at),
    datacontenttype: 'application/json',
    casenumber: row.number,
    casesequence: row.sequence,
    statusafter: row.state_after,
    ...(row.code === null ? {} : { statuscode: row.code }),
    ...(content.kind === 'call' ? { data: content.body } : {}),
  }
}
