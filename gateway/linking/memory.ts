/**
 * What the linker learns from the reports it links, and keeps now and then: how often words and names occur. Only the process
 * that holds the lease learns. What the last minute taught is lost where it is killed; that makes a weight a little staler.
 */
import type { Deps } from '../deps.ts'
import type { Sql, Tx } from '../store/client.ts'
import { checkLease, type Lease } from '../store/leases.ts'
import type { Features } from './types.ts'

/** One thing learnt. It must be of use while nothing was loaded. */
export interface LinkMemory {
  /** Forgets what it held and reads what the linker before kept. */
  load(sql: Sql): Promise<void>
  /** A report was linked; called after its commit. */
  add(features: Features): void
  /** Writes what was learnt since the last time. */
  keep(tx: Tx): Promise<void>
}

const keepEveryMs = 60_000

/** The memories of one linker, loaded when it becomes the linker. */
export class LinkMemories {
  readonly #memories: readonly LinkMemory[]
  #token: number | undefined
  #keptAt = 0
  #changed = false

  constructor(memories: readonly LinkMemory[]) {
    this.#memories = memories
  }

  /** Reads what the linker before has kept, once for each time that this process took over. */
  async ready(deps: Deps, lease: Lease): Promise<void> {
    if (this.#token === lease.token) return
    for (const memory of this.#memories) await memory.load(deps.db.sql)
    this.#token = lease.token
    this.#keptAt = performance.now()
    this.#changed = false
  }

  add(linked: readonly { readonly features: Features }[]): void {
    this.#changed = true
    for (const { features } of linked) for (const memory of this.#memories) memory.add(features)
  }

  /** Once a minute, or `at-once`. Throws LeaseLostError where another process became the linker. */
  async keep(deps: Deps, lease: Lease, when: 'now-and-then' | 'at-once'): Promise<void> {
    if (!this.#changed || this.#token !== lease.token || this.#memories.length === 0) return
    if (when === 'now-and-then' && performance.now() - this.#keptAt < keepEveryMs) return
    await deps.db.transaction(async (tx) => {
      await checkLease(tx, lease)
      for (const memory of this.#memories) await memory.keep(tx)
    })
    this.#keptAt = performance.now()
    this.#changed = false
  }
}
