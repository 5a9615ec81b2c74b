/** 数字城管: rows of an exchange database that are polled, statuses written back as rows under our ledger. */
import type { DigitalUrbanSettings } from '../peers/digital-urban.ts'
import type { Partner, Setup, ToldCodes } from './partner.ts'

export interface DigitalUrban extends Pick<Partner, 'channel' | 'name' | 'weight' | 'externalId'> {
  /** `postgresql`: a server of its own, polled by number. `mysql`: the run's MariaDB, polled by time. */
  readonly kind: DigitalUrbanSettings['server']['kind']
}

/** Its own node of acceptance; the others are the platform's. */
const ownNodes = {
  registered: { action: 'call', request: 'node', code: '3A', class: 'acceptance' },
} as const
const codes: ToldCodes = {
  accepted: new Set([ownNodes.registered.code]),
  result: new Set(['07', '91', '96']),
}
/** Its own classes, to canonical categories: see peers/digital-urban-records.ts. */
const ownClasses = { '2/9901/00': '990101', '2/9902/00': '120101', '2/9903/00': '050302' }
const database = 'szcg_exchange'
const intervalS = 2
const cursors = {
  postgresql: { by: 'id', column: 'row_id', window: 500 },
  mysql: { by: 'time', column: 'row_time', overlapS: 60 },
} as const

export function digitalUrban({ kind, ...urban }: DigitalUrban): Partner {
  const { channel } = urban
  return {
    ...urban,
    retells: ['监督员巡查发现：', '视频巡查发现：'],
    followUps: ['repeat', 'change', 'supplement', 'urge', 'withdraw', 'redo'],
    platform: 'digital-urban',
    peer: 'digital-urban',
    codes,
    fetched: new Set(['report', 'change', 'repeat', 'message', 'broken', 'test']),
    hasPages: false,
    ...(kind === 'mysql' && { needs: 'services' as const }),
    prepare: ({ seed, secret, services }) => {
      const read = secret('read')
      const write = secret('write')
      const reader = { user: 'guiyi_read', password: read.value }
      const writer = { user: 'guiyi_write', password: write.value }
      return {
        settings: {
          channel,
          seed,
          database,
          server: serverOf(kind, services),
          reader,
          writer,
          resultCodes: [...codes.result],
        } satisfies DigitalUrbanSettings,
        channelFile: ({ ports }) => {
          const account = { kind, host: '127.0.0.1', database, tls: { mode: 'off' } }
          return {
            feeds: {
              exchange: {
                settings: {
                  ...account,
                  port: ports['read'],
                  user: reader.user,
                  password: read.reference,
                  intervalS,
                  statementTimeoutMs: 2_500,
                  poll: { table: 'v_case', cursor: cursors[kind] },
                },
              },
              xml: { enabled: false },
            },
            reverse: {
              settings: {
                ...account,
                port: ports['write'],
                user: writer.user,
                password: write.reference,
                statementTimeoutMs: 1_500,
                tables: { status: 't_case_status', request: 't_case_request' },
                ledger: 'guiyi_ledger',
                orders: { table: 'v_order', number: 'task_no', status: 'state' },
              },
              events: ownNodes,
            },
            codes: { category: { table: ownClasses } },
          }
        },
      }
    },
  }
}

function serverOf(kind: DigitalUrban['kind'], services: Setup['services']): DigitalUrbanSettings['server'] {
  if (kind === 'postgresql') return { kind }
  const { mariadb } = services
  if (mariadb === undefined) throw new Error('This run has no MariaDB: add --services.')
  return { kind, url: mariadb.url }
}
