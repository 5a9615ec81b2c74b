import { OutgoingError, type Channel, type FileContent, type FileReference } from '../adapter.ts'
import { mediaTypeOf } from './form.ts'
import { callPartner } from './partner-call.ts'
import type { HttpJsonSettings } from './settings.ts'

/**
 * A file that stands at the partner's. Our credentials go to the partner's own servers only: whoever writes an address into a
 * report must not learn them. Throws OutgoingError.
 */
export async function fetchFile(
  { url, maxBytes }: FileReference,
  channel: Channel<HttpJsonSettings>,
  signal: AbortSignal,
): Promise<FileContent> {
  const { baseUrl, fileOrigins = [] } = channel.settings
  const address = URL.parse(url, baseUrl)
  if (address === null || !/^https?:$/.test(address.protocol))
    throw new OutgoingError('The file has no address that can be called.', { sent: 'no', reason: 'blocked' })
  const known = [baseUrl, ...fileOrigins].flatMap((one) => URL.parse(one ?? '')?.origin ?? [])
  const request = { method: 'GET', url: address.href, headers: { accept: '*/*' }, maxBytes }
  const { status, headers, bytes } = known.includes(address.origin)
    ? await callPartner(request, channel, signal)
    : await channel.http.call(request, signal)
  if (status === 200) return { bytes, mediaType: mediaTypeOf(headers['content-type']) }
  throw new OutgoingError(`${address.origin} answered ${status} when a file was asked for.`, {
    sent: 'perhaps',
    reason: 'broken',
    status,
  })
}
