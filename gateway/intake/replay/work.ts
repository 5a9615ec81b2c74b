/** What a replay works on: one record of a stored receipt, and what became of it. */
import type { RecordEnd, RecordReason } from '../../../schemas/receipt.ts'
import type { ReplayOutcome } from '../../../schemas/replay.ts'
import type { ContentChanges } from '../../mapping/content-changes.ts'
import type { Entry } from '../entry.ts'
import type { Incoming } from '../prepare.ts'
import type { Decoded } from './decode-again.ts'

/** Items of one receipt, decoded together. */
export interface Group {
  readonly incoming: Incoming
  readonly decoded: Decoded
}

/** The record's row, held until the commit. */
export interface HeldRecord {
  readonly id: string
  readonly receipt_id: string
  readonly index: number
  readonly end: RecordEnd
  readonly identity: string | null
  readonly report_id: string | null
  readonly created_at: Date
}

/** What is different now, as `replay_items.changes` keeps it. */
export interface MadeChanges extends ContentChanges {
  /** Where an open record was before. */
  readonly was?: RecordEnd
  readonly reason?: RecordReason
  readonly report?: string
  readonly version?: number
}

/** What one record came to. */
export interface Made {
  readonly outcome: ReplayOutcome
  readonly changes: MadeChanges
  /** As the record's row is to say it; undefined where nothing of it is different. */
  readonly entry?: Entry
}

/** A record that did nothing yet: what is made of it now is done for the first time. */
export const isOpen = ({ end }: Pick<HeldRecord, 'end'>): boolean =>
  end === 'quarantined' || end === 'filtered'

/** A quarantined record without an identity could not be read: it may stand for all that lies behind it. */
export const standsForTheRest = ({ end, identity }: Pick<HeldRecord, 'end' | 'identity'>): boolean =>
  end === 'quarantined' && identity === null
