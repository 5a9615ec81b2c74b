/** Local forums: polled feeds, some watched by a service that pushes; replies by an API, or by a clerk on the page. */
import type { FeedFormat } from '../peers/feed-document.ts'
import type { ForumSettings } from '../peers/forum.ts'
import { pollIntervalS, type Partner, type ToldCodes } from './partner.ts'

export interface Forum extends Pick<Partner, 'channel' | 'name' | 'weight'> {
  readonly firstNumber: number
  readonly format: FeedFormat
  readonly validator: 'etag' | 'last-modified' | 'both'
  /** `api`: replies by its interface; `page`: a clerk writes them. */
  readonly replies: 'api' | 'page'
  /** An opinion-monitoring service pushes its posts, too. */
  readonly isWatched: boolean
}

const codes: Readonly<Record<Forum['replies'], ToldCodes>> = {
  api: { accepted: new Set(['accepted']), result: new Set(['replied', 'rejected']) },
  page: { accepted: new Set(['registered']), result: new Set(['resolved', 'answered', 'rejected']) },
}

export function forum({
  channel,
  name,
  weight,
  firstNumber,
  format,
  validator,
  replies,
  isWatched,
}: Forum): Partner {
  return {
    channel,
    name,
    weight,
    externalId: (index) => String(firstNumber + index),
    retells: ['转一个大家都关心的事：', '我也遇到了，', '帮顶，'],
    followUps: [],
    platform: 'forum',
    peer: 'forum',
    codes: codes[replies],
    fetched: new Set(['report']),
    hasPages: true,
    prepare: ({ seed, secret }) => {
      const push = secret('push')
      const token = secret('token')
      // The token travels in a header, as the site wants it written.
      const bearer = secret('bearer', `Bearer ${token.value}`)
      return {
        settings: {
          channel,
          title: name,
          format,
          validator,
          seed,
          ...(replies === 'api' && { replyToken: token.value }),
          ...(isWatched && { webhookSecret: push.value }),
        } satisfies ForumSettings,
        channelFile: ({ address }) => ({
          feeds: {
            rss: { settings: { url: `${address}/feed`, intervalS: pollIntervalS } },
            webhook: isWatched
              ? { settings: { authentication: { kind: 'hmac', secret: push.reference } } }
              : { enabled: false },
          },
          reverse:
            replies === 'page'
              ? { manual: true }
              : { settings: { baseUrl: address, headers: { authorization: bearer.reference } } },
        }),
      }
    },
  }
}
