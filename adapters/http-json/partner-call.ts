/** Every call of ours to the partner: with its access, our signature and certificate. */
import { randomUUID } from 'node:crypto'
import type { Channel, OutgoingAnswer, OutgoingRequest } from '../adapter.ts'
import { signedHeaders } from '../credentials/signature.ts'
import type { ApiKeyAccess, OAuth2Access } from './access-settings.ts'
import type { HttpJsonSettings } from './settings.ts'
import { forgetToken, tokenFor } from './token.ts'

/**
 * A 401 under a token is answered by one more try with a fresh one: the partner took nothing. Throws OutgoingError, whose
 * `sent` is about this request, not about the one for a token.
 */
export async function callPartner(
  request: OutgoingRequest,
  channel: Channel<HttpJsonSettings>,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  const { access } = channel.settings
  switch (access?.kind) {
    case 'oauth2':
      return await callWithToken(request, channel, { access, signal })
    case 'api-key':
      return await send(
        withKey(request, access, { value: access.secret, header: 'x-api-key', prefix: '' }),
        channel,
        signal,
      )
    case 'basic': {
      const pair = Buffer.from(`${access.user}:${access.password}`).toString('base64')
      return await send(withHeader(request, 'authorization', `Basic ${pair}`), channel, signal)
    }
    case 'none':
    case undefined:
      return await send(request, channel, signal)
  }
}

async function callWithToken(
  request: OutgoingRequest,
  channel: Channel<HttpJsonSettings>,
  { access, signal }: { access: OAuth2Access; signal: AbortSignal },
): Promise<OutgoingAnswer> {
  const carried = { header: 'authorization', prefix: 'Bearer ' }
  const token = await tokenFor(channel, access, signal)
  const answer = await send(withKey(request, access, { ...carried, value: token.value }), channel, signal)
  if (answer.status !== 401) return answer
  forgetToken(channel, access, token)
  const fresh = await tokenFor(channel, access, signal)
  return await send(withKey(request, access, { ...carried, value: fresh.value }), channel, signal)
}

function withKey(
  request: OutgoingRequest,
  { header, prefix, query }: Pick<ApiKeyAccess, 'header' | 'prefix' | 'query'>,
  carried: { readonly value: string; readonly header: string; readonly prefix: string },
): OutgoingRequest {
  if (query === undefined)
    return withHeader(request, header ?? carried.header, `${prefix ?? carried.prefix}${carried.value}`)
  const url = new URL(request.url)
  url.searchParams.append(query, carried.value)
  return { ...request, url: url.href }
}

function withHeader(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  return { ...request, headers: { ...request.headers, [name]: value } }
}

function send(
  request: OutgoingRequest,
  { http, settings, now }: Channel<HttpJsonSettings>,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  const { signing, tls, headers = {} } = settings
  const { method, url, body = '' } = request
  const call = { method, url, body, nonce: randomUUID(), at: now(), headers: signing?.headers }
  const sent = merged([
    { accept: 'application/json', ...(body !== '' && { 'content-type': 'application/json' }) },
    headers,
    request.headers ?? {},
    signing === undefined ? {} : signedHeaders(signing.secret, call),
  ])
  return http.call({ ...request, headers: sent, ...(tls && { tls }) }, signal)
}

/** A later header replaces an earlier one, however the two are capitalised. */
function merged(sets: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const byName = new Map(
    sets.flatMap(Object.entries<string>).map(([name, value]) => [name.toLowerCase(), [name, value] as const]),
  )
  return Object.fromEntries(byName.values())
}
