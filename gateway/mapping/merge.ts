import type { Channel } from '../../schemas/channel.ts'
import type { CodeTable, FeedMapping, Mapping, ReverseAction, ReverseMapping } from '../../schemas/mapping.ts'
import { FaultList, pointerTo, suggestion, type DefinitionPlace } from './definition-error.ts'
import { isObject } from './value.ts'

/**
 * A platform's mapping with a channel's overrides over it: rows of code tables, feeds (their settings, fields, identity, and
 * whole feeds of its own), the reverse direction with its requests and actions of events. With `reverse.manual: true` every call
 * becomes a task. Throws MappingDefinitionError where the channel names what the platform has not and does not say it whole.
 */
export function mergeChannel(
  mapping: Mapping,
  channel: Channel,
  place: DefinitionPlace = { file: `channels/${channel.channel}.yaml` },
): Mapping {
  const faults = new FaultList(place)
  const merged: Mapping = {
    ...mapping,
    issuer: channel.issuer ?? mapping.issuer ?? channel.channel,
    codes: mergeTables(mapping.codes ?? {}, channel.codes ?? {}, faults),
    feeds: mergeFeeds(mapping.feeds, channel.feeds ?? {}, faults),
    reverse: mergeReverse(
      wayOf(mapping.reverse, channel.reverse?.way, faults),
      channel.reverse ?? {},
      faults,
    ),
  }
  faults.throwIfAny()
  return merged
}

type Tables = { [name: string]: CodeTable }

function mergeTables(tables: Tables, overrides: NonNullable<Channel['codes']>, faults: FaultList): Tables {
  const merged: Tables = { ...tables }
  for (const [name, override] of Object.entries(overrides)) {
    const base = tables[name]
    const otherwise = override.otherwise ?? base?.otherwise
    if (otherwise === undefined) {
      faults.add(
        pointerTo('/codes', name),
        `The platform has no code table "${name}".${suggestion(name, Object.keys(tables))} A table of the channel's own says "otherwise".`,
      )
      continue
    }
    merged[name] = { otherwise, table: { ...base?.table, ...override.table } }
  }
  return merged
}

type Feeds = { [name: string]: FeedMapping }
type FeedOverride = NonNullable<Channel['feeds']>[string]

function mergeFeeds(feeds: Feeds, overrides: NonNullable<Channel['feeds']>, faults: FaultList): Feeds {
  const merged: Feeds = { ...feeds }
  for (const [name, override] of Object.entries(overrides)) {
    const at = pointerTo('/feeds', name)
    const base = feeds[name] ?? ownFeed(override)
    if (base === undefined)
      faults.add(
        at,
        `The platform has no feed "${name}".${suggestion(name, Object.keys(feeds))} A feed of the channel's own says adapter, identity and forward.`,
      )
    else merged[name] = mergeFeed(base, override, { at, faults })
  }
  return merged
}

/** A feed that the platform has not, where the channel says all that a feed needs. */
function ownFeed({ adapter, identity, forward, rank = 50 }: FeedOverride): FeedMapping | undefined {
  return adapter === undefined || identity === undefined || forward === undefined
    ? undefined
    : { adapter, identity, forward, rank }
}

function mergeFeed(
  base: FeedMapping,
  override: FeedOverride,
  place: { at: string; faults: FaultList },
): FeedMapping {
  const { settings, enabled: _enabled, fields, ignores, filters, ...replaced } = override
  const forward = override.forward ?? base.forward
  return {
    ...base,
    ...replaced,
    forward: fields === undefined ? forward : mergeFields(forward, fields, place),
    ...(settings !== undefined && { settings: mergeSettings(base.settings ?? {}, settings) }),
    ...(ignores !== undefined && { ignores: [...new Set([...(base.ignores ?? []), ...ignores])] }),
    ...(filters !== undefined && { filters: [...filters, ...(base.filters ?? [])] }),
  }
}

function mergeFields(
  forward: FeedMapping['forward'],
  fields: NonNullable<FeedOverride['fields']>,
  { at, faults }: { at: string; faults: FaultList },
): FeedMapping['forward'] {
  if (!forward.some(({ into }) => into === 'report'))
    faults.add(
      pointerTo(at, 'fields'),
      'No rule of this feed makes a report, so there are no fields to lay over. Write "forward" instead.',
    )
  return forward.map((rule) => {
    if (rule.into !== 'report') return rule
    const merged: typeof rule.fields = { ...rule.fields }
    for (const [target, field] of Object.entries(fields))
      if (field === null) delete merged[target]
      else merged[target] = field
    return { ...rule, fields: merged }
  })
}

