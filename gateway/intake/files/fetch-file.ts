/** One try to get a file from where its source keeps it. */
import {
  OutgoingError,
  retryAfterMs,
  type FileContent,
  type FileReference,
} from '../../../adapters/adapter.ts'
import type { FileReason } from '../../../schemas/primitives.ts'
import type { FeedRuntime } from '../../catalog/catalog.ts'
import { unknownBinary } from '../../store/media-types.ts'

/** From the call to the last byte. */
export const fetchTimeoutMs = 60_000

/** `refused`: no later try will help. `waitMs` is the server's own wish. */
export type Fetched =
  | { readonly kind: 'got'; readonly content: FileContent }
  | { readonly kind: 'refused'; readonly reason: FileReason }
  | { readonly kind: 'failed'; readonly reason: FileReason; readonly waitMs: number | undefined }

/** By the adapter where it has a way of its own, else by a plain GET. Never throws for what a server does. */
export async function fetchFile(
  feed: FeedRuntime,
  reference: FileReference,
  signal: AbortSignal,
): Promise<Fetched> {
  const { adapter, channel } = feed
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMs)])
  try {
    const content =
      adapter.fetchFile === undefined
        ? await get(channel, reference, bounded)
        : await adapter.fetchFile(reference, channel, bounded)
    return { kind: 'got', content }
  } catch (cause) {
    if (cause instanceof OutgoingError) return failureOf(cause)
    throw cause
  }
}

async function get(
  { http, now }: FeedRuntime['channel'],
  { url, maxBytes }: FileReference,
  signal: AbortSignal,
): Promise<FileContent> {
  const request = {
    method: 'GET',
    url,
    headers: { accept: '*/*' },
    maxBytes,
    timeoutMs: fetchTimeoutMs,
  }
  const { status, headers, bytes } = await http.call(request, signal)
  if (status === 200) return { bytes, mediaType: headers['content-type'] ?? unknownBinary }
  throw new OutgoingError(`The server of a file answered ${status}.`, {
    sent: 'perhaps',
    reason: 'broken',
    status,
    retryAfterMs: retryAfterMs(headers, now()),
  })
}

function failureOf({ reason, status, retryAfterMs: waitMs }: OutgoingError): Fetched {
  if (status !== undefined) return failureOfStatus(status, waitMs)
  switch (reason) {
    case 'blocked':
    case 'too-large':
      return { kind: 'refused', reason }
    case 'unreachable':
    case 'timeout':
    case 'broken':
      return { kind: 'failed', reason, waitMs }
  }
}

function failureOfStatus(status: number, waitMs: number | undefined): Fetched {
  if (status === 404 || status === 410) return { kind: 'refused', reason: 'gone' }
  // Another address than the one that was given: whoever wants that one fetched names it.
  if (status >= 300 && status < 400) return { kind: 'refused', reason: 'redirect' }
  return { kind: 'failed', reason: 'status', waitMs }
}
