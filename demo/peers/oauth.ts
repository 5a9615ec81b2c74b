/** The token endpoint of a partner: OAuth 2.0 client credentials (RFC 6749, 4.4). Tokens are short-lived. */
import { randomUUID } from 'node:crypto'
import type { Reply, Request } from './server.ts'

export interface TokenOffice {
  /** Answer to a request for a token. */
  issue(request: Request): Reply
  isValid(request: Request): boolean
}

const lifetimeS = 20

export function createTokenOffice(client: { readonly id: string; readonly secret: string }): TokenOffice {
  const until = new Map<string, number>()
  const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
  return {
    issue: ({ method, headers, body }) => {
      const grant = new URLSearchParams(body.toString('utf8')).get('grant_type')
      if (method !== 'POST' || grant !== 'client_credentials')
        return { status: 400, body: { error: 'unsupported_grant_type' } }
      if (headers['authorization'] !== basic) return { status: 401, body: { error: 'invalid_client' } }
      const token = randomUUID()
      until.set(token, Date.now() + lifetimeS * 1000)
      return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: lifetimeS } }
    },
    isValid: ({ headers }) => {
      const token = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? ''
      return (until.get(token) ?? 0) > Date.now()
    },
  }
}
