/** What a joined case leaves to the one that takes over, and gets back where that is undone. The caller holds both cases' rows. */
import type { Tx } from '../../store/client.ts'
import type { Before } from './acts.ts'
import type { HeldCase } from './held-case.ts'

interface Pair {
  readonly from: HeldCase
  readonly into: HeldCase
}

type Left = Pick<Before, 'assignments' | 'tags' | 'topics' | 'umbrella' | 'settled' | 'turned'>

/** Hands over what is not a report's own, and says what it was. */
export async function leaveBelongings(
  tx: Tx,
  { from, into }: Pair,
  { at, by, verdictId }: { at: Date; by: string; verdictId: string | null },
): Promise<Left> {
  const withdrawn = await tx<{ id: string }[]>`
    update assignments set state = 'withdrawn' where case_id = ${from.id} and state in ('dispatched', 'signed', 'processing') returning id`
  const tags = from.tags.filter((tag) => !into.tags.includes(tag))
  await tx`update cases set tags = tags || ${tags}::text[] where id = ${into.id}`
  const umbrella = await leaveUmbrella(tx, { from, into }, { at, by })
  return {
    assignments: withdrawn.map(({ id }) => id),
    tags,
    topics: await leaveTopics(tx, { from, into }),
    ...(umbrella === undefined ? {} : { umbrella }),
    ...(await leaveMatches(tx, { from, into }, { at, verdictId })),
  }
}

async function leaveTopics(tx: Tx, { from, into }: Pair): Promise<string[]> {
  const gone = await tx<{ topic_id: string; at: Date }[]>`
    delete from topic_cases where case_id = ${from.id} returning topic_id, at`
  for (const { topic_id, at } of gone)
    await tx`
      insert into topic_cases (case_id, topic_id, at) values (${into.id}, ${topic_id}, ${at}) on conflict do nothing`
  return gone.map(({ topic_id }) => topic_id)
}

/** An umbrella case 总案 goes on over the other one, unless that has been one itself. */
async function leaveUmbrella(
  tx: Tx,
  { from, into }: Pair,
  { at, by }: { at: Date; by: string },
): Promise<Before['umbrella']> {
  const moved = await tx`
    update umbrellas set case_id = ${into.id} where case_id = ${from.id} and ended_at is null
      and not exists (select 1 from umbrellas where case_id = ${into.id}) returning 1`
  if (moved.length > 0) return 'moved'
  const ended = await tx`
    update umbrellas set ended_at = ${at}, ended_by = ${by} where case_id = ${from.id} and ended_at is null returning 1`
  return ended.length > 0 ? 'ended' : undefined
}

/**
 * Matches under review: between the two they are answered; those of other reports with the joined case ask about the other one
 * from now on. Indexes: matches_case, matches_report.
 */
async function leaveMatches(
  tx: Tx,
  { from, into }: Pair,
  { at, verdictId }: { at: Date; verdictId: string | null },
): Promise<{ settled: string[]; turned: string[] }> {
  const settled = await tx<{ id: string }[]>`
    update matches m set settled_at = ${at}, verdict_id = ${verdictId} from reports p
    where p.id = m.report_id and p.case_id = ${into.id} and m.case_id in (${from.id}, ${into.id}) and m.decision = 'review' and m.settled_at is null
    returning m.id`
  const turned = await tx<{ id: string }[]>`
    update matches set case_id = ${into.id} where case_id = ${from.id} and decision = 'review' and settled_at is null returning id`
  return { settled: settled.map(({ id }) => id), turned: turned.map(({ id }) => id) }
}

/** Gives back what the case left. Assignments stay withdrawn: their units were told to stop. */
export async function takeBelongingsBack(tx: Tx, { from, into }: Pair, left: Before): Promise<void> {
  const { tags = [], topics = [], settled = [], turned = [] } = left
  // Of a tag that both had, or that another joining brought, the taking case keeps its own.
  await tx`
    update cases set tags = array(select tag from unnest(tags) as t(tag) where tag <> all(${tags as string[]}::text[])) where id = ${into.id}`
  for (const topic of topics)
    await tx`
      insert into topic_cases (case_id, topic_id, at) select ${from.id}, topic_id, at from topic_cases where case_id = ${into.id} and topic_id = ${topic}
      on conflict do nothing`
  if (left.umbrella === 'moved')
    await tx`update umbrellas set case_id = ${from.id} where case_id = ${into.id} and not exists (select 1 from umbrellas where case_id = ${from.id})`
  if (left.umbrella === 'ended')
    await tx`update umbrellas set ended_at = null, ended_by = null where case_id = ${from.id} and until > now()`
  await tx`
    update matches set settled_at = null, verdict_id = null where id = any(${settled as string[]}::uuid[])`
  await tx`update matches set case_id = ${from.id} where id = any(${turned as string[]}::uuid[]) and settled_at is null`
}
