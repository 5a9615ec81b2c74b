import type { Notice, Outcome } from '../../schemas/delivery.ts'
import type { Deps } from '../deps.ts'
import { NEXT_ATTEMPT } from './claim-sql.ts'
import { noticeOf, partnerOf, wayBackOf, type Claim, type WayBack } from './claim.ts'
import { queryOnce } from './query.ts'

/** What became of a claim: the last attempt made under it, and how it ended. Null: the claim was lost on the way. */
export interface TryResult {
  readonly attemptId: string
  readonly kind: 'deliver' | 'lookup'
  readonly outcome: Outcome
}

/** An adapter that does not come back when told to stop is left behind after this time. */
const leaveBehindMs = 1_000

/** One try: asks first where an earlier one may have been taken and the partner can be asked, then calls. */
export async function tryOnce(deps: Deps, claim: Claim, signal: AbortSignal): Promise<TryResult | null> {
  const attempt = { attemptId: claim.attempt_id, kind: 'deliver' as const }
  const runtime = deps.catalog.find(claim.channel_id)
  const back = wayBackOf(runtime)
  if (back === null)
    return { ...attempt, outcome: { kind: 'transient', detail: 'The channel has no way back now.' } }
  let notice: Notice
  try {
    notice = noticeOf(deps, claim)
  } catch (cause) {
    return {
      ...attempt,
      outcome: {
        kind: 'permanent',
        detail: cause instanceof Error ? cause.message : 'The content cannot be opened.',
      },
    }
  }
  if (!claim.may_be_taken || partnerOf(runtime) !== 'queryable') {
    return { ...attempt, outcome: await call(deps, back, notice, signal) }
  }
  const asked = await bounded((stop) => back.adapter.lookup?.(notice, back.channel, stop), back, signal)
  if (asked.kind !== 'transient') return { attemptId: claim.attempt_id, kind: 'lookup', outcome: asked }
  const attemptId = deps.newId()
  const now = deps.now().toISOString()
  const begun = await queryOnce(deps.db, NEXT_ATTEMPT, [
    claim.delivery_id,
    claim.token,
    claim.attempt_id,
    now,
    asked.detail.slice(0, 500),
    attemptId,
  ])
  if (begun.length === 0) return null
  return { attemptId, kind: 'deliver', outcome: await call(deps, back, notice, signal) }
}

async function call(deps: Deps, back: WayBack, notice: Notice, signal: AbortSignal): Promise<Outcome> {
  deps.killPoint('writeback.before-call')
  const outcome = await bounded((stop) => back.adapter.deliver(notice, back.channel, stop), back, signal)
  deps.killPoint('writeback.after-call')
  return outcome
}

/** Runs `work` until the channel's time-out or `outer`; whatever goes wrong leaves open whether the partner took it. */
async function bounded(
  work: (signal: AbortSignal) => Promise<Outcome> | undefined,
  back: WayBack,
  outer: AbortSignal,
): Promise<Outcome> {
  const { timeoutMs } = back.runtime.deliveries
  const inner = new AbortController()
  const onOuter = () => inner.abort(outer.reason)
  const timer = setTimeout(() => inner.abort(new DOMException('timeout', 'TimeoutError')), timeoutMs)
  let leave: NodeJS.Timeout | undefined
  const left = new Promise<Outcome>((resolve) => {
    inner.signal.addEventListener('abort', () => {
      const detail = outer.aborted
        ? 'The call was broken off by the gateway.'
        : `No answer within ${timeoutMs} ms.`
      leave = setTimeout(() => resolve({ kind: 'ambiguous', detail }), leaveBehindMs)
    })
  })
  if (outer.aborted) onOuter()
  else outer.addEventListener('abort', onOuter, { once: true })
  try {
    const made = work(inner.signal)
    return made === undefined
      ? { kind: 'ambiguous', detail: 'The partner cannot be asked.' }
      : await Promise.race([made, left])
  } catch (cause) {
    // Only the class: an adapter's message may quote what was sent.
    return {
      kind: 'ambiguous',
      detail: `The adapter failed unexpectedly (${cause instanceof Error ? cause.name : typeof cause}).`,
    }
  } finally {
    clearTimeout(timer)
    clearTimeout(leave)
    outer.removeEventListener('abort', onOuter)
  }
}
