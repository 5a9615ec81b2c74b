/**
 * A 12345 hotline: pushes its work orders and messages about them, signed; takes the statuses of its orders by signed
 * callback and books every one it takes; answers what an order's statuses are. It has its moods.
 */
import { timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { sign } from '../../adapters/http-json/signature.ts'
import type { FollowUp, Submission } from '../plan.ts'
import {
  brokenOrder,
  changedOrder,
  messageOf,
  orderOf,
  testOrder,
  type Dialect,
  type WireRecord,
} from './hotline-records.ts'
import { readJsonLines } from './ledger.ts'
import { createMoods } from './mood.ts'
import { createOutbox, type OutboxSettings } from './outbox.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { serve, type Reply, type Request } from './server.ts'

export interface HotlineSettings extends Omit<OutboxSettings, 'channel' | 'feed'>, Dialect {
  readonly channel: string
  readonly seed: number
  /** Signs the gateway's calls to us. */
  readonly callbackSecret: string
  /** Our codes for a result: then the caller is asked what it thinks. */
  readonly resultCodes: readonly string[]
}

interface Callback {
  readonly callback_id: string
  readonly order_no: string
  readonly status: string
  readonly status_time: string
}

const afterResult: ReadonlySet<FollowUp> = new Set(['redo', 'evaluate'])
const followUpDelayMs = 400

playPart<HotlineSettings>(async (peer) => createHotline(peer))

async function createHotline(peer: Peer<HotlineSettings>): Promise<Part> {
  const { settings } = peer
  const submissions = readJsonLines<Submission>(join(peer.folder, 'plans', `${settings.channel}.jsonl`))
  const byNumber = new Map(submissions.map((submission) => [submission.externalId, submission]))
  const orders = new Map<string, WireRecord>()
  const booked = new Map<string, Callback[]>()
  const moodOf = createMoods(settings.seed, peer.name)
  const unheard = new Map(
    submissions.map(({ externalId, followUps }) => [
      externalId,
      followUps.filter((one) => afterResult.has(one)),
    ]),
  )
  let due = submissions.length
  let followUpsLeft = submissions.reduce((sum, { followUps }) => sum + followUps.length, 0)

  const outbox = createOutbox(peer, { ...settings, feed: 'push' }, ({ what, externalId }) => {
    if (what !== 'report') return
    const { followUps = [] } = byNumber.get(externalId) ?? {}
    for (const [index, followUp] of followUps.filter((one) => !afterResult.has(one)).entries())
      follow(externalId, followUp, index)
  })

  function follow(externalId: string, followUp: FollowUp, index: number): void {
    setTimeout(
      () => {
        const order = orders.get(externalId) ?? {}
        const message = messageOf(followUp, externalId)
        const what = message !== null ? 'message' : followUp === 'change' ? 'change' : 'repeat'
        const changed = followUp === 'change' ? changedOrder(order) : order
        if (followUp === 'change') orders.set(externalId, changed)
        outbox.add({ item: `${externalId}/${followUp}`, externalId, what, record: message ?? changed })
        followUpsLeft -= 1
      },
      followUpDelayMs * (index + 1),
    )
  }

  function submit(submission: Submission): void {
    const { externalId } = submission
    const record = orderOf(submission, settings)
    orders.set(externalId, record)
    due -= 1
    outbox.add({ item: externalId, externalId, what: 'report', record })
  }

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
    if (!orders.has(callback.order_no)) return { status: 200, body: { code: 4001, msg: 'no such order' } }
    const mood = moodOf(callback.callback_id)
    if (mood !== 'well') peer.count(mood)
    switch (mood) {
      case 'fails-before':
        return { status: 500, body: 'internal error' }
      case 'is-busy':
        return { status: 200, body: { code: 5001, msg: 'busy' } }
      case 'resets-before':
        return 'reset'
      case 'takes-and-resets':
        book(callback)
        return 'reset'
      case 'takes-and-hangs':
        book(callback)
        return 'hang'
      case 'well':
        return { status: 200, body: { code: 0, data: { receipt_no: `R${book(callback)}` } } }
    }
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
    if (settings.resultCodes.includes(code)) {
      for (const [index, followUp] of (unheard.get(externalId) ?? []).entries())
        follow(externalId, followUp, index)
      unheard.delete(externalId)
    }
    return known.length + 1
  }

  const { address, close } = await serve(handle)
  return {
    address,
    left: () => due + outbox.left() + followUpsLeft,
    go: async () => {
      for (const submission of submissions) setTimeout(() => submit(submission), submission.dueMs)
      const [first] = submissions
      if (first === undefined) return
      const order = orderOf(first, settings)
      const broken = brokenOrder(order)
      outbox.add({ item: 'broken', externalId: String(broken['order_no']), what: 'broken', record: broken })
      const test = testOrder(order)
      outbox.add({ item: 'test', externalId: String(test['order_no']), what: 'test', record: test })
    },
    stop: async () => close(),
  }
}

function isSigned(request: Request, secret: string, names: OutboxSettings['headerNames'] = {}): boolean {
  const header = (name: 'timestamp' | 'nonce' | 'signature') =>
    request.headers[(names[name] ?? `x-${name}`).toLowerCase()] ?? ''
  const expected = sign(secret, {
    timestamp: header('timestamp'),
    nonce: header('nonce'),
    method: request.method,
    pathWithQuery: request.path,
    body: request.body,
  })
  const given = header('signature')
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
}
