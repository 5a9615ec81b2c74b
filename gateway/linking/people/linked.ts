import type { CaseState } from '../../../schemas/case.ts'
import type { Reading } from '../../store/working.ts'
import type { ReportRow } from '../candidates.ts'
import type { Decision, Features, Location } from '../types.ts'

/** A report of the batch and the case that it joins or opens. */
export interface LinkedReport {
  readonly row: ReportRow
  readonly features: Features
  readonly decision: Decision
  readonly caseId: string
  readonly opens: { readonly predecessorId: string | null } | undefined
  /** What linking read in it. */
  readonly reading: Reading | null
}

/** A case whose row the linker holds, or that it opens in this transaction. */
export interface HeldCase {
  readonly id: string
  readonly chain_id: string
  state: CaseState
  sequence: number
  category: string | null
  location: Location | null
  readonly tags: readonly string[]
  readonly closed_at: Date | null
}
