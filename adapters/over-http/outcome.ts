/** What a partner's answer over HTTP, or its absence, means for a delivery. */
import type { Outcome } from '../../schemas/delivery.ts'
import { OutgoingError, retryAfterMs, type Answer } from '../adapter.ts'

/**
 * Where the mapping has no opinion. No 2xx is a success by itself: a gateway in between may have said it, or the body may
 * say the opposite, and whether the order was taken is open.
 */
export function outcomeOfStatus({ status, headers }: Answer, now: Date): Outcome {
  if (status < 300)
    return {
      kind: 'ambiguous',
      detail: `The partner answered ${status}, but not with what the mapping calls a good answer.`,
    }
  if (status < 400)
    return {
      kind: 'permanent',
      detail: `The partner answered ${status}: its interface moved. Redirects are not followed; correct baseUrl or path.`,
    }
  if (status === 425 || status === 429 || status === 503) {
    const waitMs = retryAfterMs(headers, now)
    return {
      kind: 'transient',
      detail: `The partner answered ${status}: not now.`,
      ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    }
  }
  if (status === 408 || status >= 500)
    return {
      kind: 'ambiguous',
      detail: `The partner answered ${status}; it may have taken the notice before it failed.`,
    }
  if (status === 401 || status === 403)
    return {
      kind: 'permanent',
      detail: `The partner answered ${status}: it does not accept our signature or token. Correct the secret, then send again.`,
    }
  return { kind: 'permanent', detail: `The partner answered ${status}: it refuses this notice as it is.` }
}

/** `sent` alone decides, except where our own guard said no. */
export function outcomeOfFailure(error: unknown): Outcome {
  if (!(error instanceof OutgoingError))
    return {
      kind: 'ambiguous',
      detail: 'The call failed in a way that is not known; whether the partner took it is open.',
    }
  const detail = error.message.slice(0, 500)
  if (error.sent === 'perhaps') return { kind: 'ambiguous', detail }
  if (error.reason === 'blocked') return { kind: 'permanent', detail }
  const { retryAfterMs: waitMs } = error
  return { kind: 'transient', detail, ...(waitMs !== undefined && { retryAfterMs: waitMs }) }
}