/** The platform's reverse direction over the protocol that the channel is told by. */
function wayOf(
  { ways = {}, ...reverse }: ReverseMapping,
  name: string | undefined,
  faults: FaultList,
): ReverseMapping {
  if (name === undefined) return reverse
  const way = ways[name]
  if (way === undefined) {
    faults.add('/reverse/way', `The platform has no way "${name}".${suggestion(name, Object.keys(ways))}`)
    return reverse
  }
  const { lookup: _lookup, settings: _settings, ...usual } = reverse
  const requests = Object.entries(reverse.requests ?? {}).map(([request, definition]) => {
    const { settings: _usual, ...rest } = definition
    const own = way.requests[request]
    if (own === undefined)
      faults.add(
        '/reverse/way',
        `The way "${name}" of the platform says nothing about its request "${request}".`,
      )
    return [request, { ...rest, ...own }] as const
  })
  const { lookup, settings, adapter, partner = reverse.partner } = way
  return {
    ...usual,
    adapter,
    partner,
    requests: Object.fromEntries(requests),
    ...(settings === undefined ? {} : { settings }),
    ...(lookup === undefined ? {} : { lookup }),
  }
}

function mergeReverse(
  reverse: ReverseMapping,
  override: NonNullable<Channel['reverse']>,
  faults: FaultList,
): ReverseMapping {
  const { way: _way, manual, events, settings, requests, handler = reverse.handler, ...replaced } = override
  const whole: ReverseMapping = {
    ...reverse,
    ...replaced,
    events: { ...reverse.events, ...events },
    settings: mergeSettings(reverse.settings ?? {}, settings ?? {}),
    ...(requests !== undefined && { requests: mergeRequests(reverse.requests ?? {}, requests, faults) }),
    ...(handler !== undefined && {
      handler: { ...handler, events: { ...reverse.handler?.events, ...handler.events } },
    }),
  }
  return manual === true ? byHand(whole) : whole
}

type Requests = NonNullable<ReverseMapping['requests']>

function mergeRequests(
  base: Requests,
  overrides: NonNullable<NonNullable<Channel['reverse']>['requests']>,
  faults: FaultList,
): Requests {
  const merged: Requests = { ...base }
  for (const [name, override] of Object.entries(overrides)) {
    const answer = override.answer ?? base[name]?.answer
    if (answer === undefined)
      faults.add(
        pointerTo('/reverse/requests', name),
        `The platform has no request "${name}".${suggestion(name, Object.keys(base))} A request of the channel's own says its answer.`,
      )
    else
      merged[name] = {
        ...base[name],
        ...override,
        answer,
        settings: mergeSettings(base[name]?.settings ?? {}, override.settings ?? {}),
      }
  }
  return merged
}

/** No interface here: every call is a clerk's task. */
function byHand(whole: ReverseMapping): ReverseMapping {
  const { adapter: _adapter, requests: _requests, lookup: _lookup, handler, ...rest } = whole
  return {
    ...rest,
    events: tasksFrom(whole.events, whole),
    ...(handler && { handler: { events: tasksFrom(handler.events, whole) } }),
  }
}

function tasksFrom(events: ReverseMapping['events'], reverse: ReverseMapping): ReverseMapping['events'] {
  return Object.fromEntries(
    Object.entries(events).map(
      ([type, action]) =>
        [
          type,
          Array.isArray(action) ? action.map((one) => taskFrom(one, reverse)) : taskFrom(action, reverse),
        ] as const,
    ),
  )
}

/** The call's own `text`, else the platform's `reverse.manual.text`, else the event in public wording. */
function taskFrom(action: ReverseAction, reverse: ReverseMapping): ReverseAction {
  if (action.action !== 'call') return action
  const { when, code, class: noticeClass, requires, text } = action
  const where = reverse.manual?.where
  return {
    action: 'task',
    text: text ?? reverse.manual?.text ?? 'progressText',
    ...(where === undefined ? {} : { where }),
    ...(when === undefined ? {} : { when }),
    ...(code === undefined ? {} : { code }),
    ...(noticeClass === undefined ? {} : { class: noticeClass }),
    ...(requires === undefined ? {} : { requires }),
  }
}

type Settings = { [name: string]: unknown }

/** Nested settings are merged; a secret, a list, or a choice of another `kind` replaces. */
function mergeSettings(base: Settings, override: Settings): Settings {
  const merged: Settings = { ...base }
  for (const [name, value] of Object.entries(override)) {
    const before = base[name]
    if (!isObject(before) || !isObject(value)) merged[name] = value
    else
      merged[name] =
        isSecret(value) || isSecret(before) || isOtherKind(before, value)
          ? value
          : mergeSettings(before, value)
  }
  return merged
}

const isSecret = (value: Settings): boolean => typeof value['secret'] === 'string'
const isOtherKind = (before: Settings, value: Settings): boolean =>
  'kind' in value && value['kind'] !== before['kind']
