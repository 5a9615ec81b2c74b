/**
 * Where a poll goes on: kept in the cursor, moved only with a page's commit.
 *
 * A *round* reads what is new, page after page. It begins at the mark that the last round left, less an overlap, so that
 * rows which came late are seen; rows that are known make no receipt. `seen` holds fingerprints of the rows of the last round,
 * `reading` those of this one.
 */
import { createHash } from 'node:crypto'
import { OutgoingError, type Cursor } from '../adapter.ts'
import type { Poll } from './poll-settings.ts'
import type { HttpJsonSettings } from './settings.ts'
import type { Values } from './template.ts'
import { formatTime } from './times.ts'

/** What the next request asks for. */
export interface Position {
  /** ISO 8601, UTC. */
  readonly since?: string
  readonly until?: string
  readonly afterId?: string
  readonly cursor?: string
  readonly page?: number
  readonly offset?: number
}

export interface PollState {
  /** Ties the state to what is asked: another address or way of asking starts afresh. */
  readonly source: string
  /** Where the last round ended: an instant, an id or a cursor. */
  readonly mark?: string
  /** Within a round: what is asked next. */
  readonly at?: Position
  /** Within a round: the highest id read, or the instant that the mark moves to. */
  readonly top?: string
  /** Rows of this round. */
  readonly read: number
  /** Hash of the round's last page. */
  readonly last?: string
  readonly seen: readonly string[]
  readonly reading: readonly string[]
}

/** Rows whose fingerprints a cursor holds. */
export const maxFingerprints = 2_000
const firstWindowMs = 86_400_000

export function stateOf(cursor: Cursor | null, { baseUrl, poll }: HttpJsonSettings): PollState {
  const source = hash(JSON.stringify([baseUrl, poll?.path, poll?.since?.kind, poll?.paging?.kind]))
  const isOurs =
    cursor !== null &&
    cursor['source'] === source &&
    typeof cursor['read'] === 'number' &&
    Array.isArray(cursor['seen']) &&
    Array.isArray(cursor['reading'])
  return isOurs ? (cursor as unknown as PollState) : { source, read: 0, seen: [], reading: [] }
}

/** The state within a round; begins one where none runs. */
export function inRound(state: PollState, poll: Poll, now: Date): PollState & { readonly at: Position } {
  if (state.at !== undefined) return { ...state, at: state.at }
  const { top: _top, last: _last, ...rest } = state
  return { ...rest, at: firstPosition(state.mark, poll, now), read: 0, reading: [] }
}

function firstPosition(mark: string | undefined, poll: Poll, now: Date): Position {
  return { ...firstSince(mark, poll, now), ...firstPage(mark, poll) }
}

function firstSince(mark: string | undefined, { since }: Poll, now: Date): Position {
  switch (since?.kind) {
    case 'time': {
      const { overlapS = 300, windowS = Infinity, start } = since
      const beganMs = Date.parse(mark ?? start ?? '') || now.getTime() - firstWindowMs
      // At most half a window, or rounds would never get on.
      const fromMs = beganMs - (mark === undefined ? 0 : Math.min(overlapS, windowS / 2) * 1000)
      const untilMs = Math.max(fromMs, Math.min(now.getTime(), fromMs + windowS * 1000))
      return { since: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() }
    }
    case 'id': {
      const from = BigInt(mark ?? since.start ?? '0') - BigInt(mark === undefined ? 0 : (since.window ?? 100))
      return { afterId: String(from > 0n ? from : 0n) }
    }
    case undefined:
      return {}
  }
}

function firstPage(mark: string | undefined, { paging, since }: Poll): Position {
  switch (paging?.kind) {
    case 'page':
      return { page: paging.first ?? 1 }
    case 'offset':
      return { offset: 0 }
    case 'cursor': {
      const cursor = (since === undefined ? mark : undefined) ?? paging.start
      return cursor === undefined ? {} : { cursor }
    }
    case undefined:
      return {}
  }
}

/** The placeholders of a request at this position. */
export function valuesAt({ since, until, afterId, ...rest }: Position, poll: Poll): Values {
  const { format, zone } = poll.since?.kind === 'time' ? poll.since : {}
  const id = Number(afterId)
  return {
    ...rest,
    ...(since !== undefined && { since: formatTime(new Date(since), format, zone) }),
    ...(until !== undefined && { until: formatTime(new Date(until), format, zone) }),
    ...(afterId !== undefined && { afterId: Number.isSafeInteger(id) ? id : afterId }),
  }
}

/** The state after a round: its mark moves, and what it read is known. */
export function roundEnded(state: PollState, mark: string | undefined): PollState {
  return {
    source: state.source,
    ...(mark !== undefined && { mark }),
    read: 0,
    seen: state.reading,
    reading: [],
  }
}

/** Begins the round again; what it read is known. */
export function withoutRound({ at: _at, ...state }: PollState): PollState {
  return { ...state, seen: [...state.seen, ...state.reading].slice(-maxFingerprints) }
}

export function withoutMark({ source, seen }: PollState): PollState {
  return { source, read: 0, seen, reading: [] }
}

/** 66 bits: enough to tell thousands of rows apart. */
export function fingerprint(row: unknown): string {
  return hash(JSON.stringify(row)).slice(0, 11)
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** Throws OutgoingError: the row has no id that grows. */
export function highestId(
  rows: readonly unknown[],
  ids: readonly (string | undefined)[],
): bigint | undefined {
  const known = ids.flatMap((id) => (id !== undefined && /^[0-9]{1,30}$/.test(id) ? BigInt(id) : []))
  if (rows.length > 0 && known.length === 0)
    throw pollFault('No row of the page has a whole number where since.id says. Correct since.id.')
  return known.reduce<bigint | undefined>((top, id) => (top === undefined || id > top ? id : top), undefined)
}

/** The poll failed although the partner answered. It is tried again later; the cursor stays. */
export function pollFault(message: string, retryAfterMs?: number): OutgoingError {
  return new OutgoingError(message, {
    sent: 'perhaps',
    reason: 'broken',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}
