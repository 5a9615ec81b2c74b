/** Makes a running channel out of its definition: check settings, resolve secrets, bind adapters. */
import type { TSchema } from 'typebox'
import {
  OutgoingError,
  type Adapter,
  type Channel as AdapterChannel,
  type OutgoingHttp,
} from '../../adapters/adapter.ts'
import { adapterNamed } from '../../adapters/registry.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import { createOutgoingHttp, type ClosableOutgoingHttp } from '../egress/outgoing-http.ts'
import type { CompiledMapping } from '../mapping/compile.ts'
import { compileValidator } from '../mapping/validation.ts'
import type { ChannelRuntime, FeedRuntime } from './catalog.ts'

/** 0, 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 6 h, 12 h, 24 h, 24 h: eleven tries over about 69 hours. */
const defaultDelaysS = [0, 5, 30, 120, 600, 1800, 7200, 21_600, 43_200, 86_400, 86_400]
const defaultTimeoutMs = 15_000
const maxAnswerBytes = 16 * 1024 * 1024

/** What the channels of one process share. */
export interface RuntimeContext {
  readonly secret: (name: string) => string
  readonly now: () => Date
  readonly https: Map<string, ClosableOutgoingHttp>
}

const isSecret = (value: unknown): value is { secret: string } =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 1 &&
  typeof (value as { secret?: unknown }).secret === 'string' &&
  /^[\w.-]+$/.test((value as { secret: string }).secret)

/** Settings with every `{ secret: NAME }` replaced. `adapter` fields named `secret` hold such an object themselves. */
function withSecrets(value: unknown, secret: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((member) => withSecrets(member, secret))
  if (isSecret(value)) return secret(value.secret)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withSecrets(member, secret)]),
  )
}

function checkedSettings(
  adapter: Adapter<unknown>,
  settings: object,
  context: RuntimeContext,
  where: string,
): unknown {
  const resolved = withSecrets(settings, context.secret)
  checkAgainst(adapter.settings, resolved, { where, adapter })
  return resolved
}

/** What the mapping writes under its requests, which only the adapter knows. */
function checkRequests(reverse: Mapping['reverse'], adapter: Adapter<unknown>): void {
  const schema = adapter.requestSettings
  if (schema === undefined) return
  const check = (settings: object, where: string) => checkAgainst(schema, settings, { where, adapter })
  for (const [request, { settings = {} }] of Object.entries(reverse.requests ?? {}))
    check(settings, `reverse.requests.${request}`)
  if (reverse.lookup !== undefined) check(reverse.lookup.settings ?? {}, 'reverse.lookup')
}

/** Throws an Error that names each wrong setting. */
function checkAgainst(
  schema: TSchema,
  settings: unknown,
  { where, adapter }: { where: string; adapter: Adapter<unknown> },
): void {
  const validate = compileValidator(schema)
  if (validate(settings)) return
  const faults = (validate.errors ?? [])
    .slice(0, 5)
    .map(
      (error) =>
        `${error.instancePath === '' ? 'settings' : `settings${error.instancePath}`} ${error.message ?? 'is wrong'}`,
    )
  throw new Error(`${where}: ${[...new Set(faults)].join('; ')}. See adapters/${adapter.protocol}/README.md.`)
}

function outgoingOf(file: Channel, context: RuntimeContext): ClosableOutgoingHttp {
  const allowPrivate = (file.privateAddresses ?? []).toSorted()
  const timeoutMs = file.deliveries?.timeoutMs ?? defaultTimeoutMs
  const key = `${timeoutMs} ${allowPrivate.join(' ')}`
  const known =
    context.https.get(key) ?? createOutgoingHttp({ allowPrivate, timeoutMs, maxBytes: maxAnswerBytes })
  context.https.set(key, known)
  return known
}

/** A draft may lack secrets: it makes no calls. */
const refuseCall = () =>
  Promise.reject(
    new OutgoingError('This channel is a draft and makes no calls.', { sent: 'no', reason: 'blocked' }),
  )
const nowhere: OutgoingHttp = { call: refuseCall, addressOf: refuseCall }

function adapterChannel(
  file: Channel,
  mapping: CompiledMapping,
  parts: { feed: string; settings: unknown; context: RuntimeContext; draft: boolean },
): AdapterChannel<unknown> {
  return {
    id: file.channel,
    feed: parts.feed,
    settings: parts.settings,
    http: parts.draft ? nowhere : outgoingOf(file, parts.context),
    now: parts.context.now,
    request: (name) => ({
      settings: mapping.reverse.requestSettings(name),
      judge: (answer) => mapping.reverse.judge(name, answer),
    }),
    lookup: (notice) => mapping.reverse.lookup(notice),
  }
}

export function createRuntimeContext(edges: {
  secret: (name: string) => string
  now: () => Date
}): RuntimeContext {
  return {
    ...edges,
    https: new Map(),
  }
}

/** A channel's text, merged over its platform and compiled. */
export interface MergedChannel {
  readonly file: Channel
  readonly definition: Mapping
  readonly mapping: CompiledMapping
  readonly mappingVersion: string
}

/**
 * Throws an Error whose message says which setting or secret is wrong. `trial`: as a draft, which has no secrets and makes no
 * calls, whatever its file says.
 */
export function runtimeOf(
  { file, definition, mapping, mappingVersion }: MergedChannel,
  context: RuntimeContext,
  as: 'published' | 'trial' = 'published',
): ChannelRuntime {
  const draft = as === 'trial' || file.state === 'draft'
  const settingsOf = (adapter: Adapter<unknown>, settings: object | undefined, where: string) =>
    draft ? (settings ?? {}) : checkedSettings(adapter, settings ?? {}, context, where)
  const feeds = new Map<string, FeedRuntime>()
  for (const [name, feed] of Object.entries(definition.feeds)) {
    const compiled = mapping.feeds[name]
    const enabled = file.feeds?.[name]?.enabled !== false
    if (compiled === undefined || !enabled) continue
    const adapter = adapterNamed(feed.adapter)
    const settings = settingsOf(adapter, feed.settings, `feeds.${name}`)
    feeds.set(name, {
      name,
      rank: feed.rank,
      enabled,
      adapter,
      polled: adapter.poll !== undefined && (draft || (adapter.polls?.(settings) ?? true)),
      compiled,
      channel: adapterChannel(file, mapping, { feed: name, settings, context, draft }),
    })
  }
  const told =
    mapping.reverse.adapter === undefined || mapping.reverse.pull || file.reverse?.manual === true
      ? null
      : adapterNamed(mapping.reverse.adapter)
  if (told !== null) checkRequests(definition.reverse, told)
  const back =
    told === null
      ? null
      : {
          adapter: told,
          channel: adapterChannel(file, mapping, {
            feed: 'reverse',
            settings: settingsOf(told, mapping.reverse.settings, 'reverse'),
            context,
            draft,
          }),
        }
  return {
    id: file.channel,
    name: file.name.zh,
    platform: file.platform,
    state: file.state ?? 'live',
    file,
    mapping,
    mappingVersion,
    feeds,
    back,
    deliveries: {
      delaysMs: (file.deliveries?.delaysS ?? defaultDelaysS).map((seconds) => seconds * 1000),
      uncertainHoldMs:
        file.deliveries?.uncertainHoldS === undefined ? null : file.deliveries.uncertainHoldS * 1000,
      timeoutMs: file.deliveries?.timeoutMs ?? defaultTimeoutMs,
      concurrency: file.deliveries?.concurrency ?? 8,
    },
  }
}
