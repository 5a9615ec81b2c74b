/**
 * A 12345 hotline: pushes its work orders and messages about them, signed; takes the statuses of its orders by signed
 * callback and books every one it takes; answers what an order's statuses are. It has its moods.
 */
import { createAppeals, type AppealsSettings } from './appeals.ts'
import { brokenOrder, changedOrder, messageOf, orderOf, testOrder, type Dialect } from './hotline-records.ts'
import { answerIn, createMoods } from './mood.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { serve, type Reply, type Request } from './server.ts'
import { isSigned } from './signed.ts'

export interface HotlineSettings extends AppealsSettings, Dialect {
  readonly seed: number
  /** Signs the gateway's calls to us. */
  readonly callbackSecret: string
}

interface Callback {
  readonly callback_id: string
  readonly order_no: string
  readonly status: string
  readonly status_time: string
}

playPart<HotlineSettings>(async (peer) => createHotline(peer))

async function createHotline(peer: Peer<HotlineSettings>): Promise<Part> {
  const { settings } = peer
  const booked = new Map<string, Callback[]>()
  const moodOf = createMoods(settings.seed, peer.name)
  const appeals = createAppeals(peer, settings, {
    report: (submission) => orderOf(submission, settings),
    changed: changedOrder,
    message: (followUp, { externalId }) => messageOf(followUp, externalId),
    odd: (first) => {
      const broken = brokenOrder(orderOf(first, settings))
      const test = testOrder(orderOf(first, settings))
      return [
        { what: 'broken', externalId: String(broken['order_no']), record: broken },
        { what: 'test', externalId: String(test['order_no']), record: test },
      ]
    },
  })

  function handle(request: Request): Reply {
    if (!isSigned(request, settings.callbackSecret, settings.headerNames))
      return { status: 401, body: { code: 4010, msg: 'signature' } }
    const asked = /^\/api\/orders\/([^/]+)\/callbacks$/.exec(request.url.pathname)?.[1]
    if (asked !== undefined) {
      peer.count('asked')
      return { status: 200, body: { code: 0, data: booked.get(decodeURIComponent(asked)) ?? [] } }
    }
    if (request.method === 'POST' && request.url.pathname.startsWith('/api/callback/'))
      return call(JSON.parse(request.body.toString('utf8')) as Callback)
    return { status: 404, body: { code: 4040 } }
  }

  function call(callback: Callback): Reply {
    if (!appeals.knows(callback.order_no)) return { status: 200, body: { code: 4001, msg: 'no such order' } }
    const mood = moodOf(callback.callback_id)
    if (mood !== 'well') peer.count(mood)
    return answerIn(mood, {
      busy: { status: 200, body: { code: 5001, msg: 'busy' } },
      take: () => ({ status: 200, body: { code: 0, data: { receipt_no: `R${book(callback)}` } } }),
    })
  }

  /** Whatever comes is booked: this system does not look whether it has it already. */
  function book(callback: Callback): number {
    const { order_no: externalId, status: code, callback_id: key } = callback
    peer.ledger.write({ kind: 'told', by: 'callback', externalId, code, key, effect: true })
    const known = booked.get(externalId) ?? []
    booked.set(externalId, [
      ...known,
      { callback_id: key, order_no: externalId, status: code, status_time: callback.status_time },
    ])
    peer.count('told')
    appeals.told(externalId, code)
    return known.length + 1
  }

  const { address, close } = await serve(handle)
  return {
    address,
    left: () => appeals.left(),
    go: async () => appeals.go(),
    stop: async () => close(),
  }
}
