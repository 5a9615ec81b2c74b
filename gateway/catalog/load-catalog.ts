/** Makes running channels out of files: merge, compile, check settings, resolve secrets. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv'
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
import type { Config } from '../config/config.ts'
import { createOutgoingHttp, type ClosableOutgoingHttp } from '../egress/outgoing-http.ts'
import { compileMapping, type CompiledMapping } from '../mapping/compile.ts'
import { loadMappings, type Definition } from '../mapping/load.ts'
import { mergeChannel } from '../mapping/merge.ts'
import { loadReferenceCodes } from '../mapping/reference.ts'
import { GatewayError } from '../telemetry/errors.ts'
import type { Catalog, ChannelProblem, ChannelRuntime, FeedRuntime } from './catalog.ts'

/** 0, 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 6 h, 12 h, 24 h, 24 h: eleven tries over about 69 hours. */
const defaultDelaysS = [0, 5, 30, 120, 600, 1800, 7200, 21_600, 43_200, 86_400, 86_400]
const defaultTimeoutMs = 15_000
const maxAnswerBytes = 16 * 1024 * 1024

interface LoadContext {
  readonly secret: (name: string) => string
  readonly now: () => Date
  readonly https: Map<string, ClosableOutgoingHttp>
  /** By adapter and by what is checked: its channels' settings, its requests' settings. */
  readonly validators: Map<string, ValidateFunction>
  readonly ajv: Ajv2020
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
  context: LoadContext,
  where: string,
): unknown {
  const resolved = withSecrets(settings, context.secret)
  checkAgainst(adapter.settings, resolved, { name: `${adapter.protocol} settings`, context, where, adapter })
  return resolved
}

/** What the mapping writes under its requests, which only the adapter knows. */
function checkRequests(reverse: Mapping['reverse'], adapter: Adapter<unknown>, context: LoadContext): void {
  const schema = adapter.requestSettings
  if (schema === undefined) return
  const name = `${adapter.protocol} requests`
  const check = (settings: object, where: string) =>
    checkAgainst(schema, settings, { name, context, where, adapter })
  for (const [request, { settings = {} }] of Object.entries(reverse.requests ?? {}))
    check(settings, `reverse.requests.${request}`)
  if (reverse.lookup !== undefined) check(reverse.lookup.settings ?? {}, 'reverse.lookup')
}

/** Throws an Error that names each wrong setting. */
function checkAgainst(
  schema: TSchema,
  settings: unknown,
  {
    name,
    context,
    where,
    adapter,
  }: { name: string; context: LoadContext; where: string; adapter: Adapter<unknown> },
): void {
  const validate = context.validators.get(name) ?? context.ajv.compile(schema)
  context.validators.set(name, validate)
  if (validate(settings)) return
  const faults = (validate.errors ?? [])
    .slice(0, 5)
    .map(
      (error) =>
        `${error.instancePath === '' ? 'settings' : `settings${error.instancePath}`} ${error.message ?? 'is wrong'}`,
    )
  throw new Error(`${where}: ${[...new Set(faults)].join('; ')}. See adapters/${adapter.protocol}/README.md.`)
}

function outgoingOf(file: Channel, context: LoadContext): ClosableOutgoingHttp {
  const allowPrivate = (file.privateAddresses ?? []).toSorted()
  const key = allowPrivate.join(' ')
  const known =
    context.https.get(key) ??
    createOutgoingHttp({
      allowPrivate,
      timeoutMs: file.deliveries?.timeoutMs ?? defaultTimeoutMs,
      maxBytes: maxAnswerBytes,
    })
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
  parts: { feed: string; settings: unknown; context: LoadContext },
): AdapterChannel<unknown> {
  return {
    id: file.channel,
    feed: parts.feed,
    settings: parts.settings,
    http: file.state === 'draft' ? nowhere : outgoingOf(file, parts.context),
    now: parts.context.now,
    request: (name) => ({
      settings: mapping.reverse.requestSettings(name),
      judge: (answer) => mapping.reverse.judge(name, answer),
    }),
    lookup: (notice) => mapping.reverse.lookup(notice),
  }
}

