/** Gives items to clerks: what one has taken nobody else gets, whichever gateway is asked. */
import type { ReviewFilter } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { takeLease } from '../../store/leases.ts'
import { positionOf, readMatches, readQueue, weighOldMatches, type QueuePosition } from './queue.ts'
import { pairName, pairsOf, settleObsolete, standingOf, type Pair } from './standing.ts'

/** A clerk who looks away longer has to share: enough to read both sides and call somebody. */
export const takenForMs = 10 * 60_000
const pageItems = 50
const mostPages = 40

export interface Take {
  readonly clerk: string
  readonly limit: number
  /** Items that the clerk has already, or passes over. */
  readonly except?: readonly string[]
  readonly filter?: ReviewFilter
}

export const holderOf = (clerk: string): string => `clerk:${clerk}`

/** The clerk of a `holderOf`. */
export const clerkOf = (holder: string): string => holder.replace(/^clerk:/, '')

/** The items that are worth most and that nobody else has; the clerk's own among them. */
export async function takePairs(
  deps: Deps,
  { clerk, limit, except = [], filter = {} }: Take,
): Promise<Pair[]> {
  const taken = new Map<string, Pair>()
  const passed = new Set((await pairsOf(deps.db.sql, await readMatches(deps.db.sql, except))).map(pairName))
  for await (const pair of standingPairs(deps, filter)) {
    const name = pairName(pair)
    if (passed.has(name) || taken.has(name) || except.includes(pair.match.id)) continue
    passed.add(name)
    const lease = await takeLease(deps.db.sql, { name, holder: holderOf(clerk), forMs: takenForMs })
    if (lease !== null) taken.set(name, pair)
    if (taken.size >= limit) break
  }
  return [...taken.values()]
}

/** The pairs of the queue in order, page by page; what is obsolete is settled on the way. */
async function* standingPairs(deps: Deps, filter: ReviewFilter): AsyncGenerator<Pair> {
  await weighOldMatches(deps)
  let after: QueuePosition | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const rows = await readQueue(deps, { filter, limit: pageItems, ...(after !== undefined && { after }) })
    const { pairs, obsolete } = await standingOf(deps.db.sql, rows, deps.now())
    await settleObsolete(deps, obsolete)
    yield* pairs
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageItems) return
    after = positionOf(last)
  }
}

/** One page of the queue for who only looks: nothing is taken. `position` is where the next page begins. */
export async function lookAtQueue(
  deps: Deps,
  { filter, after, limit }: { filter: ReviewFilter; after?: QueuePosition | undefined; limit: number },
): Promise<{ pairs: Pair[]; position: QueuePosition | undefined }> {
  await weighOldMatches(deps)
  const pairs: Pair[] = []
  let position = after
  for (let page = 0; page < mostPages; page += 1) {
    const rows = await readQueue(deps, {
      filter,
      limit: pageItems,
      ...(position !== undefined && { after: position }),
    })
    const standing = await standingOf(deps.db.sql, rows, deps.now())
    await settleObsolete(deps, standing.obsolete)
    const room = limit - pairs.length
    pairs.push(...standing.pairs.slice(0, room))
    const last = standing.pairs.length > room ? pairs.at(-1)?.match : rows.at(-1)
    if (last !== undefined) position = positionOf(last)
    if (rows.length < pageItems || pairs.length >= limit) break
  }
  return { pairs, position }
}

export interface Taken {
  readonly clerk: string
  readonly until: Date
}

/** Who looks at which pair now, by its name. */
export async function takenNow(deps: Deps, names: readonly string[]): Promise<Map<string, Taken>> {
  if (names.length === 0) return new Map()
  const rows = await deps.db.sql<{ name: string; holder: string; expires_at: Date }[]>`
    select name, holder, expires_at from leases where name = any(${names as string[]}::text[]) and expires_at > now()`
  return new Map(
    rows.map(({ name, holder, expires_at }) => [name, { clerk: clerkOf(holder), until: expires_at }]),
  )
}

/** An answered pair needs no holder; what nobody gave back goes after a day. */
export async function giveBack(deps: Deps, names: readonly string[]): Promise<void> {
  await deps.db.sql`
    delete from leases where name = any(${names as string[]}::text[]) or (name like 'review:%' and expires_at < now() - interval '1 day')`
}
