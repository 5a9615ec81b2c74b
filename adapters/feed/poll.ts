/**
 * One conditional GET per poll. What is new is decided by what the last committed page held, which the cursor remembers:
 * an unchanged document, or one that changed in nothing but its own dates, makes no receipt. One new entry makes a receipt
 * of the whole document; its known entries end as repeats, which costs little and keeps each receipt what the site sent.
 */
import { createHash } from 'node:crypto'
import {
  OutgoingError,
  retryAfterMs,
  type Channel,
  type Cursor,
  type OutgoingAnswer,
  type PollPage,
  type RawPayload,
} from '../adapter.ts'
import { defaultMaxBytes, entriesOf } from './decode.ts'
import { fingerprint } from './entry.ts'
import type { FeedSettings } from './settings.ts'

/** A payload's method where we fetched it. No HTTP server passes it on, so nobody can push one. */
export const polled = 'POLL'

/** What the cursor holds. `source` ties it to the address: another address starts afresh. */
interface Seen {
  readonly source: string
  readonly etag?: string
  readonly lastModified?: string
  readonly sha256: string
  readonly entries: readonly string[]
}

/** Throws OutgoingError in plain words for everything that is no feed. */
export async function pollFeed(
  channel: Channel<FeedSettings>,
  cursor: Cursor | null,
  signal: AbortSignal,
): Promise<PollPage> {
  const { settings, now } = channel
  const seen = seenOf(cursor, settings.url)
  const answer = await fetchFeed(channel, seen, signal)
  const waitMs = (settings.intervalS ?? 300) * 1000
  const nothingNew = { payload: null, cursor: cursor ?? {}, more: false }
  if (answer.status === 304) return { ...nothingNew, waitMs }
  if (answer.status === 429 || answer.status === 503)
    return { ...nothingNew, waitMs: Math.max(waitMs, retryAfterMs(answer.headers, now()) ?? 0) }
  if (answer.status !== 200) throw refusal(answer, settings.url)

  const next = seenIn(answer, settings)
  const isKnown =
    seen?.sha256 === next.sha256 ||
    (next.entries.length > 0 && next.entries.every((entry) => seen?.entries.includes(entry)))
  const payload = isKnown ? null : payloadOf(answer, channel)
  return { payload, cursor: { ...next }, more: false, waitMs }
}

/** Of the headers only what decoding or a later reader needs: a site's cookies do not. */
function payloadOf({ bytes, headers }: OutgoingAnswer, { settings, now }: Channel<FeedSettings>): RawPayload {
  const kept = ['content-type', 'date', 'etag', 'last-modified'].flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    bytes,
    headers: Object.fromEntries(kept),
    method: polled,
    url: withoutQuery(settings.url),
    receivedAt: now(),
  }
}

export function fetchFeed(
  { http, settings }: Channel<FeedSettings>,
  seen: Seen | null,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  const { url, userAgent, headers = {}, maxBytes = defaultMaxBytes } = settings
  return http.call(
    {
      method: 'GET',
      url,
      headers: {
        accept:
          'application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8, */*;q=0.1',
        ...(userAgent !== undefined && { 'user-agent': userAgent }),
        ...(seen?.etag !== undefined && { 'if-none-match': seen.etag }),
        ...(seen?.lastModified !== undefined && { 'if-modified-since': seen.lastModified }),
        ...headers,
      },
      maxBytes,
    },
    signal,
  )
}

function seenOf(cursor: Cursor | null, url: string): Seen | null {
  const isOurs =
    cursor !== null &&
    cursor['source'] === hash(url) &&
    typeof cursor['sha256'] === 'string' &&
    Array.isArray(cursor['entries'])
  return isOurs ? (cursor as unknown as Seen) : null
}

/** A document that cannot be read is handed on all the same, once: decoding says why, in quarantine. */
function seenIn({ headers, bytes }: OutgoingAnswer, settings: FeedSettings): Seen {
  const { etag, 'last-modified': lastModified } = headers
  return {
    source: hash(settings.url),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    sha256: hash(bytes),
    entries: fingerprints({ headers, bytes }, settings),
  }
}

function fingerprints(document: Pick<OutgoingAnswer, 'headers' | 'bytes'>, settings: FeedSettings): string[] {
  try {
    return entriesOf(document, settings).map((read) =>
      'entry' in read ? fingerprint(read.entry) : hash(read.position),
    )
  } catch {
    return []
  }
}

export function refusal({ status, headers }: OutgoingAnswer, url: string): OutgoingError {
  const { origin } = new URL(url)
  return new OutgoingError(`${origin} answered ${status}: ${reasonOf(status, headers, url)}`, {
    sent: 'perhaps',
    reason: 'broken',
  })
}

function reasonOf(status: number, headers: Readonly<Record<string, string>>, url: string): string {
  if (status >= 300 && status < 400) {
    const target = URL.parse(headers['location'] ?? '', url)
    return `the feed moved${target ? ` to ${target.origin}${target.pathname}` : ''}. Redirects are not followed; set url to the new address.`
  }
  if (status === 401 || status === 403)
    return 'the site does not let us in. Check the token under headers, or the user agent.'
  if (status === 404 || status === 410)
    return 'there is no feed at this address any more. Ask the site, and set url.'
  return status >= 500 ? 'the site is not well. It will be asked again.' : 'that is no feed. Check url.'
}

/** A site's token may stand in the query; it has no business in a receipt. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

function hash(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex')
}