function runtimeOf(
  file: Channel,
  definition: Mapping,
  mapping: CompiledMapping,
  context: LoadContext,
): ChannelRuntime {
  const draft = file.state === 'draft'
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
      channel: adapterChannel(file, mapping, { feed: name, settings, context }),
    })
  }
  const told =
    mapping.reverse.adapter === undefined || mapping.reverse.pull || file.reverse?.manual === true
      ? null
      : adapterNamed(mapping.reverse.adapter)
  if (told !== null) checkRequests(definition.reverse, told, context)
  const back =
    told === null
      ? null
      : {
          adapter: told,
          channel: adapterChannel(file, mapping, {
            feed: 'reverse',
            settings: settingsOf(told, mapping.reverse.settings, 'reverse'),
            context,
          }),
        }
  return {
    id: file.channel,
    name: file.name.zh,
    platform: file.platform,
    state: file.state ?? 'live',
    file,
    mapping,
    mappingVersion: `${file.channel}@${mapping.hash.slice(0, 12)}`,
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

/** Units to the channel that handles them. A unit works in one system: a second channel that claims it is a problem. */
function handlersOf(channels: readonly ChannelRuntime[], problems: ChannelProblem[]): Map<string, string> {
  const handlers = new Map<string, string>()
  for (const { id, state, file, mapping } of channels) {
    if (state !== 'live' && state !== 'paused') continue
    if (file.handles !== undefined && !mapping.reverse.tellsHandlers)
      problems.push({
        channelId: id,
        detail: `handles: the platform ${file.platform} has no reverse.handler, so nothing can be handed to it`,
      })
    for (const unitCode of file.handles ?? []) {
      const other = handlers.get(unitCode)
      if (other === undefined) handlers.set(unitCode, id)
      else
        problems.push({
          channelId: id,
          detail: `handles: unit ${unitCode} is handled by ${other} already; name it in one channel only`,
        })
    }
  }
  return handlers
}

/** What a channel's published version holds, for `mapping_versions`. */
export interface LoadedCatalog extends Catalog {
  readonly definitions: ReadonlyMap<string, Mapping>
}

/**
 * Reads all channel files. Throws MappingDefinitionError for a file that is wrong; a channel whose settings or secrets are
 * wrong is listed in `problems` and refuses its callers, and stops no other.
 */
export async function loadCatalog(
  config: Pick<Config, 'platformsDir' | 'channelsDir' | 'codesDir'>,
  edges: { secret: (name: string) => string; now: () => Date },
): Promise<LoadedCatalog> {
  const [files, codes] = await Promise.all([
    loadMappings({ platforms: config.platformsDir, channels: config.channelsDir }),
    loadReferenceCodes(config.codesDir),
  ])
  const context: LoadContext = {
    ...edges,
    https: new Map(),
    validators: new Map(),
    ajv: new Ajv2020({ strict: false, allErrors: true }),
  }
  const channels = new Map<string, ChannelRuntime>()
  const definitions = new Map<string, Mapping>()
  const problems: ChannelProblem[] = []
  for (const { value: platform, place } of files.platforms.values()) compileMapping(platform, place)
  for (const { value: file, place } of files.channels.values()) {
    const platform = files.platforms.get(file.platform) as Definition<Mapping>
    const definition = mergeChannel(platform.value, file, place)
    const mapping = compileMapping(definition, place)
    definitions.set(file.channel, definition)
    try {
      channels.set(file.channel, runtimeOf(file, definition, mapping, context))
    } catch (cause) {
      problems.push({
        channelId: file.channel,
        detail: cause instanceof Error ? cause.message : 'cannot be set up',
      })
    }
  }
  const list = [...channels.values()]
  const handlers = handlersOf(list, problems)
  return {
    channel: (id) => {
      const found = channels.get(id)
      if (found !== undefined) return found
      if (problems.some((problem) => problem.channelId === id)) {
        throw new GatewayError(
          'channel.configuration',
          `Channel ${id} is set up wrongly and takes nothing now. Run \`guiyi doctor\` on the gateway to see what is missing.`,
          { context: { channel: id } },
        )
      }
      throw new GatewayError(
        'channel.unknown',
        `There is no channel "${id}". Look at the address; \`guiyi channel list\` shows the names.`,
        { context: {} },
      )
    },
    find: (id) => channels.get(id),
    all: () => list,
    handlerOf: (unitCode) => handlers.get(unitCode),
    problems,
    codes,
    definitions,
    close: async () => {
      await Promise.all([...context.https.values()].map((http) => http.close()))
    },
  }
}
