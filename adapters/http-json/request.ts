/** A notice as an HTTP request in the partner's form; access, signature and certificate are added when it is sent. */
import type { Notice } from '../../schemas/delivery.ts'
import type { Channel, OutgoingRequest } from '../adapter.ts'
import { RequestFault } from '../over-http/request-fault.ts'
import { isSettingsOf } from '../over-http/settings-check.ts'
import { urlOf } from '../over-http/url.ts'
import { RequestSettings, type HttpJsonSettings } from './settings.ts'

/** Throws RequestFault. */
export function buildRequest(
  notice: Notice,
  channel: Channel<HttpJsonSettings>,
  { settings, body }: { settings: Readonly<Record<string, unknown>>; body: unknown },
): OutgoingRequest {
  if (!isSettingsOf(RequestSettings, settings))
    throw new RequestFault(
      `The mapping's request "${notice.request}" has wrong settings: it needs path, and may have method and headers.`,
    )
  const { baseUrl, idempotencyHeader = 'Idempotency-Key' } = channel.settings
  if (baseUrl === undefined)
    throw new RequestFault('The channel has no baseUrl. Set it under reverse.settings.')
  const { method = 'POST' } = settings
  const text = method === 'GET' || body === undefined ? '' : JSON.stringify(body)
  return {
    method,
    url: urlOf(baseUrl, settings.path, notice),
    headers: { ...settings.headers, [idempotencyHeader]: notice.idempotencyKey },
    ...(text !== '' && { body: text }),
  }
}
