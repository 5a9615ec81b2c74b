/**
 * The clerk who decides what became of deliveries that a partner may or may not have taken: asks on the other side whether it
 * came, then says so, or has it sent again. Asked once more after a crash, the other side says the same.
 */
import type { Delivery } from '../../schemas/delivery.ts'
import { createGatewayClient, type GatewayClient } from './gateway-client.ts'
import type { Peer } from './peer.ts'

export interface DecisionsSettings {
  readonly key: string
  /** The clerk's own. */
  readonly name: string
  /** Where the clerk asks, by channel. */
  readonly asked: Readonly<Record<string, string>>
}

/** Decides all that wait for it now. */
export function createDecisions(peer: Peer<DecisionsSettings>): () => Promise<void> {
  const { key, name, asked } = peer.settings
  const sides = new Map(Object.entries(asked).map(([channel, address]) => [channel, sideAt(address)]))
  const headers = () => ({ authorization: `Bearer ${key}` })

  async function decide({ id, externalId = '' }: Delivery, side: GatewayClient): Promise<void> {
    const path = `/page/letters/${encodeURIComponent(externalId)}/mails`
    const { body } = await side.insist({ method: 'GET', path })
    const { mails } = body as { mails: { delivery: string }[] }
    const decision = mails.some(({ delivery }) => delivery === id) ? 'delivered' : 'send-again'
    const answer = await peer.gateway.insist({
      method: 'POST',
      path: `/v1/admin/deliveries/${id}/decide`,
      headers,
      body: JSON.stringify({ by: name, decision }),
    })
    if (answer.status === 200) peer.count(decision)
  }

  return async () => {
    if (sides.size === 0) return
    const answer = await peer.gateway.insist({
      method: 'GET',
      path: '/v1/admin/deliveries?state=uncertain&limit=200',
      headers,
    })
    const { items = [] } = answer.body as { items?: Delivery[] }
    for (const delivery of items) {
      const side = sides.get(delivery.channel)
      if (side !== undefined) await decide(delivery, side)
    }
  }
}

function sideAt(address: string): GatewayClient {
  const client = createGatewayClient({ maxSockets: 2 })
  client.setAddresses([address])
  return client
}
