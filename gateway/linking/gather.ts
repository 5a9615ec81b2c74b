/** What deciding a batch needs from the database: the reports, and the cases that they may belong to. */
import type { Deps } from '../deps.ts'
import type { FeatureCache } from './candidates.ts'
import { findCandidates, type StoredCandidates } from './find-candidates.ts'
import { loadCases } from './load-cases.ts'
import { forbiddenCases } from './moves/verdicts.ts'
import { issuerOf, readUnlinked, type ReadReport } from './read-reports.ts'
import type { Candidate } from './types.ts'
import { lookUnderUmbrellas, type UnderUmbrellas } from './umbrella/open-umbrellas.ts'

export interface Gathered {
  readonly reports: readonly ReadReport[]
  readonly umbrellas: UnderUmbrellas<ReadReport>
  readonly stored: StoredCandidates
  /** Umbrella cases that were not found by keys. */
  readonly beside: ReadonlyMap<string, Candidate>
  /** By report, the cases from which a clerk told it apart. */
  readonly forbidden: Awaited<ReturnType<typeof forbiddenCases>>
}

const nothing: Gathered = {
  reports: [],
  umbrellas: { attached: () => undefined, first: () => [], toCompare: [], casesBeside: () => [] },
  stored: { casesOf: new Map(), cases: new Map() },
  beside: new Map(),
  forbidden: new Map(),
}

/** The oldest unlinked reports of channels in this state, without those that are being written. */
export async function gatherNext(
  deps: Deps,
  cache: FeatureCache,
  next: { state: 'live' | 'shadow'; taken?: readonly string[] },
): Promise<Gathered> {
  const reports = await readUnlinked(deps, next.state, next.taken)
  if (reports.length === 0) return nothing
  const { sql } = deps.db
  const context = { cache, issuerOf: issuerOf(deps) }
  const umbrellas = await lookUnderUmbrellas(deps, reports)
  const stored = await findCandidates(sql, umbrellas.toCompare, context)
  const beside = await loadCases(sql, umbrellas.casesBeside(stored.cases), context)
  const ids = reports.map(({ row }) => row.id)
  const forbidden = await forbiddenCases(sql, ids, [...stored.cases.keys(), ...beside.keys()])
  return { reports, umbrellas, stored, beside, forbidden }
}
