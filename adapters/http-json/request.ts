/** A notice as an HTTP request in the partner's form. */
import { randomUUID } from 'node:crypto'
import { Value } from 'typebox/value'
import type { Notice } from '../../schemas/delivery.ts'
import type { Channel, OutgoingRequest } from '../adapter.ts'
import { signedHeaders } from './signature.ts'
import { RequestSettings, type HttpJsonSettings } from './settings.ts'

/** A request that cannot be built, whatever the partner does. The message says which setting to correct. */
export class RequestFault extends Error {}

/** Throws RequestFault. */
export function buildRequest(
  notice: Notice,
  channel: Channel<HttpJsonSettings>,
  { settings, body }: { settings: Readonly<Record<string, unknown>>; body: unknown },
): OutgoingRequest {
  if (!Value.Check(RequestSettings, settings))
    throw new RequestFault(
      `The mapping's request "${notice.request}" has wrong settings: it needs path, and may have method and headers.`,
    )
  const { baseUrl, headers = {}, idempotencyHeader = 'Idempotency-Key', signing } = channel.settings
  if (baseUrl === undefined)
    throw new RequestFault('The channel has no baseUrl. Set it under reverse.settings.')
  const { method = 'POST' } = settings
  const url = urlOf(baseUrl, settings.path, notice)
  const text = method === 'GET' || body === undefined ? '' : JSON.stringify(body)
  const signature =
    signing &&
    signedHeaders(signing.secret, {
      method,
      url,
      body: text,
      nonce: randomUUID(),
      at: channel.now(),
      headers: signing.headers,
    })
  return {
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(text !== '' && { 'content-type': 'application/json' }),
      ...headers,
      ...settings.headers,
      [idempotencyHeader]: notice.idempotencyKey,
      ...signature,
    },
    ...(text !== '' && { body: text }),
  }
}

function urlOf(baseUrl: string, path: string, notice: Notice): string {
  const filled = path.replace(/\{([^{}]*)\}/g, (_, name: string) =>
    encodeURIComponent(placeholder(name, notice)),
  )
  const written = `${baseUrl.replace(/\/+$/, '')}/${filled.replace(/^\/+/, '')}`
  const url = URL.parse(written)
  if (!url) throw new RequestFault('baseUrl and path together are no URL.')
  return url.href
}

function placeholder(name: string, { source, case: caseNumber, code, event }: Notice): string {
  const values: Readonly<Record<string, string | undefined>> = {
    externalId: source.externalId,
    case: caseNumber,
    code,
    event: event.type,
  }
  if (!Object.hasOwn(values, name))
    throw new RequestFault(
      `The path of the mapping's request has an unknown placeholder. Known are {externalId}, {case}, {code}, {event}.`,
    )
  const value = values[name]
  if (value === undefined || value === '')
    throw new RequestFault(`The path needs {${name}}, which this event does not have.`)
  // "." and ".." would climb to another path of the partner's, encoded or not.
  if (value === '.' || value === '..') throw new RequestFault(`{${name}} cannot stand in a path.`)
  if (!value.isWellFormed())
    throw new RequestFault(`{${name}} holds half a character and cannot stand in a path.`)
  return value
}
