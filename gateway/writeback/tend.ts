/** What must happen although nothing woke us: claims of killed workers, ended holds, stranded deliveries, lag. */
import type { Deps } from '../deps.ts'
import {
  BLOCKED_AS_UNKNOWN,
  BLOCK_STRANDED,
  DELIVERY_LAG,
  FAN_OUT_LAG,
  LAPSED,
  RELEASE_HELD,
} from './claim-sql.ts'
import { partnerOf, wayBackOf } from './claim.ts'
import { query, queryOnce } from './query.ts'
import { remap } from './remap.ts'
import { scheduleOf } from './schedule.ts'
import { settleAll, settledTry } from './settle-queue.ts'
import { settlementOf } from './settlement.ts'

interface LapsedRow {
  readonly id: string
  readonly claim_token: string
  readonly channel_id: string
  readonly tries: number
  readonly may_be_taken: boolean
  readonly attempt_id: string | null
  readonly kind: 'deliver' | 'lookup' | null
}

const stoppedDetail = 'The gateway that made this try stopped before it knew how it ended.'

/**
 * Takes over claims whose lease ended, by the database's clock. Their call may have been made: the partner's class decides,
 * as after every ambiguous try.
 */
export async function takeOverLapsed(deps: Deps, random: () => number = Math.random): Promise<number> {
  const taken = await deps.db.transaction(async (tx) => {
    const rows = await query<LapsedRow>(tx, LAPSED, [deps.catalog.all().map((runtime) => runtime.id)])
    if (rows.length === 0) return 0
    const now = deps.now()
    const tries = rows.map((row) => {
      const runtime = deps.catalog.find(row.channel_id)
      const outcome = { kind: 'ambiguous', detail: stoppedDetail } as const
      const settlement = settlementOf(outcome, {
        kind: row.kind ?? 'deliver',
        tries: row.tries,
        mayBeTaken: row.may_be_taken,
        partner: partnerOf(runtime),
        schedule: scheduleOf(runtime, random),
        uncertainHoldMs: runtime?.deliveries.uncertainHoldMs ?? null,
        now,
      })
      return settledTry(
        { id: row.id, token: row.claim_token, attemptId: row.attempt_id },
        settlement,
        outcome,
        now,
      )
    })
    return (await settleAll(tx, tries)).size
  })
  if (taken > 0) deps.log.warn({ event: 'delivery.taken-over', count: taken })
  return taken
}

/** Sends uncertain deliveries again whose channel says how long to hold them. */
export async function releaseHeld(deps: Deps): Promise<number> {
  return (await queryOnce(deps.db, RELEASE_HELD, [deps.now().toISOString()])).length
}

/**
 * Maps again what was blocked because its channel was not known here, as after a start with a missing secret: that needs no
 * person once the channel is there.
 */
export async function recoverUnknown(deps: Deps): Promise<number> {
  const known = deps.catalog.all()
  if (known.length === 0) return 0
  const ids = known.map((runtime) => runtime.id)
  return deps.db.transaction(async (tx) => {
    const rows = await query<Parameters<typeof remap>[2]>(tx, BLOCKED_AS_UNKNOWN, [ids])
    for (const row of rows) await remap(tx, deps, row)
    return rows.length
  })
}

/** Makes deliveries visible that wait for a channel which can no longer be told. */
export async function blockStranded(deps: Deps): Promise<number> {
  const stranded = deps.catalog
    .all()
    .filter((runtime) => wayBackOf(runtime) === null && !runtime.mapping.reverse.pull)
    .map((runtime) => runtime.id)
  if (stranded.length === 0) return 0
  const reason = 'The channel has no way back any more. Set it up and replay this delivery, or waive it.'
  return (await queryOnce(deps.db, BLOCK_STRANDED, [stranded, deps.now().toISOString(), reason])).length
}

/** Age of the oldest item that waits for each half of this stage. */
export async function measureLag(deps: Deps): Promise<void> {
  const now = deps.now().toISOString()
  const [delivery] = await queryOnce<{ seconds: number | null }>(deps.db, DELIVERY_LAG, [now])
  const [fanOut] = await queryOnce<{ seconds: number | null }>(deps.db, FAN_OUT_LAG, [now])
  deps.metrics.stageLag.set({ stage: 'delivery' }, Math.max(0, delivery?.seconds ?? 0))
  deps.metrics.stageLag.set({ stage: 'fan-out' }, Math.max(0, fanOut?.seconds ?? 0))
}
