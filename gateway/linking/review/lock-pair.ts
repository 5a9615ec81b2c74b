/** Holds both cases of an item, so that nobody moves a report of them while a clerk's answer is written. */
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { moveWithinMs } from '../moves/acts.ts'
import { readMatch, type MatchRow } from './queue.ts'
import { pairsOf, type Pair } from './standing.ts'

const mostTries = 8

/** While the locks were waited for, the item came to be about other cases. */
class PairMovedError extends Error {}

/**
 * Runs `work` in a transaction that holds both cases of a match, and with the match as it stands then; the pair is missing where
 * a side is. Cases are locked in the order of their ids and before the match, as every act on cases does, and never more of
 * them later: no two wait for each other. Throws `review.unknown`, `review.taken`.
 */
export async function holdingPair<T>(
  deps: Deps,
  id: string,
  work: (tx: Tx, held: { match: MatchRow; pair: Pair | undefined }) => Promise<T>,
): Promise<T> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    try {
      return await deps.db.transaction(async (tx) => await work(tx, await lockPair(tx, id)), {
        deadlineMs: moveWithinMs,
      })
    } catch (cause) {
      if (!(cause instanceof PairMovedError)) throw cause
    }
  }
  throw new GatewayError(
    'review.taken',
    'The cases of this item are being changed just now. Send the answer again.',
    { context: { match: id } },
  )
}

async function lockPair(tx: Tx, id: string): Promise<{ match: MatchRow; pair: Pair | undefined }> {
  const [before] = await pairsOf(tx, [await readMatch(tx, id)])
  const ids = before === undefined ? [] : [before.own.id, before.other.id]
  await tx`select 1 from cases where id = any(${ids}::uuid[]) order by id for update`
  await tx`select 1 from matches where id = ${id} for update`
  const match = await readMatch(tx, id)
  const [pair] = await pairsOf(tx, [match])
  if (pair?.own.id !== before?.own.id || pair?.other.id !== before?.other.id) throw new PairMovedError()
  return { match, pair }
}

/** Every open question between two cases. Served by matches_case and reports_pkey. */
export const questionsBetween = `
  select m.id from matches m cross join lateral (select case_id from reports where id = m.report_id limit 1) p
  where m.case_id = any($1::uuid[]) and m.decision = 'review' and m.settled_at is null and p.case_id = any($1::uuid[]) and p.case_id <> m.case_id`

export async function openQuestions(tx: Tx, { match, own, other }: Pair): Promise<string[]> {
  const rows = await tx.unsafe<{ id: string }[]>(questionsBetween, [[own.id, other.id] as never])
  return [...new Set([match.id, ...rows.map(({ id }) => id)])]
}
