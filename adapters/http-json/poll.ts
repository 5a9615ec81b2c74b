/** Asks a partner for what is new, page after page. */
import {
  retryAfterMs,
  type Channel,
  type Cursor,
  type OutgoingAnswer,
  type PollPage,
  type RawPayload,
} from '../adapter.ts'
import { defaultMaxBytes } from './decode.ts'
import { callPartner } from './partner-call.ts'
import { nextPosition, pageOf, type Page } from './poll-page.ts'
import type { Poll } from './poll-settings.ts'
import {
  fingerprint,
  hash,
  highestId,
  inRound,
  maxFingerprints,
  pollFault,
  roundEnded,
  stateOf,
  valuesAt,
  withoutMark,
  withoutRound,
  type PollState,
  type Position,
} from './poll-state.ts'
import type { HttpJsonSettings } from './settings.ts'
import { fillRequest } from './template.ts'
import { textAt } from './tree.ts'

/** A payload's method where we fetched it. No HTTP server passes it on, so nobody can push one. */
export const polled = 'POLL'

/** A partner's clock may be behind ours; one that is further behind is not believed. */
const believableMs = 86_400_000

type Round = PollState & { readonly at: Position }

/**
 * Pages from the cursor on, to the end of the round. Throws OutgoingError or DecodeError for an answer that is no page; the
 * cursor then stays at the page before.
 */
export async function* pollPages(
  channel: Channel<HttpJsonSettings>,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  const { poll } = channel.settings
  if (poll === undefined) return
  let state = stateOf(cursor, channel.settings)
  for (let pages = 0; ; pages += 1) {
    const read = await nextPage(channel, { poll, state, signal, isResumed: pages === 0 }).catch(
      (error: unknown) => {
        // The time is over: what was read is committed, the rest follows at the next poll.
        if (pages > 0 && signal.aborted) return undefined
        throw error
      },
    )
    if (read === undefined) return
    yield read.page
    if (!read.page.more) return
    state = read.next
  }
}

interface Turn {
  readonly poll: Poll
  readonly state: PollState
  readonly signal: AbortSignal
  /** The first request of a poll: its cursor may be old. */
  readonly isResumed: boolean
}

async function nextPage(
  channel: Channel<HttpJsonSettings>,
  { poll, state, signal, isResumed }: Turn,
): Promise<{ page: PollPage; next: PollState }> {
  const { settings, now } = channel
  const round = inRound(state, poll, now())
  const request = fillRequest(poll, settings, valuesAt(round.at, poll))
  const { maxBytes = defaultMaxBytes } = settings
  const answer = await callPartner({ ...request, maxBytes }, channel, signal)
  const older = isResumed && round.at.cursor !== undefined ? withOlderCursor(state, answer.status) : undefined
  if (older !== undefined) return nextPage(channel, { poll, state: older, signal, isResumed })
  const page = pageOf(answer, poll, { records: settings.records, url: request.url, now: now() })
  const next = after(round, page, { poll, answer, now: now() })
  const waitMs = retryAfterMs(answer.headers, now())
  return {
    page: {
      payload: isKnown(page, round) ? null : payloadOf(answer, request.url, now()),
      cursor: { ...next },
      more: next.at !== undefined || hasNextWindow(round, poll, now()),
      ...(waitMs !== undefined && { waitMs }),
    },
    next,
  }
}

/**
 * Partners forget the cursors that they gave. One within a round: the round is read again from its beginning. The one at
 * which the last round ended, with 410 Gone: what the partner still has is read from its beginning.
 */
function withOlderCursor(state: PollState, status: number): PollState | undefined {
  if (![400, 404, 410, 422].includes(status)) return undefined
  if (state.at !== undefined) return withoutRound(state)
  return status === 410 && state.mark !== undefined ? withoutMark(state) : undefined
}

/** Every row of it was read before, in this round or the last one, and has not changed. */
function isKnown({ rows }: Page, { seen, reading }: Round): boolean {
  const known = new Set([...seen, ...reading])
  return rows.every((row) => known.has(fingerprint(row)))
}

function after(
  round: Round,
  page: Page,
  { poll, answer, now }: { poll: Poll; answer: OutgoingAnswer; now: Date },
): PollState {
  const top = topOf(round, page, { poll, answer, now })
  const last = hash(JSON.stringify(page.rows))
  const read = round.read + page.rows.length
  const reading = [...new Set([...round.reading, ...page.rows.map(fingerprint)])].slice(-maxFingerprints)
  const state = { ...round, read, last, reading, ...(top !== undefined && { top }) }
  // A partner that ignores which page is asked for gives the same one for ever.
  const isStuck = last === round.last
  const highest =
    poll.since?.kind === 'id' && page.rows.length > 0 ? highestOf(page, poll.since.id) : undefined
  const next = isStuck ? null : nextPosition(round.at, page, { poll, read, top: highest })
  return next === null ? roundEnded(state, markOf(state, page, poll)) : { ...state, at: next }
}

function highestOf({ rows }: Page, path: string): bigint | undefined {
  return highestId(
    rows,
    rows.map((row) => textAt(row, path)),
  )
}

function topOf(
  round: Round,
  page: Page,
  { poll: { since, paging }, answer, now }: { poll: Poll; answer: OutgoingAnswer; now: Date },
): string | undefined {
  if (since?.kind === 'time') return round.top ?? believedNow(round.at.until ?? '', answer, now)
  if (since?.kind !== 'id') return undefined
  if (paging === undefined) mustIncrease(page, since.id)
  const highest = highestOf(page, since.id)
  const known = BigInt(round.top ?? round.mark ?? since.start ?? '0')
  return String(highest !== undefined && highest > known ? highest : known)
}

/** A list whose newest row comes first cannot be paged by "after the highest id": what lies between would be skipped. */
function mustIncrease({ rows }: Page, path: string): void {
  if (Number(textAt(rows[0], path)) > Number(textAt(rows.at(-1), path)))
    throw pollFault(
      'The rows come with the highest id first. Ask for them in increasing order, or set poll.paging.',
    )
}

/** Rows carry the partner's time: a round ends where its clock stood, not ours. */
function believedNow(until: string, { headers }: OutgoingAnswer, now: Date): string {
  const theirs = Date.parse(headers['date'] ?? '')
  const behindMs = now.getTime() - theirs
  return behindMs > 0 && behindMs < believableMs && theirs < Date.parse(until)
    ? new Date(theirs).toISOString()
    : until
}

function markOf(state: Round, { tree }: Page, { since, paging }: Poll): string | undefined {
  if (since?.kind === 'time') return later(state.mark, state.top)
  if (since?.kind === 'id') return state.top ?? state.mark
  if (paging?.kind === 'cursor') return textAt(tree, paging.next) ?? state.at.cursor
  return undefined
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  return one !== undefined && (other === undefined || one > other) ? one : other
}

/** A round that was cut to the longest window: the next window follows at once. */
function hasNextWindow({ at }: Round, { since }: Poll, now: Date): boolean {
  if (since?.kind !== 'time' || since.windowS === undefined) return false
  const [fromMs, untilMs] = [Date.parse(at.since ?? ''), Date.parse(at.until ?? '')]
  return untilMs - fromMs >= since.windowS * 1000 && untilMs < now.getTime()
}

/** Of the headers only what decoding needs. A key may stand in the query; it has no business in a receipt. */
function payloadOf({ bytes, headers }: OutgoingAnswer, url: string, receivedAt: Date): RawPayload {
  const { origin, pathname } = new URL(url)
  const contentType = headers['content-type']
  return {
    bytes,
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    method: polled,
    url: origin + pathname,
    receivedAt,
  }
}
