/** Rows of replays, and how the API shows them. */
import type {
  Replay,
  ReplayChanges,
  ReplayItem,
  ReplayOutcome,
  ReplaySelection,
  ReplayState,
} from '../../../schemas/replay.ts'

export interface ReplayRow {
  readonly id: string
  readonly channel_id: string
  readonly selection: ReplaySelection
  readonly state: ReplayState
  readonly total: number
  readonly done: number
  readonly counts: { readonly [outcome in ReplayOutcome]?: number }
  readonly author: string
  readonly note: string
  readonly created_at: Date
  readonly started_at: Date | null
  readonly ended_at: Date | null
  readonly reason: string | null
}

/** A replay as the API shows it. */
export function replayOf(row: ReplayRow): Replay {
  return {
    id: row.id,
    channel: row.channel_id,
    selection: row.selection,
    state: row.state,
    total: row.total,
    done: row.done,
    counts: { ...row.counts },
    by: row.author,
    note: row.note,
    createdAt: row.created_at.toISOString(),
    ...(row.started_at === null ? {} : { startedAt: row.started_at.toISOString() }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
}

export interface ReplayItemRow {
  readonly position: number
  readonly record_id: string
  readonly receipt_id: string
  readonly outcome: ReplayOutcome | null
  readonly changes: ReplayChanges | null
  readonly mapping_version: string | null
  readonly settled_at: Date | null
}

/** An item as the API shows it. */
export function replayItemOf(row: ReplayItemRow): ReplayItem {
  return {
    position: row.position,
    record: row.record_id,
    receipt: row.receipt_id,
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.changes === null ? {} : { changes: row.changes }),
    ...(row.mapping_version === null ? {} : { mappingVersion: row.mapping_version }),
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at.toISOString() }),
  }
}
