/** One try to get a file from where its source keeps it. */
import { OutgoingError, retryAfterMs, type FileContent } from '../../../adapters/adapter.ts'
import type { FileReason } from '../../../schemas/primitives.ts'
import type { FeedRuntime } from '../../catalog/catalog.ts'

/** From the call to the last byte. */
export const fetchTimeoutMs = 60_000

/** `refused`: no later try will help. `waitMs` is the server's own wish. */
export type Fetched =
  | { readonly kind: 'got'; readonly content: FileContent }
  | { readonly kind: 'refused'; readonly reason: FileReason }
  | { readonly kind: 'failed'; readonly reason: FileReason; readonly waitMs?: number }

/** By the adapter where it has a way of its own, else by a plain GET. Never throws for what a server does. */
export async function fetchFile(
  feed: FeedRuntime,
  reference: { readonly url: string; readonly name?: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<Fetched> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMs)])
  try {
    return feed.adapter.fetchFile === undefined
      ? await get(feed, reference, bounded)
      : { kind: 'got', content: await feed.adapter.fetchFile(reference, feed.channel, bounded) }
  } catch (cause) {
    if (cause instanceof OutgoingError) return failureOf(cause)
    throw cause
  }
}

async function get(
  { channel }: FeedRuntime,
  { url, maxBytes }: { readonly url: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<Fetched> {
  const request = {
    method: 'GET',
    url,
    headers: { accept: '*/*' },
    maxBytes,
    timeoutMs: fetchTimeoutMs,
  }
  const { status, headers, bytes } = await channel.http.call(request, signal)
  if (status === 200)
    return {
      kind: 'got',
      content: { bytes, mediaType: headers['content-type'] ?? 'application/octet-stream' },
    }
  if (status === 404 || status === 410) return { kind: 'refused', reason: 'gone' }
  // Another address than the one that was allowed: whoever wants it fetched sends it.
  if (status >= 300 && status < 400) return { kind: 'refused', reason: 'redirect' }
  const waitMs = retryAfterMs(headers, channel.now())
  return { kind: 'failed', reason: 'status', ...(waitMs === undefined ? {} : { waitMs }) }
}

function failureOf({ reason }: OutgoingError): Fetched {
  switch (reason) {
    case 'blocked':
    case 'too-large':
      return { kind: 'refused', reason }
    case 'unreachable':
    case 'timeout':
    case 'broken':
      return { kind: 'failed', reason }
  }
}
