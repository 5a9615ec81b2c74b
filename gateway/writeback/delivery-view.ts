import type { CaseState } from '../../schemas/case.ts'
import type { Delivery, DeliveryState, NoticeClass } from '../../schemas/delivery.ts'
import type { Tx } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { SELECT_DELIVERIES } from './people-sql.ts'
import { query } from './query.ts'
import { instant, type StoredInstant } from './rows.ts'

/** A row of SELECT_DELIVERIES. */
export interface DeliveryRow {
  readonly id: string
  readonly channel_id: string
  readonly number: string
  readonly party_id: string
  readonly report_id: string | null
  readonly external_id: string | null
  readonly event_type: string
  readonly state_after: CaseState
  readonly class: NoticeClass
  readonly state: DeliveryState
  readonly code: string | null
  readonly tries: number
  readonly due_at: StoredInstant | null
  readonly reason: string | null
  readonly partner_reference: string | null
  readonly created_at: StoredInstant
  readonly settled_at: StoredInstant | null
  readonly data_key: Uint8Array | null
  readonly body: Uint8Array | null
}

export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    channel: row.channel_id,
    case: row.number,
    party: row.party_id,
    ...(row.report_id === null ? {} : { report: row.report_id }),
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    eventType: row.event_type,
    stateAfter: row.state_after,
    class: row.class,
    state: row.state,
    ...(row.code === null ? {} : { code: row.code }),
    tries: row.tries,
    ...(row.due_at === null ? {} : { nextTryAt: instant(row.due_at) }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.partner_reference === null ? {} : { partnerReference: row.partner_reference }),
    createdAt: instant(row.created_at),
    ...(row.settled_at === null ? {} : { settledAt: instant(row.settled_at) }),
  }
}

/** Throws `delivery.unknown`. */
export async function getDelivery(tx: Tx, id: string): Promise<Delivery> {
  const [row] = isUuid(id)
    ? await query<DeliveryRow>(tx, `${SELECT_DELIVERIES} where d.id = $1::uuid`, [id])
    : []
  if (row === undefined) throw unknownDelivery(id)
  return deliveryOf(row)
}

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

export const unknownDelivery = (id: string): GatewayError =>
  new GatewayError(
    'delivery.unknown',
    'There is no delivery with this id. Look it up in the list of deliveries.',
    {
      context: { delivery: id.slice(0, 60) },
    },
  )
