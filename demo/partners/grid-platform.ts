/** A grid platform: its changes are polled by cursor under an API key, and cases of its unit are handed over to it. */
import type { GridPlatformSettings } from '../peers/grid-platform.ts'
import type { Partner, ToldCodes } from './partner.ts'

export interface GridPlatform extends Pick<Partner, 'channel' | 'name' | 'weight' | 'externalId'> {
  /** Codes of the units that work in it. */
  readonly handles: readonly string[]
}

const codes: ToldCodes = {
  accepted: new Set(['ACCEPTED']),
  result: new Set(['FINISHED', 'ANSWERED', 'REJECTED']),
  given: new Set(['ASSIGN']),
  takenBack: new Set(['WITHDRAW']),
}
/** Its own categories, to canonical ones: the last rows of peers/grid-platform-records.ts. */
const ownCategories = { 'PA-0503': '050301', 'PA-1001': '100101' }
/** Its own status for what a unit gave back, so that acceptance is said once. */
const ownEvents = {
  returned: { action: 'call', request: 'status', code: 'GIVEN_BACK', class: 'progress' },
} as const
const intervalS = 4

export function gridPlatform(platform: GridPlatform): Partner {
  const { channel, handles } = platform
  return {
    ...platform,
    retells: ['网格巡查发现：', '网格员走访了解到：'],
    followUps: ['change', 'supplement', 'urge', 'withdraw', 'redo', 'evaluate'],
    platform: 'grid-platform',
    peer: 'grid-platform',
    codes,
    fetched: new Set(['report', 'change', 'message', 'broken', 'test']),
    hasPages: false,
    prepare: ({ seed, secret }) => {
      const key = secret('key')
      return {
        settings: {
          channel,
          seed,
          appKey: key.value,
          resultCodes: [...codes.result],
        } satisfies GridPlatformSettings,
        channelFile: ({ address }) => {
          const access = { kind: 'api-key', header: 'X-App-Key', secret: key.reference }
          const account = { baseUrl: address, access }
          return {
            handles: [...handles],
            feeds: { changes: { settings: { ...account, intervalS } }, push: { enabled: false } },
            reverse: { settings: account, events: ownEvents },
            codes: { category: { table: ownCategories } },
          }
        },
      }
    },
  }
}
