/**
 * A grid platform, both ways: lists its own orders and what is said about them behind a cursor, and books each status of
 * them; works the cases that are handed to its unit, and says so in the same list. It can be asked what it has booked. It
 * has its moods.
 */
import { join } from 'node:path'
import type { FollowUp, Submission } from '../plan.ts'
import type { WireRecord } from './appeals.ts'
import { createChangeList } from './change-list.ts'
import {
  aboutOrder,
  brokenOrder,
  changedOrder,
  draftOf,
  orderOf,
  type Task,
} from './grid-platform-records.ts'
import { createGridTasks } from './grid-tasks.ts'
import { readJsonLines, type SentKind } from './ledger.ts'
import { answerIn, createMoods } from './mood.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { createReactions } from './reactions.ts'
import { serve, type Reply, type Request } from './server.ts'

export interface GridPlatformSettings {
  readonly channel: string
  readonly seed: number
  /** The gateway shows it with every call. */
  readonly appKey: string
  /** Our codes of a result: then the resident is asked what he thinks. */
  readonly resultCodes: readonly string[]
}

/** What the gateway tells us, of an order (`status`) or of a case that it handed over (`action`). */
interface Told extends Partial<Task> {
  readonly event_no: string
  readonly case_no: string
  readonly order_no?: string
  readonly status?: string
  readonly action?: string
}

playPart<GridPlatformSettings>(async (peer) => createGridPlatform(peer))

async function createGridPlatform(peer: Peer<GridPlatformSettings>): Promise<Part> {
  const { settings } = peer
  const submissions = readJsonLines<Submission>(join(peer.folder, 'plans', `${settings.channel}.jsonl`))
  const orders = new Map<string, WireRecord>()
  const booked = new Map<string, { event_no: string }[]>()
  const changes = createChangeList('C')
  const moodOf = createMoods(settings.seed, peer.name)
  const reactions = createReactions(submissions, follow)
  const tasks = createGridTasks((caseNo, record, item) => list('message', caseNo, record, item))
  let due = submissions.length
  let polls = 0

  function list(what: SentKind, externalId: string, record: WireRecord, item?: string): void {
    const number = changes.add(record)
    peer.ledger.write({ kind: 'sent', what, externalId, item: item ?? number })
    peer.count('sent')
  }

  function follow(externalId: string, followUp: FollowUp): void {
    const message = aboutOrder(followUp, externalId)
    const order = changedOrder(orders.get(externalId) ?? {})
    if (message === null) orders.set(externalId, order)
    const what = message === null ? 'change' : 'message'
    list(what, externalId, message ?? order, `${externalId}/${followUp}`)
  }

  function submit(submission: Submission): void {
    const { externalId } = submission
    const order = orderOf(submission)
    orders.set(externalId, order)
    due -= 1
    list('report', externalId, order, externalId)
  }

  function handle(request: Request): Reply {
    const { pathname, searchParams } = request.url
    if (request.headers['x-app-key'] !== settings.appKey) return { status: 401, body: { code: 4010 } }
    if (pathname === '/openapi/v2/changes') return changesBehind(searchParams)
    const caseNo = /^\/openapi\/v2\/cases\/([^/]+)\/events$/.exec(pathname)?.[1]
    if (caseNo !== undefined) {
      peer.count('asked')
      return { status: 200, body: { code: 0, data: booked.get(decodeURIComponent(caseNo)) ?? [] } }
    }
    if (request.method === 'POST' && /^\/openapi\/v2\/(orders|tasks)(\/|$)/.test(pathname))
      return call(JSON.parse(request.body.toString('utf8')) as Told)
    return { status: 404, body: { code: 4040 } }
  }

  /** The list is read again and again; now and then it cannot be. */
  function changesBehind(query: URLSearchParams): Reply {
    polls += 1
    peer.count('polled')
    return answerIn(moodOf(`poll ${polls}`), {
      busy: { status: 200, body: { code: 5003, message: 'busy' } },
      take: () => ({
        status: 200,
        body: { code: 0, data: changes.page(query.get('cursor'), Number(query.get('limit') ?? 100)) },
      }),
    })
  }

  function call(told: Told): Reply {
    if (told.order_no !== undefined && !orders.has(told.order_no))
      return { status: 200, body: { code: 4041 } }
    const mood = moodOf(told.event_no)
    if (mood !== 'well') peer.count(mood)
    return answerIn(mood, {
      busy: { status: 503, body: { code: 5003 }, headers: { 'retry-after': '1' } },
      take: () => ({ status: 200, body: { code: 0, data: { no: `E${book(told)}` } } }),
    })
  }

  /** Whatever comes is booked: this system does not look whether it has it already. */
  function book(told: Told): number {
    const { event_no: key, case_no: caseNo, order_no: orderNo, status, action = '' } = told
    const externalId = orderNo ?? caseNo
    const code = status ?? action
    peer.ledger.write({ kind: 'told', by: 'callback', externalId, code, key, effect: true })
    peer.count('told')
    const known = [...(booked.get(caseNo) ?? []), { event_no: key }]
    booked.set(caseNo, known)
    if (orderNo !== undefined) reactions.told(orderNo, settings.resultCodes.includes(code))
    else if (isTask(told)) tasks.assign(told, action)
    else tasks.update(caseNo, action)
    return known.length
  }

  const { address, close } = await serve(handle)
  return {
    address,
    left: () => due + reactions.left() + tasks.left() + changes.left(),
    go: async () => {
      for (const submission of submissions) setTimeout(() => submit(submission), submission.dueMs)
      const [first] = submissions
      if (first === undefined) return
      const [broken, draft] = [brokenOrder(orderOf(first)), draftOf(orderOf(first))]
      list('broken', String(broken['order_no']), broken)
      list('test', String(draft['order_no']), draft)
    },
    stop: async () => close(),
  }
}

/** A whole case is a task; less is news of one. */
function isTask(told: Told): told is Told & Task {
  return told.content !== undefined
}
