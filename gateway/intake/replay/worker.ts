/**
 * Works replays: those of one channel one after the other, different channels side by side. Some records are one short
 * transaction on one connection, so that what comes in live waits for nothing. Every gateway may take part; a lease keeps two
 * from decoding the same payload, and the transaction keeps each record to once.
 */
import type { Deps } from '../../deps.ts'
import { releaseLease, takeLease } from '../../store/leases.ts'
import { errorFields } from '../../telemetry/logger.ts'
import { nextReplays } from './load-group.ts'
import { standStill, workReplay, type RunningReplay } from './work-replay.ts'

export interface ReplayWorker {
  /** Begins what can be worked. Replays go on beside it. */
  pass(): Promise<{ more: boolean }>
  /** Ends after the records that are being worked. */
  stop(): Promise<void>
}

/** Each has a connection of its own while it writes. */
const maxChannels = 4

/** The replays that one process works. Nothing begins before the first `pass`. */
export function createReplayWorker(deps: Deps): ReplayWorker {
  const channels = new Map<string, Promise<void>>()
  const begunAt = new Map<string, number>()
  let stopping = false
  const run = async (replay: RunningReplay): Promise<void> => {
    const name = `replay:${replay.channel_id}`
    let ended = false
    try {
      ended = await workReplay(
        deps,
        replay,
        holdLease(deps, name, () => stopping),
      )
    } catch (cause) {
      await sayFailed(deps, replay, cause)
    }
    await releaseLease(deps.db.sql, { name, holder: deps.holder }).catch(() => undefined)
    channels.delete(replay.channel_id)
    // The channel's next one need not wait.
    if (ended) deps.signals.wake('replay')
  }
  return {
    pass: async () => {
      const replays = await deps.db.sql.unsafe<RunningReplay[]>(nextReplays, [], { prepare: true })
      // Those that stand still must not always come first.
      const waited = ({ channel_id }: RunningReplay) => begunAt.get(channel_id) ?? 0
      for (const replay of replays.toSorted((a, b) => waited(a) - waited(b))) {
        if (stopping || channels.size >= maxChannels) break
        if (channels.has(replay.channel_id)) continue
        begunAt.set(replay.channel_id, performance.now())
        channels.set(replay.channel_id, run(replay))
      }
      return { more: false }
    },
    stop: async () => {
      stopping = true
      await Promise.all(channels.values())
    },
  }
}

/** Whether the lease is held, renewed while it is asked for; false once the worker stops. */
function holdLease(deps: Deps, name: string, stopping: () => boolean): () => Promise<boolean> {
  let renewedAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (stopping()) return false
    if (performance.now() - renewedAt < deps.leaseMs / 3) return true
    const lease = await takeLease(deps.db.sql, { name, holder: deps.holder, forMs: deps.leaseMs })
    renewedAt = lease === null ? Number.NEGATIVE_INFINITY : performance.now()
    return lease !== null
  }
}

/** It is tried again with the next pass; its line is written once. */
async function sayFailed(deps: Deps, replay: RunningReplay, cause: unknown): Promise<void> {
  const fields = errorFields(cause)
  const why = `It failed (${fields.code ?? fields.name}) and is tried again. Where that does not help, tell the operators: the log says more.`
  if (replay.reason !== why)
    deps.log.warn({ event: 'replay.failed', replay: replay.id, channel: replay.channel_id, ...fields })
  // Where the database is away, the row says so when it is back.
  await standStill(deps, replay, why).catch(() => undefined)
}
