import type { Channel } from '../../schemas/channel.ts'
import type { CodeTable, FeedMapping, Mapping, ReverseAction, ReverseMapping } from '../../schemas/mapping.ts'
import { FaultList, pointerTo, suggestion, type DefinitionPlace } from './definition-error.ts'
import { isObject } from './value.ts'

/**
 * A platform's mapping with a channel's overrides over it: rows of code tables, settings of feeds and of the reverse
 * direction, whether the channel pulls, actions of events. With `reverse.manual: true` every call becomes a task. Throws
 * MappingDefinitionError where the channel names a feed or a table that the platform has not.
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
    reverse: mergeReverse(wayOf(mapping.reverse, channel.reverse?.way, faults), channel.reverse ?? {}),
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

function mergeFeeds(feeds: Feeds, overrides: NonNullable<Channel['feeds']>, faults: FaultList): Feeds {
  const merged: Feeds = { ...feeds }
  for (const [name, { settings }] of Object.entries(overrides)) {
    const base = feeds[name]
    if (base === undefined)
      faults.add(
        pointerTo('/feeds', name),
        `The platform has no feed "${name}".${suggestion(name, Object.keys(feeds))}`,
      )
    else if (settings !== undefined)
      merged[name] = { ...base, settings: mergeSettings(base.settings ?? {}, settings) }
  }
  return merged
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

function mergeReverse(reverse: ReverseMapping, override: NonNullable<Channel['reverse']>): ReverseMapping {
  const events = { ...reverse.events, ...override.events }
  const settings = mergeSettings(reverse.settings ?? {}, override.settings ?? {})
  const { pull = reverse.pull } = override
  if (override.manual !== true) return { ...reverse, events, settings, ...(pull !== undefined && { pull }) }
  const { adapter: _adapter, requests: _requests, lookup: _lookup, handler, ...rest } = reverse
  return {
    ...rest,
    settings,
    events: tasksFrom(events, reverse),
    ...(handler && { handler: { events: tasksFrom(handler.events, reverse) } }),
  }
}

function tasksFrom(events: ReverseMapping['events'], reverse: ReverseMapping): ReverseMapping['events'] {
  return Object.fromEntries(
    Object.entries(events).map(([type, action]) => [type, taskFrom(action, reverse)] as const),
  )
}

/** The call's own `text`, else the platform's `reverse.manual.text`, else the event in public wording. */
function taskFrom(action: ReverseAction, reverse: ReverseMapping): ReverseAction {
  if (action.action !== 'call') return action
  const { code, class: noticeClass, requires, text } = action
  const where = reverse.manual?.where
  return {
    action: 'task',
    text: text ?? reverse.manual?.text ?? 'progressText',
    ...(where === undefined ? {} : { where }),
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
