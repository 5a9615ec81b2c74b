/** What the desk's API and command call: look, take, answer, take back. */
import type {
  ReviewAnswer,
  ReviewFilter,
  ReviewItem,
  ReviewLine,
  ReviewOutcome,
} from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { answerItem } from './answer.ts'
import { itemsOf, judgedFor, reasonOf } from './item.ts'
import { outcomeOf } from './outcome.ts'
import { formatPosition, parsePosition, readMatch, readMatches } from './queue.ts'
import { categoryIn } from './side.ts'
import { withheldFrom, type Sight } from './sight.ts'
import { pairName, pairsOf, settleObsolete, standingOf, type Pair } from './standing.ts'
import { holderOf, lookAtQueue, takenNow, takePairs, type Take } from './take.ts'

/** The next items for a clerk, who alone has them for ten minutes. */
export async function takeItems(deps: Deps, take: Take, sight: Sight): Promise<ReviewItem[]> {
  return await itemsOf(deps, await takePairs(deps, take), sight)
}

/** One item, answered ones with how. Throws `review.unknown`. */
export async function readItem(deps: Deps, id: string, sight: Sight): Promise<ReviewItem> {
  const match = await readMatch(deps.db.sql, id)
  if (match.settled_at === null)
    await settleObsolete(deps, (await standingOf(deps.db.sql, [match], deps.now())).obsolete)
  const current = await readMatch(deps.db.sql, id)
  const [[item], outcome] = await Promise.all([
    itemsOf(deps, await pairsOf(deps.db.sql, [current]), sight),
    outcomeOf(deps, current),
  ])
  if (item === undefined)
    throw new GatewayError('review.unknown', 'The reports of this item stand nowhere any more.', {
      context: { match: id },
    })
  return { ...item, ...(outcome !== undefined && { outcome }) }
}

/** What a clerk has taken and does not answer: the others need not wait for the end of its ten minutes. */
export async function giveBackItems(
  deps: Deps,
  { clerk, ids }: { clerk: string; ids: readonly string[] },
): Promise<void> {
  const names = (await pairsOf(deps.db.sql, await readMatches(deps.db.sql, ids))).map(pairName)
  await deps.db.sql`delete from leases where name = any(${names}::text[]) and holder = ${holderOf(clerk)}`
}

export interface Answered {
  readonly outcome: ReviewOutcome
  readonly next?: ReviewItem
}

/** Writes an answer and takes the next item in the same step, where the answer asks for it. Throws what `answerItem` throws. */
export async function answerAndTake(
  deps: Deps,
  { id, answer, caller }: { id: string; answer: ReviewAnswer; caller: string },
  sight: Sight,
): Promise<Answered> {
  const outcome = await answerItem(deps, { id, answer, caller })
  if (answer.next === undefined) return { outcome }
  const { filter = {}, except = [] } = answer.next
  const [next] = await takeItems(
    deps,
    { clerk: answer.clerk, limit: 1, except: [...except, id], filter },
    sight,
  )
  return { outcome, ...(next !== undefined && { next }) }
}

interface TitleRow {
  readonly id: string
  readonly case_id: string
  readonly channel_id: string
  readonly external_id: string
  readonly confidential: boolean
  readonly category: string | null
  readonly title: string
}

/** One page of the queue without texts, for lists; nothing is taken. Throws `request.cursor`. */
export async function listItems(
  deps: Deps,
  { filter, after, limit }: { filter: ReviewFilter; after: string | undefined; limit: number },
  sight: Sight,
): Promise<{ items: ReviewLine[]; cursor?: string }> {
  const { pairs, position } = await lookAtQueue(deps, { filter, after: parsePosition(after), limit })
  const [reports, firsts, taken] = await Promise.all([
    deps.db.sql<TitleRow[]>`
      select id, case_id, channel_id, external_id, confidential, working->>'category' as category, coalesce(working->>'title', left(working->>'text', 60)) as title
      from reports where id = any(${pairs.map(({ match }) => match.report_id)}::uuid[])`,
    deps.db.sql<{ id: string; title: string }[]>`
      select id, coalesce(title, left(text, 60)) as title from cases where id = any(${pairs.map(({ other }) => other.id)}::uuid[])`,
    takenNow(deps, pairs.map(pairName)),
  ])
  const reportOf = new Map(reports.map((row) => [row.id, row]))
  const titleOf = new Map(firsts.map((row) => [row.id, row.title]))
  const items = pairs.flatMap((pair): ReviewLine[] => {
    const report = reportOf.get(pair.match.report_id)
    return report === undefined
      ? []
      : [
          lineOf(deps, pair, {
            report,
            title: titleOf.get(pair.other.id) ?? '',
            taken: taken.get(pairName(pair)),
            sight,
          }),
        ]
  })
  return { items, ...(position !== undefined && items.length > 0 && { cursor: formatPosition(position) }) }
}

function lineOf(
  deps: Deps,
  { match, own, other }: Pair,
  {
    report,
    title,
    taken,
    sight,
  }: { report: TitleRow; title: string; taken: { clerk: string; until: Date } | undefined; sight: Sight },
): ReviewLine {
  const hides = sight.confidential === 'withheld'
  const judged = judgedFor(match, hides && (own.confidential || other.confidential))
  const withheld = withheldFrom(sight, report)
  return {
    id: match.id,
    askedAt: match.decided_at.toISOString(),
    ...(judged.worth !== undefined && { worth: judged.worth }),
    probability: judged.probability,
    reason: reasonOf(judged),
    channel: report.channel_id,
    ...(!withheld && { externalId: report.external_id }),
    cases: [own.number, other.number],
    states: [own.state, other.state],
    ...(own.held_until !== null && { heldUntil: own.held_until.toISOString() }),
    ...categoryIn(deps, report.category),
    titles: [withheld ? '' : report.title, hides && other.confidential ? '' : title],
    ...(taken !== undefined && { taken: { clerk: taken.clerk, until: taken.until.toISOString() } }),
  }
}
