/** The simulated district: its channels, each with its own codes. Every name is invented. */
import { digitalUrban } from './partners/digital-urban.ts'
import { forum } from './partners/forum.ts'
import { gridApp } from './partners/grid-app.ts'
import { gridPlatform } from './partners/grid-platform.ts'
import { hotline12319 } from './partners/hotline-12319.ts'
import { hotline12345 } from './partners/hotline-12345.ts'
import { leaderMailbox } from './partners/leader-mailbox.ts'
import { mailboxForm } from './partners/mailbox-form.ts'
import { messageBoard } from './partners/message-board.ts'
import type { Partner } from './partners/partner.ts'

const channels: readonly Partner[] = [
  hotline12345({
    channel: 'pingan-12345',
    name: '平安区12345政务服务便民热线',
    weight: 30,
    style: 'singly',
    coordinates: '1',
    hasOwnCategories: false,
    externalId: (index) => `PA20251122${String(index + 1).padStart(6, '0')}`,
  }),
  hotline12345({
    channel: 'gangwan-12345',
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
  }),
  forum({
    channel: 'jiazai-pingan',
    name: '家在平安',
    weight: 14,
    firstNumber: 1_204_001,
    format: 'rss',
    validator: 'both',
    replies: 'api',
    isWatched: true,
  }),
  forum({
    channel: 'pingan-luntan',
    name: '平安论坛',
    weight: 10,
    firstNumber: 88_001,
    format: 'atom',
    validator: 'etag',
    replies: 'api',
    isWatched: false,
  }),
  forum({
    channel: 'qinglan-shequ',
    name: '清澜社区网',
    weight: 9,
    firstNumber: 310_001,
    format: 'json',
    validator: 'etag',
    replies: 'api',
    isWatched: false,
  }),
  forum({
    channel: 'yezhu-zhisheng',
    name: '业主之声',
    weight: 8,
    firstNumber: 45_001,
    format: 'rss',
    validator: 'last-modified',
    replies: 'api',
    isWatched: true,
  }),
  forum({
    channel: 'hezhou-tieba',
    name: '鹤洲街坊',
    weight: 6,
    firstNumber: 7_001,
    format: 'atom',
    validator: 'last-modified',
    replies: 'page',
    isWatched: false,
  }),
  forum({
    channel: 'maitian-baoliao',
    name: '麦田爆料台',
    weight: 5,
    firstNumber: 520_001,
    format: 'json',
    validator: 'both',
    replies: 'page',
    isWatched: true,
  }),
  mailboxForm({
    channel: 'lingdao-xinxiang-wang',
    name: '平安区领导信箱网页',
    weight: 7,
    externalId: (index) => `LX2025${String(index + 1).padStart(5, '0')}`,
  }),
  leaderMailbox({
    channel: 'quzhang-xinxiang',
    name: '平安区区长信箱',
    weight: 8,
    server: 'own',
  }),
  leaderMailbox({
    channel: 'minyi-xinxiang',
    name: '平安区民意信箱',
    weight: 8,
    server: 'dovecot',
  }),
  gridApp({
    channel: 'pingan-wangge',
    name: '平安网格通',
    weight: 16,
    externalId: (index) => `WG20251122${String(index + 1).padStart(4, '0')}`,
  }),
  gridPlatform({
    channel: 'wangge-pingtai',
    name: '平安区网格化管理平台',
    weight: 8,
    externalId: (index) => `WGP2025${String(index + 1).padStart(6, '0')}`,
    handles: ['WGZX'],
  }),
  messageBoard({
    channel: 'lingdao-liuyanban',
    name: '领导留言板（平安区）',
    weight: 9,
    firstNumber: 21_500_001,
  }),
  hotline12319({
    channel: 'pingan-12319',
    name: '平安城建热线',
    weight: 12,
    externalId: (index) => `CJ20251122${String(index + 1).padStart(5, '0')}`,
  }),
  digitalUrban({
    channel: 'pingan-szcg',
    name: '平安数字城管',
    weight: 12,
    kind: 'postgresql',
    externalId: (index) => `RW20251122${String(index + 1).padStart(5, '0')}`,
  }),
  digitalUrban({
    channel: 'gangwan-szcg',
    name: '港湾片区数字城管',
    weight: 8,
    kind: 'mysql',
    externalId: (index) => `GWRW2025${String(index + 1).padStart(6, '0')}`,
  }),
]

/** The channels of a run: some play with real servers only. */
export function districtWith(services: 'with-services' | 'without-services'): readonly Partner[] {
  return channels.filter(({ needs }) => needs === undefined || services === 'with-services')
}
