/** The simulated district: two hotlines and six forums, each with its own codes. Every name is invented. */
import type { ChannelPlan } from './plan.ts'
import type { FeedFormat } from './peers/feed-document.ts'

interface HotlineChannel extends ChannelPlan {
  readonly kind: 'hotline'
  readonly name: string
  readonly style: 'singly' | 'batches'
  readonly coordinates: '1' | '4'
  /** Own header names for the signature, both ways. */
  readonly headerNames?: { readonly timestamp: string; readonly nonce: string; readonly signature: string }
  /** Case event type to this hotline's own status code, where it has one. */
  readonly ownStatuses?: Readonly<Record<string, string>>
  readonly hasOwnCategories: boolean
}

interface ForumChannel extends ChannelPlan {
  readonly kind: 'forum'
  readonly name: string
  readonly format: FeedFormat
  readonly validator: 'etag' | 'last-modified' | 'both'
  /** `api`: replies by its interface; `page`: a clerk writes them. */
  readonly replies: 'api' | 'page'
  /** An opinion-monitoring service pushes its posts, too. */
  readonly isWatched: boolean
}

export type DistrictChannel = HotlineChannel | ForumChannel

export const platforms = { hotline: 'hotline-12345', forum: 'forum' } as const

const numbered = (start: number) => (index: number) => String(start + index)

export const district: readonly DistrictChannel[] = [
  {
    channel: 'pingan-12345',
    kind: 'hotline',
    name: '平安区12345政务服务便民热线',
    weight: 30,
    style: 'singly',
    coordinates: '1',
    hasOwnCategories: false,
    externalId: (index) => `PA20251122${String(index + 1).padStart(6, '0')}`,
  },
  {
    channel: 'gangwan-12345',
    kind: 'hotline',
    name: '港湾片区12345热线',
    weight: 18,
    style: 'batches',
    coordinates: '4',
    headerNames: { timestamp: 'X-Gw-Time', nonce: 'X-Gw-Nonce', signature: 'X-Gw-Sign' },
    ownStatuses: {
      registered: 'SL',
      rejected: 'BSL',
      answered: 'ZB',
      dispatched: 'PQ',
      signed: 'QS',
      processing: 'CZ',
      resolved: 'BJ',
      verified: 'HC',
      followed_up: 'HF',
      closed: 'JA',
      reopened: 'CB',
    },
    hasOwnCategories: true,
    externalId: (index) => `GW-2025-${String(index + 1).padStart(6, '0')}`,
  },
  {
    channel: 'jiazai-pingan',
    kind: 'forum',
    name: '家在平安',
    weight: 14,
    format: 'rss',
    validator: 'both',
    replies: 'api',
    isWatched: true,
    externalId: numbered(1_204_001),
  },
  {
    channel: 'pingan-luntan',
    kind: 'forum',
    name: '平安论坛',
    weight: 10,
    format: 'atom',
    validator: 'etag',
    replies: 'api',
    isWatched: false,
    externalId: numbered(88_001),
  },
  {
    channel: 'qinglan-shequ',
    kind: 'forum',
    name: '清澜社区网',
    weight: 9,
    format: 'json',
    validator: 'etag',
    replies: 'api',
    isWatched: false,
    externalId: numbered(310_001),
  },
  {
    channel: 'yezhu-zhisheng',
    kind: 'forum',
    name: '业主之声',
    weight: 8,
    format: 'rss',
    validator: 'last-modified',
    replies: 'api',
    isWatched: true,
    externalId: numbered(45_001),
  },
  {
    channel: 'hezhou-tieba',
    kind: 'forum',
    name: '鹤洲街坊',
    weight: 6,
    format: 'atom',
    validator: 'last-modified',
    replies: 'page',
    isWatched: false,
    externalId: numbered(7_001),
  },
  {
    channel: 'maitian-baoliao',
    kind: 'forum',
    name: '麦田爆料台',
    weight: 5,
    format: 'json',
    validator: 'both',
    replies: 'page',
    isWatched: true,
    externalId: numbered(520_001),
  },
]

/** Status codes, by channel, that tell a source that its appeal was accepted, and what came of it. */
export function codesOf(channel: DistrictChannel): {
  accepted: ReadonlySet<string>
  result: ReadonlySet<string>
} {
  if (channel.kind === 'hotline') {
    const own = channel.ownStatuses ?? {}
    const results = [own['resolved'] ?? '60', own['answered'] ?? '61', own['rejected'] ?? '21']
    return { accepted: new Set([own['registered'] ?? '20']), result: new Set(results) }
  }
  if (channel.replies === 'page')
    return { accepted: new Set(['registered']), result: new Set(['resolved', 'answered', 'rejected']) }
  return { accepted: new Set(['accepted']), result: new Set(['replied', 'rejected']) }
}
