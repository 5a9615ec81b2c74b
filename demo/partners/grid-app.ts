/** Grid workers' apps: signed pushes with photos, signed callbacks under our keys. */
import type { GridAppSettings } from '../peers/grid-app.ts'
import { allFollowUps } from '../plan.ts'
import { eventsWith } from './own-statuses.ts'
import type { Partner, ToldCodes } from './partner.ts'

export type GridApp = Pick<Partner, 'channel' | 'name' | 'weight' | 'externalId'>

/** Its own status codes; the others are the platform's. */
const ownStatuses = { registered: 'SL', rejected: 'BYSL', resolved: 'BJ', reopened: 'CB' }
const codes: ToldCodes = {
  accepted: new Set([ownStatuses.registered]),
  // 05 is the platform's code of an answer at once.
  result: new Set([ownStatuses.resolved, ownStatuses.rejected, '05']),
}
/** Its own categories, to canonical ones: the last rows of peers/grid-app-records.ts. */
const ownCategories = { 'PA-E2': '080203', 'PA-F1': '050301' }

export function gridApp(app: GridApp): Partner {
  const { channel } = app
  return {
    ...app,
    retells: ['网格员巡查发现：', '居民向网格员反映：'],
    followUps: allFollowUps,
    platform: 'grid-app',
    peer: 'grid-app',
    codes,
    fetched: new Set(),
    hasPages: false,
    prepare: ({ seed, secret }) => {
      const push = secret('push')
      const back = secret('back')
      return {
        settings: {
          channel,
          feed: 'push',
          seed,
          secret: push.value,
          callbackSecret: back.value,
          style: 'singly',
          resultCodes: [...codes.result],
        } satisfies GridAppSettings,
        channelFile: ({ address }) => ({
          feeds: { push: { settings: { authentication: { kind: 'hmac', secret: push.reference } } } },
          reverse: {
            settings: { baseUrl: address, signing: { secret: back.reference } },
            events: eventsWith(ownStatuses),
          },
          codes: { category: { table: ownCategories } },
        }),
      }
    },
  }
}
