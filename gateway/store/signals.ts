import { randomUUID } from 'node:crypto'
import type { Database } from './client.ts'

/** A stage that may have work to do. */
export type StageName =
  | 'linking'
  | 'messages'
  | 'dispatch'
  | 'fan-out'
  | 'delivery'
  | 'catalog'
  | 'files'
  | 'replay'
  | 'link-model'

/** Wakes stages in this and other processes. A lost wake-up costs a poll interval, never work. */
export interface Signals {
  /** After a commit: wakes listeners here at once and those of other processes within milliseconds. */
  wake(stage: StageName): void
  on(stage: StageName, listener: () => void): () => void
  close(): Promise<void>
}

const channelName = 'guiyi_stage'

/** Signals over PostgreSQL LISTEN/NOTIFY; notices of the same stage are gathered for `gatherMs`. */
export async function createSignals(db: Database, options: { gatherMs?: number } = {}): Promise<Signals> {
  const listeners = new Map<StageName, Set<() => void>>()
  const pending = new Set<StageName>()
  let timer: NodeJS.Timeout | undefined
  const origin = randomUUID()
  const fire = (stage: StageName) => listeners.get(stage)?.forEach((listener) => listener())
  const subscription = await db.sql.listen(channelName, (payload) => {
    const [from, stage] = payload.split(' ')
    if (from !== origin) fire(stage as StageName)
  })
  // Listeners of this process hear at once; a notice to the others is a transaction, so one speaks for many commits.
  const flush = async () => {
    timer = undefined
    const stages = [...pending]
    pending.clear()
    await Promise.all(
      stages.map((stage) => db.sql.notify(channelName, `${origin} ${stage}`).catch(() => undefined)),
    )
  }
  return {
    wake: (stage) => {
      fire(stage)
      pending.add(stage)
      timer ??= setTimeout(() => void flush(), options.gatherMs ?? 50)
    },
    on: (stage, listener) => {
      const set = listeners.get(stage) ?? new Set()
      listeners.set(stage, set.add(listener))
      return () => set.delete(listener)
    },
    close: async () => {
      clearTimeout(timer)
      // A command that ends at once has said its news all the same.
      await flush()
      await subscription.unlisten().catch(() => undefined)
    },
  }
}
