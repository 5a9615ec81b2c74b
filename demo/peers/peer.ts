/**
 * What every simulated partner has in common: it is a process of its own, told by the demo over IPC what to play, and ends
 * with the demo, however that ends.
 */
import type { Whereabouts } from '../partners/partner.ts'
import { openLedger, type Ledger } from './ledger.ts'
import { createGatewayClient, type GatewayClient } from './gateway-client.ts'

/** What the demo says to a peer. */
export type Order =
  | { kind: 'start'; peer: string; folder: string; settings: unknown }
  | { kind: 'gateways'; addresses: readonly string[] }
  | { kind: 'go' }
  | { kind: 'stop' }

/** What a peer says to the demo. `left` is what it still has to do; the demo goes on until nobody has anything. */
export type Word =
  | { kind: 'ready'; at: Whereabouts }
  | { kind: 'counts'; left: number; counts: Readonly<Record<string, number>> }

export interface Peer<Settings> {
  readonly name: string
  /** Folder of this run: plans, ledgers, journals. */
  readonly folder: string
  readonly settings: Settings
  readonly ledger: Ledger
  readonly gateway: GatewayClient
  /** Adds to a count that the demo shows. */
  count(name: string, by?: number): void
  /** Ends when the demo says stop. */
  readonly signal: AbortSignal
}

export interface Part {
  /** Where the peer listens, for those who are called. */
  readonly address?: string
  /** Ports of protocols other than HTTP, by name. */
  readonly ports?: Readonly<Record<string, number>>
  /** How much is left to do. */
  readonly left: () => number
  /** Begins to work; called once, when a gateway is up. */
  go(): Promise<void>
  stop?(): Promise<void>
}

const tellEveryMs = 250

/** Plays one part. `prepare` gets the settings that the demo sent; the caller names their shape. */
export function playPart<Settings>(prepare: (peer: Peer<Settings>) => Promise<Part>): void {
  const gateway = createGatewayClient({ maxSockets: 16 })
  const abort = new AbortController()
  let part: Part | undefined
  process.on('disconnect', () => process.exit(0))
  // A signal to the whole group (a terminal, `timeout`) is meant for the demo, which says when to stop.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined)
  process.on('message', (order: Order) => {
    switch (order.kind) {
      case 'start':
        void start(order)
        break
      case 'gateways':
        gateway.setAddresses(order.addresses)
        break
      case 'go':
        void part?.go()
        break
      case 'stop':
        void stop()
        break
    }
  })
  const stop = async () => {
    abort.abort()
    await part?.stop?.()
    process.disconnect()
    process.exit(0)
  }
  const start = async (order: Extract<Order, { kind: 'start' }>) => {
    const counts: Record<string, number> = {}
    part = await prepare({
      name: order.peer,
      folder: order.folder,
      settings: order.settings as Settings,
      ledger: openLedger(`${order.folder}/ledgers`, order.peer),
      gateway,
      count: (name, by = 1) => {
        counts[name] = (counts[name] ?? 0) + by
      },
      signal: abort.signal,
    })
    tell({ kind: 'ready', at: { address: part.address ?? '', ports: part.ports ?? {} } })
    let last = ''
    const { left } = part
    setInterval(() => {
      const word: Word = { kind: 'counts', left: left(), counts }
      const text = JSON.stringify(word)
      if (text === last) return
      last = text
      tell(word)
    }, tellEveryMs).unref()
  }
}

function tell(word: Word): void {
  if (process.connected) process.send?.(word)
}
