/** What the demo asks the gateway as an admin. */
import { createGatewayClient, type GatewayClient } from './peers/gateway-client.ts'

export interface ChannelCounts {
  readonly channel: string
  readonly receipts: number
  readonly records: Readonly<Record<string, number>>
  readonly reports: number
  readonly cases: number
  readonly deliveries: Readonly<Record<string, number>>
}

export interface Counts {
  readonly channels: readonly ChannelCounts[]
  readonly cases: Readonly<Record<string, number>>
  /** Everything that is on its way: records, messages, events, deliveries, tasks. */
  readonly waiting: number
}

export interface ListedReport {
  readonly externalId: string
  readonly case: string | null
  readonly state: string | null
  readonly version: number
}

interface ListedDelivery {
  readonly channel: string
  readonly externalId?: string
  readonly case: string
  readonly eventType: string
  readonly tries: number
  readonly reason?: string
}

export interface GatewayAdmin {
  /** Null while no gateway answers. */
  counts(): Promise<Counts | null>
  reports(channel: string): Promise<ListedReport[]>
  /** Some deliveries in this state, in words. */
  deliveries(state: string): Promise<string[]>
  readonly setAddresses: (addresses: readonly string[]) => void
  readonly close: () => void
}

const pageSize = 1000

export function createGatewayAdmin(key: string): GatewayAdmin {
  const client = createGatewayClient({ maxSockets: 2 })
  const headers = () => ({ authorization: `Bearer ${key}` })
  return {
    counts: async () => {
      try {
        const answer = await client.once({ method: 'GET', path: '/v1/admin/counts', headers })
        return answer.status === 200 ? (answer.body as Counts) : null
      } catch {
        return null
      }
    },
    reports: async (channel) => allReports(client, channel, headers),
    deliveries: async (state) => {
      const answer = await client.insist({
        method: 'GET',
        path: `/v1/admin/deliveries?state=${state}&limit=5`,
        headers,
      })
      const { items = [] } = answer.body as { items?: ListedDelivery[] }
      return items.map(({ channel, externalId = '', case: number, eventType, tries, reason = '' }) =>
        `${state}: ${channel} ${externalId} ${number} ${eventType}, tries ${tries}. ${reason}`.trim(),
      )
    },
    setAddresses: client.setAddresses,
    close: client.close,
  }
}

async function allReports(
  client: GatewayClient,
  channel: string,
  headers: () => Record<string, string>,
): Promise<ListedReport[]> {
  const found: ListedReport[] = []
  for (let after = ''; ;) {
    const path = `/v1/admin/channels/${channel}/reports?limit=${pageSize}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`
    const answer = await client.insist({ method: 'GET', path, headers })
    if (answer.status !== 200)
      throw new Error(`The gateway answered ${answer.status} to the list of ${channel}'s reports.`)
    const page = answer.body as { items: ListedReport[]; cursor: string }
    found.push(...page.items)
    if (page.items.length < pageSize) return found
    after = page.cursor
  }
}
