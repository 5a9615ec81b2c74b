/** How an item was answered: read from the verdict and the move that the answer made. */
import type { ReviewOutcome } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import type { MatchRow } from './queue.ts'
import { clerkOf } from './take.ts'

interface OutcomeRow {
  readonly verdict: 'same' | 'different'
  readonly decided_by: string
  readonly decided_at: Date
  readonly number: string
  readonly from_number: string | null
}

/** Undefined while the item waits and is not put off. */
export async function outcomeOf(deps: Deps, match: MatchRow): Promise<ReviewOutcome | undefined> {
  if (match.settled_at === null)
    return match.later_until === null || match.later_until <= deps.now()
      ? undefined
      : {
          decision: 'later',
          ...(match.later_by !== null && { clerk: clerkOf(match.later_by) }),
          until: match.later_until.toISOString(),
        }
  const obsolete = { decision: 'obsolete', at: match.settled_at.toISOString() } as const
  if (match.verdict_id === null) return obsolete
  const [row] = await deps.db.sql<OutcomeRow[]>`
    select v.verdict, v.decided_by, v.decided_at, c.number, f.number as from_number
    from link_verdicts v join matches m on m.id = ${match.id} join reports p on p.id = m.report_id join cases c on c.id = p.case_id
      left join case_moves x on x.id = v.move_id left join cases f on f.id = x.from_case_id
    where v.id = ${match.verdict_id}`
  if (row === undefined) return obsolete
  return {
    decision: row.verdict === 'same' ? 'link' : 'different',
    clerk: clerkOf(row.decided_by),
    at: row.decided_at.toISOString(),
    ...(row.verdict === 'same' && {
      case: { number: row.number, ...(row.from_number !== null && { from: row.from_number }) },
    }),
  }
}

const words: { readonly [decision in ReviewOutcome['decision']]: string } = {
  link: 'the two are one matter',
  different: 'the two are not the same matter',
  later: 'it was put off',
  obsolete: 'one side has moved, so that nothing is left to ask',
}

/** 409 for a clerk who comes second; `outcome` says what was decided. */
export function decidedAlready(match: MatchRow, outcome: ReviewOutcome): GatewayError {
  const by = outcome.clerk === undefined ? '' : ` by ${outcome.clerk}`
  return new GatewayError(
    'review.decided',
    `This was decided${by} meanwhile: ${words[outcome.decision]}. Take the next item.`,
    { context: { match: match.id }, extra: { outcome } },
  )
}
