import type { DistrictChannel } from './district.ts'
import type { Counts, ListedReport } from './gateway-admin.ts'
import type { LedgerLine } from './peers/ledger.ts'

/** Everybody's books at the end of a run. */
export interface Evidence {
  readonly channels: readonly DistrictChannel[]
  readonly ledgers: ReadonlyMap<string, readonly LedgerLine[]>
  readonly listed: ReadonlyMap<string, readonly ListedReport[]>
  readonly counts: Counts
}
