/** From the keys of a batch to the cases that its reports may belong to. */
import type { Sql, Tx } from '../store/client.ts'
import { casesUnderKeys, wantedOf } from './candidates.ts'
import { loadCases, type CandidateContext } from './load-cases.ts'
import type { Candidate, Features, LinkKey } from './types.ts'

/** Only a reference, or a dozen rare things at once, is worth so much. */
const surelyWorth = 100

/** The cases that may be met, best first, with their newest reports, for each report of the batch. */
export interface StoredCandidates {
  readonly casesOf: ReadonlyMap<number, readonly string[]>
  readonly cases: ReadonlyMap<string, Candidate>
}

/** One look-up for the keys of a whole batch, one for the cases behind them, one for those reports that are not in memory. */
export async function findCandidates(
  sql: Sql | Tx,
  batch: readonly { readonly lookup: readonly LinkKey[]; readonly features?: Features }[],
  context: CandidateContext,
): Promise<StoredCandidates> {
  const met = await sql.unsafe<{ n: number; case_id: string; worth: number }[]>(
    casesUnderKeys,
    wantedOf(batch) as never,
    { prepare: true },
  )
  const casesOf = new Map<number, string[]>()
  const wantedBy = new Map<string, (Features | 'whoever')[]>()
  for (const { n, case_id: caseId, worth } of met) {
    put(casesOf, n, caseId)
    // A number in common means one matter wherever the points lie.
    put(wantedBy, caseId, worth >= surelyWorth ? 'whoever' : (batch[n]?.features ?? 'whoever'))
  }
  return { casesOf, cases: await loadCases(sql, [...wantedBy.keys()], { ...context, wantedBy }) }
}

function put<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
