/**
 * A message board for leaders: its back office lists messages by increasing number, some later than others with higher
 * numbers, and what their writers say afterwards by time. It takes replies, books each one it takes, and shows what it has.
 * Callers need a token. It has its moods.
 */
import { join } from 'node:path'
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import { createBoardList } from './board-list.ts'
import { readJsonLines, type SentKind } from './ledger.ts'
import { changedMessage, followUpOf, messageOf, oddMessages } from './message-board-records.ts'
import { answerIn, createMoods } from './mood.ts'
import { createTokenOffice } from './oauth.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { createReactions } from './reactions.ts'
import { serve, type Reply, type Request } from './server.ts'

export interface MessageBoardSettings {
  readonly channel: string
  readonly seed: number
  readonly clientId: string
  readonly clientSecret: string
  /** Numbers of a message that cannot be read, and of one that was removed. */
  readonly oddNumbers: readonly [number, number]
  /** Our codes of a result: then the writer says what he thinks. */
  readonly resultCodes: readonly string[]
}

interface BoardReply {
  readonly reply_id: string
  readonly ref: string
  readonly status: string
}

const reviewMs = 3_000

playPart<MessageBoardSettings>(async (peer) => createBoard(peer))

async function createBoard(peer: Peer<MessageBoardSettings>): Promise<Part> {
  const { settings } = peer
  const submissions = readJsonLines<Submission>(join(peer.folder, 'plans', `${settings.channel}.jsonl`))
  const messages = createBoardList((record) => Number(record['id']))
  const afterwards = createBoardList((record) => Number(record['create_time']))
  const replies = new Map<string, BoardReply[]>()
  const reactions = createReactions(submissions, follow)
  const office = createTokenOffice({ id: settings.clientId, secret: settings.clientSecret })
  const moodOf = createMoods(settings.seed, peer.name)
  let due = submissions.length
  let polls = 0

  function publish(submission: Submission): void {
    const { externalId } = submission
    send('report', externalId, externalId)
    messages.put(externalId, messageOf(submission, address))
    due -= 1
  }

  function send(what: SentKind, externalId: string, item: string): void {
    peer.ledger.write({ kind: 'sent', what, externalId, item })
    peer.count('sent')
  }

  function follow(externalId: string, followUp: FollowUp): void {
    const item = `${externalId}/${followUp}`
    const said = followUpOf(followUp, externalId, new Date())
    send(said === null ? 'change' : 'message', externalId, item)
    if (said !== null) afterwards.put(item, said)
    else messages.put(externalId, changedMessage(messages.rowOf(externalId)?.record ?? {}))
  }

  function handle(request: Request): Reply {
    const { pathname, searchParams } = request.url
    if (pathname === '/oauth/token') return office.issue(request)
    if (!office.isValid(request)) return { status: 401, body: { code: 4010 } }
    const number = /^\/api\/v1\/messages\/(\d+)\/replies$/.exec(pathname)?.[1]
    if (number !== undefined) return request.method === 'POST' ? reply(number, request.body) : shownTo(number)
    if (pathname === '/api/v1/messages') return polled(() => messagesAfter(searchParams))
    if (pathname === '/api/v1/followups') return polled(() => afterwardsOf(searchParams))
    return { status: 404, body: { code: 4040 } }
  }

  /** A list is read again and again; now and then it cannot be. */
  function polled(list: () => object): Reply {
    polls += 1
    peer.count('polled')
    const mood = moodOf(`poll ${polls}`)
    if (mood === 'well') return { status: 200, body: { code: 0, data: list() } }
    return mood === 'is-busy' ? { status: 200, body: { code: 5003, message: 'busy' } } : 'reset'
  }

  function messagesAfter(query: URLSearchParams): object {
    const afterId = Number(query.get('after_id') ?? 0)
    return { list: messages.page(({ id }) => Number(id) > afterId, { from: 0, size: sizeOf(query) }) }
  }

  function afterwardsOf(query: URLSearchParams): object {
    const from = secondsAt(query.get('from'), 0)
    const to = secondsAt(query.get('to'), Number.POSITIVE_INFINITY)
    const fits = ({ create_time: at }: { create_time?: unknown }) => Number(at) >= from && Number(at) <= to
    const size = sizeOf(query)
    const first = (Number(query.get('page') ?? 1) - 1) * size
    return { total: afterwards.count(fits), list: afterwards.page(fits, { from: first, size }) }
  }

  function shownTo(externalId: string): Reply {
    peer.count('asked')
    return { status: 200, body: { code: 0, data: replies.get(externalId) ?? [] } }
  }

  function reply(externalId: string, body: Buffer): Reply {
    if (messages.rowOf(externalId) === undefined) return { status: 200, body: { code: 4004 } }
    const { ref, status } = JSON.parse(body.toString('utf8')) as { ref: string; status: string }
    const mood = moodOf(ref)
    if (mood !== 'well') peer.count(mood)
    return answerIn(mood, {
      busy: { status: 503, body: { code: 5003 }, headers: { 'retry-after': '1' } },
      take: () => ({ status: 200, body: { code: 0, data: { reply_id: book(externalId, ref, status) } } }),
    })
  }

  /** Whatever comes is booked: the board does not look whether it has it already. */
  function book(externalId: string, ref: string, code: string): string {
    peer.ledger.write({ kind: 'told', by: 'reply', externalId, code, key: ref, effect: true })
    const known = replies.get(externalId) ?? []
    const id = `${externalId}-${known.length + 1}`
    replies.set(externalId, [...known, { reply_id: id, ref, status: code }])
    peer.count('told')
    reactions.told(externalId, settings.resultCodes.includes(code))
    return id
  }

  const { address, close } = await serve(handle)
  return {
    address,
    left: () => due + reactions.left() + messages.left() + afterwards.left(),
    go: async () => {
      for (const submission of submissions) {
        const isReviewedLate = hashOf(submission.externalId) % 4 === 0
        setTimeout(() => publish(submission), submission.dueMs + (isReviewedLate ? reviewMs : 0))
      }
      const [first] = submissions
      if (first === undefined) return
      for (const { what, record } of oddMessages(messageOf(first, address), settings.oddNumbers)) {
        const id = String(record['id'])
        send(what, id, what)
        messages.put(id, record)
      }
    },
    stop: async () => close(),
  }
}

function sizeOf(query: URLSearchParams): number {
  return Math.min(100, Number(query.get('size') ?? 50))
}

/** `2025-11-22 08:15:00`, Asia/Shanghai, as seconds since 1970. */
function secondsAt(text: string | null, otherwise: number): number {
  return text === null ? otherwise : Math.floor(Date.parse(`${text.replace(' ', 'T')}+08:00`) / 1000)
}
