import { timingSafeEqual } from 'node:crypto'
import { sign } from '../../adapters/credentials/signature.ts'
import type { OutboxSettings } from './outbox.ts'
import type { Request } from './server.ts'

/** Whether the gateway signed this call, under the header names that this partner asks for. */
export function isSigned(
  request: Request,
  secret: string,
  names: OutboxSettings['headerNames'] = {},
): boolean {
  const header = (name: 'timestamp' | 'nonce' | 'signature') =>
    request.headers[(names[name] ?? `x-${name}`).toLowerCase()] ?? ''
  const expected = sign(secret, {
    timestamp: header('timestamp'),
    nonce: header('nonce'),
    method: request.method,
    pathWithQuery: request.path,
    body: request.body,
  })
  const given = header('signature')
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
}
