/** A clerk's answer: one matter, not the same, or later. It is written whole or not at all, and beats the machine for ever. */
import type { ReviewAnswer, ReviewOutcome } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { releaseAnswered } from '../../store/case-holds.ts'
import { takeLease } from '../../store/leases.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { afterMove } from '../moves/acts.ts'
import { reportsOf } from '../moves/held-case.ts'
import { recordVerdict } from '../moves/verdicts.ts'
import { joinPair } from './join-pair.ts'
import { holdingPair, openQuestions } from './lock-pair.ts'
import { decidedAlready, outcomeOf } from './outcome.ts'
import { readMatch, type MatchRow } from './queue.ts'
import { pairName, pairsOf, settleObsolete, standingOf, type Pair } from './standing.ts'
import { giveBack, holderOf, takenNow } from './take.ts'

export interface Answering {
  readonly id: string
  readonly answer: ReviewAnswer
  /** `review:<key name>` or `cli`. */
  readonly caller: string
}

interface Written {
  readonly match: MatchRow
  /** How many other questions it answered; undefined where nothing was written. */
  readonly also?: number
}

const answeringForMs = 60_000
const dayMs = 86_400_000
const longestPutOffMs = 30 * dayMs

/**
 * Writes an answer. A repeat by the same clerk answers as before. Throws `review.unknown`, `review.decided` (with the outcome),
 * `review.taken`, `request.invalid`, and what joining two cases throws.
 */
export async function answerItem(deps: Deps, answering: Answering): Promise<ReviewOutcome> {
  const { id, answer } = answering
  const until = untilOf(deps, answer)
  const name = await takeForAnswer(deps, await readMatch(deps.db.sql, id), answer.clerk)
  const written = await holdingPair(deps, id, async (tx, { match, pair }): Promise<Written> => {
    if (match.settled_at !== null) return { match }
    const { pairs } = await standingOf(tx, pair === undefined ? [] : [match], deps.now())
    if (pair === undefined || pairs.length === 0) return { match }
    const also = await write(tx, deps, { ...answering, pair, until })
    await releaseAnswered(tx, deps, [pair.own.id, pair.other.id])
    deps.killPoint('linking.before-commit')
    return { match, also }
  })
  deps.killPoint('linking.after-commit')
  await giveBack(deps, [name])
  const outcome = await settledOutcome(deps, written.match)
  if (!repeats(outcome, answer)) throw decidedAlready(written.match, outcome)
  const { also } = written
  if (also !== undefined) announce(deps, answering, outcome)
  return { ...outcome, ...(also !== undefined && also > 0 && { also }) }
}

/** Where nothing was written the question no longer arises. */
async function settledOutcome(deps: Deps, before: MatchRow): Promise<ReviewOutcome> {
  const outcome = await outcomeOf(deps, await readMatch(deps.db.sql, before.id))
  if (outcome !== undefined) return outcome
  await settleObsolete(deps, [before])
  return { decision: 'obsolete', at: deps.now().toISOString() }
}

const repeats = (outcome: ReviewOutcome, answer: ReviewAnswer): boolean =>
  outcome.decision === answer.decision && (outcome.clerk === undefined || outcome.clerk === answer.clerk)

/** Throws `request.invalid`. */
function untilOf(deps: Deps, { decision, until }: ReviewAnswer): Date {
  const now = deps.now().getTime()
  const at = until === undefined ? now + dayMs : Date.parse(until)
  if (decision !== 'later' && until !== undefined)
    throw new GatewayError('request.invalid', '"until" goes with the decision "later" only.')
  if (!(at > now && at <= now + longestPutOffMs))
    throw new GatewayError('request.invalid', '"until" lies ahead, by 30 days at most.')
  return new Date(at)
}

/** Throws `review.taken` while another clerk has it. */
async function takeForAnswer(deps: Deps, match: MatchRow, clerk: string): Promise<string> {
  const [pair] = await pairsOf(deps.db.sql, [match])
  if (pair === undefined || match.settled_at !== null) return ''
  const name = pairName(pair)
  const lease = await takeLease(deps.db.sql, { name, holder: holderOf(clerk), forMs: answeringForMs })
  if (lease !== null) return name
  const taken = (await takenNow(deps, [name])).get(name)
  throw new GatewayError(
    'review.taken',
    `${taken?.clerk ?? 'Another clerk'} is looking at this item. Take the next one.`,
    {
      context: { match: match.id },
      extra: taken === undefined ? {} : { taken: { clerk: taken.clerk, until: taken.until.toISOString() } },
    },
  )
}

/** How many other questions it answered. */
async function write(
  tx: Tx,
  deps: Deps,
  { answer, caller, pair, until }: Answering & { pair: Pair; until: Date },
): Promise<number> {
  const questions = await openQuestions(tx, pair)
  if (answer.decision === 'later') {
    await tx`update matches set later_until = ${until}, later_by = ${holderOf(answer.clerk)} where id = any(${questions}::uuid[])`
    return questions.length - 1
  }
  const by = holderOf(answer.clerk)
  const verdict =
    answer.decision === 'link'
      ? await joinPair(tx, deps, { pair, caller, by, eventId: answer.eventId, reason: answer.note })
      : await tellApart(tx, deps, { pair, by, reason: answer.note })
  await tx`
    update matches set settled_at = ${deps.now()}, verdict_id = ${verdict} where id = any(${questions}::uuid[])`
  return questions.length - 1
}

/** "Not the same", between all that stands on both sides: the verdict's id. */
async function tellApart(
  tx: Tx,
  deps: Deps,
  { pair, by, reason }: { pair: Pair; by: string; reason: string | undefined },
): Promise<string> {
  const id = deps.newId()
  const { match, own, other } = pair
  // Of a large case only some reports are kept: the one that asked among them.
  const asked = [match.report_id, ...(await reportsOf(tx, own.id))]
  await recordVerdict(tx, {
    id,
    verdict: 'different',
    sides: [[...new Set(asked)], await reportsOf(tx, other.id)],
    by,
    at: deps.now(),
    origin: 'review',
    matchId: match.id,
    reason,
  })
  return id
}

function announce(deps: Deps, { answer, caller }: Answering, outcome: ReviewOutcome): void {
  if (answer.decision === 'link') afterMove(deps)
  else deps.signals.wake('dispatch')
  deps.log.info({
    event: 'review.answered',
    decision: answer.decision,
    principal: `${caller} ${holderOf(answer.clerk)}`,
    ...(outcome.case !== undefined && { case: outcome.case.number }),
  })
}
