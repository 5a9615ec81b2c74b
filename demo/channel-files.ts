/** Sets the gateway up for a run: one channel file for each partner, one file for each secret. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Channel } from '../schemas/channel.ts'
import { platforms, type DistrictChannel } from './district.ts'

/** Secrets of one partner, made anew for each run. */
export interface PartnerSecrets {
  /** Signs what the partner pushes. */
  readonly push: string
  /** Signs or accompanies what the gateway tells it. */
  readonly back: string
}

export interface PartnerFolders {
  readonly channels: string
  readonly secrets: string
}

const deliveries = { delaysS: [0, 0.2, 0.5, 1, 2, 4, 8, 15, 30, 30, 30], timeoutMs: 2000, concurrency: 12 }
const feedIntervalS = 10

const secretNames = (channel: string) => ({ push: `${channel}-push`, back: `${channel}-back` })

/** Throws where the folders cannot be written. */
export function writeSecrets(folders: PartnerFolders, channel: string): PartnerSecrets {
  const names = secretNames(channel)
  const made = { push: randomBytes(24).toString('base64url'), back: randomBytes(24).toString('base64url') }
  mkdirSync(folders.secrets, { recursive: true, mode: 0o700 })
  writeFileSync(join(folders.secrets, names.push), made.push, { mode: 0o600 })
  // A forum's token travels in a header, as its site wants it written.
  writeFileSync(join(folders.secrets, names.back), made.back, { mode: 0o600 })
  writeFileSync(join(folders.secrets, `${names.back}-bearer`), `Bearer ${made.back}`, { mode: 0o600 })
  return made
}

export function writeChannelFile(folders: PartnerFolders, channel: DistrictChannel, address: string): void {
  const file = channelFile(channel, address)
  mkdirSync(folders.channels, { recursive: true })
  writeFileSync(join(folders.channels, `${channel.channel}.yaml`), stringify(file, { lineWidth: 0 }))
}

function channelFile(channel: DistrictChannel, address: string): Channel {
  const names = secretNames(channel.channel)
  const common = {
    channel: channel.channel,
    platform: platforms[channel.kind],
    name: { zh: channel.name },
    owner: { department: '平安区政务服务数据管理局' },
    state: 'live' as const,
    privateAddresses: ['127.0.0.0/8'],
    deliveries,
  }
  if (channel.kind === 'hotline') {
    const { headerNames } = channel
    return {
      ...common,
      feeds: {
        push: {
          settings: {
            authentication: {
              kind: 'hmac',
              secret: { secret: names.push },
              ...(headerNames && { headers: headerNames }),
            },
          },
        },
      },
      reverse: {
        settings: {
          baseUrl: address,
          signing: { secret: { secret: names.back }, ...(headerNames && { headers: headerNames }) },
        },
        ...(channel.ownStatuses && { events: eventsWith(channel.ownStatuses) }),
      },
      ...(channel.hasOwnCategories && { codes: { category: { table: ownCategories } } }),
    }
  }
  return {
    ...common,
    feeds: {
      rss: { settings: { url: `${address}/feed`, intervalS: feedIntervalS } },
      webhook: channel.isWatched
        ? { settings: { authentication: { kind: 'hmac', secret: { secret: names.push } } } }
        : { enabled: false },
    },
    reverse:
      channel.replies === 'page'
        ? { manual: true }
        : { settings: { baseUrl: address, headers: { authorization: { secret: `${names.back}-bearer` } } } },
  }
}

/** What the second hotline calls its statuses; all else is as the platform has it. */
function eventsWith(
  codes: Readonly<Record<string, string>>,
): NonNullable<NonNullable<Channel['reverse']>['events']> {
  const results = new Set(['resolved', 'answered'])
  return Object.fromEntries(
    Object.entries(codes).map(([event, code]) => {
      if (results.has(event))
        return [
          event,
          { action: 'call', request: 'result', code, class: 'result', requires: ['event.content.answer'] },
        ]
      if (event === 'rejected')
        return [
          event,
          {
            action: 'call',
            request: 'status',
            code,
            class: 'result',
            requires: ['event.content.publicText'],
          },
        ]
      return [
        event,
        {
          action: 'call',
          request: 'status',
          code,
          class: event === 'registered' ? 'acceptance' : 'progress',
        },
      ]
    }),
  )
}

/** Its own category numbers, to canonical ones: the rows `own` of peers/hotline-codes.yaml. */
const ownCategories = {
  'SZ-101': '020101',
  'SZ-102': '020102',
  'SZ-201': '020201',
  'SZ-301': '020301',
  'HJ-101': '030101',
  'HJ-201': '030202',
  'JT-301': '050301',
  'FW-101': '060101',
  'LD-101': '100101',
  'SC-103': '110103',
}
