import type { Counts, ListedReport } from './gateway-admin.ts'
import type { Partner } from './partners/partner.ts'
import type { LedgerLine } from './peers/ledger.ts'

/** Everybody's books at the end of a run. */
export interface Evidence {
  readonly channels: readonly Partner[]
  readonly ledgers: ReadonlyMap<string, readonly LedgerLine[]>
  readonly listed: ReadonlyMap<string, readonly ListedReport[]>
  readonly counts: Counts
}
