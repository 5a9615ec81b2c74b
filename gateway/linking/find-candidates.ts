/** From the keys of a batch to the cases that its reports may belong to. */
import type { Sql, Tx } from '../store/client.ts'
import { casesUnderKeys, wantedOf } from './candidates.ts'
import { isLocated } from './located/located-report.ts'
import { loadCases, type CandidateContext } from './load-cases.ts'
import type { Candidate, Features, LinkKey } from './types.ts'

/** Only a reference, or a dozen rare things at once, is worth so much. */
const surelyWorth = 100

/**
 * Of the cases that a told report may belong to, the first few are compared, and of the others those that have at least so much
 * in common as a share of what the first has. Located reports have few keys, and many neighbours with the same.
 */
const alwaysCompared = 5
const leastShare = 0.5

/** The cases that may be met, best first, with their newest reports, for each report of the batch. */
export interface StoredCandidates {
  readonly casesOf: ReadonlyMap<number, readonly string[]>
  readonly cases: ReadonlyMap<string, Candidate>
}

interface Met {
  readonly n: number
  readonly case_id: string
  readonly worth: number
  /** From 1, and the worth of the first. */
  readonly rank: number
  readonly best: number
}

/** One look-up for the keys of a whole batch, one for the cases behind them, one for those reports that are not in memory. */
export async function findCandidates(
  sql: Sql | Tx,
  batch: readonly { readonly lookup: readonly LinkKey[]; readonly features?: Features }[],
  context: CandidateContext,
): Promise<StoredCandidates> {
  const met = await sql.unsafe<Met[]>(casesUnderKeys, wantedOf(batch) as never, { prepare: true })
  const casesOf = new Map<number, string[]>()
  const wantedBy = new Map<string, (Features | 'whoever')[]>()
  for (const { n, case_id: caseId, worth, rank, best } of met) {
    const features = batch[n]?.features
    if (rank > alwaysCompared && worth < best * leastShare && features !== undefined && !isLocated(features))
      continue
    put(casesOf, n, caseId)
    // A number in common means one matter wherever the points lie.
    put(wantedBy, caseId, worth >= surelyWorth ? 'whoever' : (features ?? 'whoever'))
  }
  return { casesOf, cases: await loadCases(sql, [...wantedBy.keys()], { ...context, wantedBy }) }
}

function put<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
