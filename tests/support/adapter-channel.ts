import { onTestFinished } from 'vitest'
import type { Answer, Channel, OutgoingHttp } from '../../adapters/adapter.ts'
import { createOutgoingHttp } from '../../gateway/egress/outgoing-http.ts'
import type { Notice, Outcome } from '../../schemas/delivery.ts'

export const noon = new Date('2026-11-22T04:00:00.000Z')

/** The real client, with loopback allowed; closed when the test ends. */
export function loopbackHttp(timeoutMs = 5_000): OutgoingHttp {
  const http = createOutgoingHttp({ allowPrivate: ['127.0.0.0/8'], timeoutMs, maxBytes: 1_000_000 })
  onTestFinished(() => http.close())
  return http
}

const callNobody = () => Promise.reject(new Error('this test calls nobody'))
const noHttp: OutgoingHttp = { call: callNobody, addressOf: callNobody }

export function channelWith<Settings>(
  settings: Settings,
  parts: Partial<Channel<Settings>> = {},
): Channel<Settings> {
  return {
    id: 'pw-7',
    feed: 'live',
    settings,
    http: noHttp,
    now: () => noon,
    request: (name) => ({ settings: { path: `/${name}` }, judge: () => null }),
    lookup: () => null,
    ...parts,
  }
}

/** What a mapping of the usual `{ code, msg, id }` answers says: 0 is yes, 9 is a refusal for good; XML has text only. */
export function judgeByCode({ body }: Answer): Outcome | null {
  const { code, id } =
    typeof body === 'object' && body !== null ? (body as { code?: unknown; id?: unknown }) : {}
  if (Number(code) === 0) return { kind: 'delivered', ...(typeof id === 'string' && { reference: id }) }
  return Number(code) === 9 ? { kind: 'permanent', detail: 'The partner refuses this order.' } : null
}

export function noticeOf(parts: Partial<Notice> = {}): Notice {
  return {
    delivery: '0193a5e0-0000-7000-8000-000000000001',
    idempotencyKey: 'delivery-1',
    try: 1,
    channel: 'pw-7',
    case: 'PS20261122-000123',
    event: {
      id: '0193a5e0-0000-7000-8000-000000000002',
      case: 'PS20261122-000123',
      sequence: 3,
      type: 'resolved',
      eventId: 'e-3',
      actor: { kind: 'unit', unitCode: 'U1' },
      occurredAt: noon.toISOString(),
      recordedAt: noon.toISOString(),
      stateAfter: 'resolved',
      content: {},
    },
    source: { externalId: 'RX/2026 001', references: [], extra: {} },
    code: '50',
    request: 'status',
    body: { orderNo: 'RX/2026 001', status: '50' },
    ...parts,
  }
}
