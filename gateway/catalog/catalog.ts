import type { Adapter, Channel as AdapterChannel } from '../../adapters/adapter.ts'
import type { Channel, ChannelState } from '../../schemas/channel.ts'
import type { CompiledMapping } from '../mapping/compile.ts'
import type { CompiledFeed } from '../mapping/feed.ts'
import type { Platforms } from './channel-text.ts'
import type { MergedChannel } from './runtime.ts'

/** One vocabulary of a channel, ready to run. */
export interface FeedRuntime {
  readonly name: string
  readonly rank: number
  readonly enabled: boolean
  readonly adapter: Adapter<unknown>
  /** We ask for its records; the others are pushed to us. */
  readonly polled: boolean
  readonly channel: AdapterChannel<unknown>
  readonly compiled: CompiledFeed
}

/** A channel with its published mapping compiled and its settings checked. */
export interface ChannelRuntime {
  readonly id: string
  readonly name: string
  readonly platform: string
  readonly state: ChannelState
  readonly file: Channel
  readonly mapping: CompiledMapping
  /** Id of the published definition: named by every report it makes. */
  readonly mappingVersion: string
  readonly feeds: ReadonlyMap<string, FeedRuntime>
  /** How the channel is told; null where by hand or by its own pull. */
  readonly back: { readonly adapter: Adapter<unknown>; readonly channel: AdapterChannel<unknown> } | null
  readonly deliveries: {
    /** Milliseconds before each try: its length is the number of tries. */
    readonly delaysMs: readonly number[]
    /** After this an uncertain delivery is sent again; null: a person decides. */
    readonly uncertainHoldMs: number | null
    readonly timeoutMs: number
    readonly concurrency: number
  }
}

/** A channel that cannot run as it is set up, with the remedy. */
export interface ChannelProblem {
  readonly channelId: string
  readonly detail: string
}

/**
 * The channels as they are published now. A runtime never changes: whoever took one works it to its end, and the next call of
 * `channel` gives the newer.
 */
export interface Catalog extends Platforms {
  /** Throws `channel.unknown`, and `channel.configuration` for one that cannot run. */
  channel(id: string): ChannelRuntime
  find(id: string): ChannelRuntime | undefined
  all(): readonly ChannelRuntime[]
  /** The channel whose system a unit 承办单位 works in; undefined where it works in ours. */
  handlerOf(unitCode: string): string | undefined
  problems(): readonly ChannelProblem[]
  /** As a draft: maps, has no secrets and makes no calls. Throws an Error that names a wrong setting. */
  trial(merged: MergedChannel): ChannelRuntime
  /** Settings as they would run. Names the secrets that this process lacks; throws an Error that names a wrong setting. */
  check(merged: MergedChannel): { readonly missingSecrets: readonly string[] }
  /** Takes what was published since, here or in another process. Resolves with whether anything was. */
  reload(): Promise<boolean>
  /** After each change. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}
