/** The web form of a leader's mailbox: signed pushes, photos by address, answers by a token and under our keys. */
import type { SiteFormSettings } from '../peers/site-form.ts'
import type { Partner, ToldCodes } from './partner.ts'

export type MailboxForm = Pick<Partner, 'channel' | 'name' | 'weight' | 'externalId'>

const codes: ToldCodes = { accepted: new Set(['1']), result: new Set(['3', '4']) }

export function mailboxForm(site: MailboxForm): Partner {
  const { channel } = site
  return {
    ...site,
    retells: ['尊敬的领导：', '领导您好，'],
    followUps: ['repeat', 'change', 'supplement', 'withdraw', 'evaluate'],
    platform: 'mailbox-form',
    peer: 'site-form',
    codes,
    fetched: new Set(),
    hasPages: false,
    prepare: ({ seed, secret }) => {
      const push = secret('push')
      const token = secret('token')
      const bearer = secret('bearer', `Bearer ${token.value}`)
      return {
        settings: {
          channel,
          feed: 'form',
          seed,
          secret: push.value,
          token: token.value,
          style: 'singly',
          resultCodes: [...codes.result],
        } satisfies SiteFormSettings,
        channelFile: ({ address }) => ({
          feeds: { form: { settings: { authentication: { kind: 'hmac', secret: push.reference } } } },
          reverse: { settings: { baseUrl: address, headers: { authorization: bearer.reference } } },
          codes: { category: { table: ownColumns } },
        }),
      }
    },
  }
}

/** Its own columns, to canonical categories. */
const ownColumns = { 邻里安静: '030202', 园林绿化: '080201' }
