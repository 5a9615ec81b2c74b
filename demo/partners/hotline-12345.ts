/** 12345 hotlines: signed pushes, signed callbacks. A second one may have its own codes and header names. */
import type { HotlineSettings } from '../peers/hotline.ts'
import { allFollowUps } from '../plan.ts'
import { eventsWith } from './own-statuses.ts'
import type { Partner, ToldCodes } from './partner.ts'

export interface Hotline12345 extends Pick<Partner, 'channel' | 'name' | 'weight' | 'externalId'> {
  readonly style: 'singly' | 'batches'
  /** 坐标类型: 1 WGS-84, 4 CGCS2000. */
  readonly coordinates: '1' | '4'
  /** Own header names for the signature, both ways. */
  readonly headerNames?: { readonly timestamp: string; readonly nonce: string; readonly signature: string }
  /** Case event type to this hotline's own status code, where it has one. */
  readonly ownStatuses?: Readonly<Record<string, string>>
  readonly hasOwnCategories: boolean
}

export function hotline12345(hotline: Hotline12345): Partner {
  const { channel, name, weight, externalId, style, coordinates, hasOwnCategories } = hotline
  const { headerNames, ownStatuses } = hotline
  const codes = codesOf(ownStatuses ?? {})
  return {
    channel,
    name,
    weight,
    externalId,
    retells: ['市民来电反映：'],
    followUps: allFollowUps,
    platform: 'hotline-12345',
    peer: 'hotline',
    codes,
    fetched: new Set(),
    hasPages: false,
    prepare: ({ seed, secret }) => {
      const push = secret('push')
      const back = secret('back')
      const headers = headerNames && { headers: headerNames }
      return {
        settings: {
          channel,
          feed: 'push',
          seed,
          secret: push.value,
          callbackSecret: back.value,
          style,
          coordinates,
          hasOwnCategories,
          resultCodes: [...codes.result],
          ...(headerNames && { headerNames }),
        } satisfies HotlineSettings,
        channelFile: ({ address }) => ({
          feeds: {
            push: { settings: { authentication: { kind: 'hmac', secret: push.reference, ...headers } } },
          },
          reverse: {
            settings: { baseUrl: address, signing: { secret: back.reference, ...headers } },
            ...(ownStatuses && { events: eventsWith(ownStatuses) }),
          },
          ...(hasOwnCategories && { codes: { category: { table: ownCategories } } }),
        }),
      }
    },
  }
}

function codesOf(own: Readonly<Record<string, string>>): ToldCodes {
  const results = [own['resolved'] ?? '60', own['answered'] ?? '61', own['rejected'] ?? '21']
  return { accepted: new Set([own['registered'] ?? '20']), result: new Set(results) }
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
