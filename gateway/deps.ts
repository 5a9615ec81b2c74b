import type { Catalog } from './catalog/catalog.ts'
import type { Database } from './store/client.ts'
import type { Envelope } from './store/envelope.ts'
import type { KillPoint } from './telemetry/kill-point.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { Signals } from './store/signals.ts'

/** What every stage is given: the edges of the house. Tests give their own. */
export interface Deps {
  readonly db: Database
  readonly envelope: Envelope
  readonly catalog: Catalog
  readonly signals: Signals
  readonly log: Logger
  readonly metrics: Metrics
  readonly now: () => Date
  readonly newId: () => string
  readonly killPoint: (point: KillPoint) => void
  /** How long claimed work stays a process's own after its last sign of life, milliseconds. */
  readonly leaseMs: number
  /** How long a case under review is kept from the dispatch 暂缓分拨, milliseconds; 0: not at all. */
  readonly holdMs: number
  /** This process, for leases and claims. */
  readonly holder: string
}
