/** Claim, commit, call, record: no transaction stays open over the network, and no slow partner holds up the pass. */
import type { Deps } from '../deps.ts'
import { errorFields } from '../telemetry/logger.ts'
import { claimDue, partnerOf, type Claim } from './claim.ts'
import { RENEW } from './claim-sql.ts'
import { queryOnce } from './query.ts'
import { scheduleOf } from './schedule.ts'
import { createSettleQueue, settledTry } from './settle-queue.ts'
import { settlementOf } from './settlement.ts'
import { tryOnce, type TryResult } from './try-once.ts'

export interface DelivererOptions {
  /** Calls at once in this process, over all channels. */
  readonly maxCalls?: number
  readonly leaseMs?: number
  readonly random?: () => number
  /** A call ended: slots are free, and its party's next delivery may go. */
  readonly onSettled?: () => void
}

export interface Deliverer {
  /** Claims what is due and starts the calls; does not wait for them. */
  pass(): Promise<{ more: boolean }>
  /** Resolves when no call runs. */
  idle(): Promise<void>
  /** Claims nothing more, waits for running calls, then breaks them off. */
  stop(graceMs: number): Promise<void>
}

interface Running {
  readonly claim: Claim
  readonly controller: AbortController
  readonly done: Promise<void>
}

const claimsPerPass = 100

export function createDeliverer(deps: Deps, options: DelivererOptions = {}): Deliverer {
  const { maxCalls = 128, leaseMs = deps.leaseMs, random = Math.random } = options
  /** By the claim's attempt: a delivery whose claim was lost may be claimed again here. */
  const running = new Map<string, Running>()
  const queue = createSettleQueue(deps.db, {
    onFailure: (cause) =>
      deps.log.warn({ event: 'delivery.settle-failed', count: running.size, ...errorFields(cause) }),
  })
  let stopping = false

  const work = async (claim: Claim, controller: AbortController) => {
    const startedAt = performance.now()
    const result = await tryOnce(deps, claim, controller.signal)
    const state = result === null ? 'lost' : await settle(claim, result)
    logTry(deps, claim, { result, state, durationMs: Math.round(performance.now() - startedAt) })
    if (state !== 'lost') deps.killPoint('writeback.after-settle')
  }

  const settle = async (claim: Claim, result: TryResult): Promise<string> => {
    const runtime = deps.catalog.find(claim.channel_id)
    const now = deps.now()
    const settlement = settlementOf(result.outcome, {
      kind: result.kind,
      tries: claim.tries,
      mayBeTaken: claim.may_be_taken && !wasLookedUp(claim, result),
      partner: partnerOf(runtime),
      schedule: scheduleOf(runtime, random),
      uncertainHoldMs: runtime?.deliveries.uncertainHoldMs ?? null,
      now,
    })
    const id = { id: claim.delivery_id, token: claim.token, attemptId: result.attemptId }
    return (await queue.add(settledTry(id, settlement, result.outcome, now))) ? settlement.state : 'lost'
  }

  const start = (claim: Claim) => {
    const controller = new AbortController()
    const done = work(claim, controller)
      .catch((cause: unknown) =>
        deps.log.error({ event: 'delivery.failed', delivery: claim.delivery_id, ...errorFields(cause) }),
      )
      .finally(() => {
        running.delete(claim.attempt_id)
        options.onSettled?.()
      })
    running.set(claim.attempt_id, { claim, controller, done })
  }

  const heartbeat = setInterval(() => void renew(deps, [...running.values()], leaseMs), leaseMs / 3)
  heartbeat.unref()

  return {
    pass: async () => {
      const limit = Math.min(claimsPerPass, maxCalls - running.size)
      if (stopping || limit <= 0) return { more: false }
      const claims = await claimDue(deps, { limit, leaseMs })
      if (claims.length > 0) deps.killPoint('writeback.after-claim')
      claims.forEach(start)
      return { more: claims.length > 0 && running.size < maxCalls }
    },
    idle: async () => {
      while (running.size > 0) await Promise.all([...running.values()].map((call) => call.done))
    },
    stop: async (graceMs) => {
      stopping = true
      const all = () => Promise.all([...running.values()].map((call) => call.done))
      await withinMs(all(), graceMs)
      for (const call of running.values()) call.controller.abort(new DOMException('stopping', 'AbortError'))
      await withinMs(all(), 3_000)
      queue.stop()
      clearInterval(heartbeat)
    },
  }
}

/** The claim began with a look-up that found nothing, and the call was made after it. */
const wasLookedUp = (claim: Claim, result: TryResult): boolean =>
  result.kind === 'deliver' && result.attemptId !== claim.attempt_id

async function renew(deps: Deps, calls: readonly Running[], leaseMs: number): Promise<void> {
  if (calls.length === 0) return
  const claims = calls.map(({ claim }) => ({ id: claim.delivery_id, token: claim.token }))
  try {
    const kept = new Set(
      (await queryOnce<{ id: string }>(deps.db, RENEW, [JSON.stringify(claims), leaseMs])).map(
        (row) => row.id,
      ),
    )
    for (const { claim, controller } of calls) {
      if (!kept.has(claim.delivery_id)) controller.abort(new DOMException('lease lost', 'AbortError'))
    }
  } catch (cause) {
    deps.log.warn({ event: 'delivery.renew-failed', count: calls.length, ...errorFields(cause) })
  }
}

function logTry(
  deps: Deps,
  claim: Claim,
  end: { result: TryResult | null; state: string; durationMs: number },
): void {
  const outcome = end.result?.outcome.kind ?? 'lost'
  deps.metrics.deliveries.inc({ channel: claim.channel_id, outcome })
  deps.log.info({
    event: 'delivery.try',
    delivery: claim.delivery_id,
    channel: claim.channel_id,
    case: claim.number,
    party: claim.party_id,
    report: claim.report_id,
    try: claim.tries,
    request: claim.request,
    code: claim.code,
    outcome,
    state: end.state,
    durationMs: end.durationMs,
  })
}

/** Waits for `work`, but no longer than `ms`. */
async function withinMs(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work.then(() => undefined), late])
  clearTimeout(timer)
}
