import type { Database } from '../store/client.ts'
import { SETTLE } from './claim-sql.ts'
import { query, queryOnce } from './query.ts'
import type { Tx } from '../store/client.ts'
import type { Settlement } from './settlement.ts'

/** One finished try, as a row for SETTLE. */
export interface SettledTry {
  readonly id: string
  readonly token: string
  readonly attempt_id: string | null
  readonly state: Settlement['state']
  readonly due_at: string | null
  readonly may_be_taken: boolean
  readonly reason: string | null
  readonly reference: string | null
  readonly settled_at: string | null
  readonly finished_at: string
  readonly outcome: string
  readonly detail: string | null
}

export function settledTry(
  claim: { id: string; token: string; attemptId: string | null },
  settlement: Settlement,
  outcome: { kind: string; detail?: string | undefined },
  now: Date,
): SettledTry {
  const final = settlement.state === 'delivered' || settlement.state === 'dead'
  return {
    id: claim.id,
    token: claim.token,
    attempt_id: claim.attemptId,
    state: settlement.state,
    due_at: settlement.dueAt?.toISOString() ?? null,
    may_be_taken: settlement.mayBeTaken,
    reason: settlement.reason,
    reference: settlement.reference,
    settled_at: final ? now.toISOString() : null,
    finished_at: now.toISOString(),
    outcome: outcome.kind,
    detail: outcome.detail?.replaceAll('\u0000', '').slice(0, 500) ?? null,
  }
}

/** Ids of those whose claim still held. */
export async function settleAll(tx: Tx, tries: readonly SettledTry[]): Promise<Set<string>> {
  const rows = await query<{ id: string }>(tx, SETTLE, [JSON.stringify(tries)])
  return new Set(rows.map((row) => row.id))
}

interface Waiting {
  readonly settled: SettledTry
  readonly resolve: (held: boolean) => void
}

/**
 * Settles tries in batches: a lone one at once, those that end while a commit is under way together in the next. A database
 * that is away is asked again until `stop`: what is known of a call must not be lost while its lease can be kept.
 */
export function createSettleQueue(
  db: Database,
  options: { maxRows?: number; pauseMs?: number; onFailure: (cause: unknown) => void },
) {
  const waiting: Waiting[] = []
  let running = false
  let stopped = false
  const { maxRows = 200, pauseMs = 500 } = options

  const settleBatch = async (batch: readonly Waiting[]): Promise<Set<string>> => {
    const text = JSON.stringify(batch.map((item) => item.settled))
    for (;;) {
      try {
        const rows = await queryOnce<{ id: string }>(db, SETTLE, [text])
        return new Set(rows.map((row) => row.id))
      } catch (cause) {
        options.onFailure(cause)
        if (stopped) return new Set()
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  }
  const run = async () => {
    running = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxRows)
      const held = await settleBatch(batch)
      for (const item of batch) item.resolve(held.has(item.settled.id))
    }
    running = false
  }
  return {
    /** True: written. False: the claim was lost, nothing was written. */
    add: (settled: SettledTry): Promise<boolean> =>
      new Promise((resolve) => {
        waiting.push({ settled, resolve })
        if (!running) void run()
      }),
    stop: () => {
      stopped = true
    },
  }
}
