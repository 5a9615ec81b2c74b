/** Urban construction hotlines: orders by SOAP calls to us, statuses by SOAP calls to them, which answer what they have. */
import type { Hotline12319Settings } from '../peers/hotline-12319.ts'
import { allFollowUps } from '../plan.ts'
import { eventsWith } from './own-statuses.ts'
import type { Partner, ToldCodes } from './partner.ts'

export type Hotline12319 = Pick<Partner, 'channel' | 'name' | 'weight' | 'externalId'>

/** Its own status codes; the others are the platform's. */
const ownStatuses = { registered: 'LA', rejected: 'BL', resolved: 'BJ', reopened: 'CB' }
const codes: ToldCodes = {
  accepted: new Set([ownStatuses.registered]),
  // 05 is the platform's code of an answer at once.
  result: new Set([ownStatuses.resolved, ownStatuses.rejected, '05']),
}
/** Its own classes, to canonical categories: the last rows of peers/hotline-12319-records.ts. */
const ownCategories = { '70-7001': '050302', '71-7101': '070201' }
const user = 'hotline12319'

export function hotline12319(hotline: Hotline12319): Partner {
  const { channel } = hotline
  return {
    ...hotline,
    retells: ['市民致电城建热线：', '来电人称：'],
    followUps: allFollowUps,
    platform: 'hotline-12319',
    peer: 'hotline-12319',
    codes,
    fetched: new Set(),
    hasPages: false,
    prepare: ({ seed, secret }) => {
      const call = secret('call')
      const callback = secret('callback')
      return {
        settings: {
          channel,
          feed: 'workorder',
          seed,
          user,
          password: call.value,
          callbackPassword: callback.value,
          resultCodes: [...codes.result],
        } satisfies Hotline12319Settings,
        channelFile: ({ address }) => ({
          feeds: { workorder: { settings: { authentication: { user, password: call.reference } } } },
          reverse: {
            settings: {
              endpoint: `${address}/services/CallbackService`,
              parameters: { jkkl: callback.reference },
            },
            events: eventsWith(ownStatuses),
          },
          codes: { category: { table: ownCategories } },
        }),
      }
    },
  }
}
