/** A message board for leaders: polled by number and by time under OAuth tokens; asked after uncertain replies. */
import type { MessageBoardSettings } from '../peers/message-board.ts'
import type { Partner, ToldCodes } from './partner.ts'

export interface MessageBoard extends Pick<Partner, 'channel' | 'name' | 'weight'> {
  readonly firstNumber: number
}

const clientId = 'pingan-district'
const codes: ToldCodes = { accepted: new Set(['accepted']), result: new Set(['answered', 'declined']) }
/** Its own fields 领域, to canonical categories: the last rows of peers/message-board-records.ts. */
const ownDomains = { '园林-公园': '080203', '城管-占道': '010201' }
/** This board shows no notes: one without public text would wait for ever for what its platform requires. */
const ownEvents = { noted: { action: 'skip', reason: '本站不公布进展说明' } } as const
const intervalS = 4

export function messageBoard({ channel, name, weight, firstNumber }: MessageBoard): Partner {
  return {
    channel,
    name,
    weight,
    externalId: (index) => String(firstNumber + index),
    retells: ['领导好，', '恳请关注：'],
    followUps: ['change', 'supplement', 'withdraw', 'redo', 'evaluate'],
    platform: 'message-board',
    peer: 'message-board',
    codes,
    fetched: new Set(['report', 'change', 'message', 'broken', 'test']),
    hasPages: false,
    prepare: ({ seed, secret }) => {
      const client = secret('client')
      return {
        settings: {
          channel,
          seed,
          clientId,
          clientSecret: client.value,
          oddNumbers: [firstNumber - 2, firstNumber - 1],
          resultCodes: [...codes.result],
        } satisfies MessageBoardSettings,
        channelFile: ({ address }) => {
          const access = {
            kind: 'oauth2',
            url: `${address}/oauth/token`,
            clientId,
            clientSecret: client.reference,
          }
          const account = { baseUrl: address, access }
          return {
            feeds: {
              messages: { settings: { ...account, intervalS } },
              followups: { settings: { ...account, intervalS } },
            },
            reverse: { settings: account, events: ownEvents },
            codes: { category: { table: ownDomains } },
          }
        },
      }
    },
  }
}
