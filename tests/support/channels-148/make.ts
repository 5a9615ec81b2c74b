/** The generator: a district's 148 channels, the same for the same seed. */
import { forumFeed } from './forums.ts'
import { jsonFamily } from './json.ts'
import * as json from './json-platforms.ts'
import { leaderMailbox } from './letters.ts'
import { ownFeed } from './own-feeds.ts'
import { makingOf, type Family } from './place.ts'
import { channelText } from './channel-text.ts'
import { hotline12319 } from './soap.ts'
import type { MadeChannel, Places } from './types.ts'
import { digitalUrban } from './urban.ts'
import { departments, placeName } from './words.ts'

interface Group {
  readonly platform: string
  readonly name: string
  readonly families: readonly (readonly [count: number, family: Family])[]
}

/** 148 in all. */
const groups: readonly Group[] = [
  { platform: 'hotline-12345', name: '服务热线', families: [[14, jsonFamily(json.hotline12345)]] },
  { platform: 'hotline-12319', name: '城建热线', families: [[8, hotline12319]] },
  { platform: 'digital-urban', name: '数字城管', families: [[10, digitalUrban]] },
  { platform: 'leader-mailbox', name: '领导信箱', families: [[2, leaderMailbox]] },
  { platform: 'mailbox-form', name: '网上信箱', families: [[14, jsonFamily(json.mailboxForm)]] },
  { platform: 'message-board', name: '留言板', families: [[10, jsonFamily(json.messageBoard)]] },
  {
    platform: 'forum',
    name: '论坛',
    families: [
      [26, forumFeed],
      [6, jsonFamily(json.forumWebhook)],
    ],
  },
  { platform: 'grid-app', name: '网格通', families: [[14, jsonFamily(json.gridApp)]] },
  {
    platform: 'grid-platform',
    name: '网格平台',
    families: [
      [5, jsonFamily(json.gridPlatformPolled)],
      [3, jsonFamily(json.gridPlatformPushed)],
    ],
  },
  {
    platform: 'standard',
    name: '业务系统',
    families: [
      [30, jsonFamily(json.standard)],
      [6, ownFeed],
    ],
  },
]

/** Of the systems with an interface like ours some are tried out, some are stopped for a while. */
function stateOf(platform: string, index: number): MadeChannel['state'] {
  if (platform !== 'standard') return 'live'
  if (index % 10 === 6) return 'shadow'
  return index % 10 === 8 ? 'paused' : 'live'
}

function make(
  seed: number,
  { platform, name, index, number }: { platform: string; name: string; index: number; number: number },
  { places, family }: { places: Places; family: Family },
): MadeChannel {
  const making = makingOf(seed, platform, { index, number, places })
  const { file, incoming, told, expected } = family(making)
  const { channel, inbound, outbound, externalId, kind, matter, submittedAt } = making
  const state = stateOf(platform, index)
  const text = channelText(`${placeName(number)}的${name}`, {
    channel,
    platform,
    name: { zh: `${placeName(number)}${name}` },
    owner: { department: departments[(number * 5) % departments.length] },
    state,
    ...file,
    privateAddresses: ['127.0.0.0/8'],
    ...(told.kind === 'task' ? {} : { deliveries: { delaysS: [0, 2 + making.random.below(9), 60, 600] } }),
  })
  const secrets = [inbound, outbound].map(({ reference, value }) => [reference.secret, value] as const)
  return {
    channel,
    platform,
    state,
    text,
    secrets: Object.fromEntries(secrets),
    incoming,
    told,
    expected: {
      externalId,
      kind,
      category: matter.category,
      submittedAt: submittedAt.toISOString(),
      ...expected,
    },
  }
}

/** In order of their platforms. */
export function make148(seed: number, places: Places): readonly MadeChannel[] {
  let number = -1
  return groups.flatMap(({ platform, name, families }) => {
    let index = -1
    return families.flatMap(([count, family]) =>
      Array.from({ length: count }, () => {
        index += 1
        number += 1
        return make(seed, { platform, name, index, number }, { places, family })
      }),
    )
  })
}
