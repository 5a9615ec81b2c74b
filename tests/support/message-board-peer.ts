/** The message board's back office: its own store behind OAuth2, listing messages by number and follow-ups by time. */
import {
  createServer as createPlain,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { createServer as createTls, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface BoardMessage {
  readonly id: number
  readonly [field: string]: unknown
}

export interface BoardReply {
  readonly ref: string
  readonly status: string
  readonly content: string
}

export interface Board {
  readonly url: string
  readonly messages: BoardMessage[]
  readonly followups: { readonly [field: string]: unknown }[]
  /** What its writers see under each message. */
  readonly replies: Map<string, BoardReply[]>
  /** `after_id` of each list that it gave. */
  readonly asked: string[]
  tokensGiven: number
  /** Answers once instead of a list of messages after this id, or instead of the next one where it names none. */
  instead: { readonly after?: string; answer(response: ServerResponse): void } | undefined
  /** Whether it ignores what is asked for and gives the same page for ever. */
  stuck: boolean
  /** As if every token had ended. */
  endTokens(): void
  close(): Promise<void>
}

const clientId = 'pingan'
const clientSecret = 'board-secret'

export async function startBoard(tls?: ServerOptions): Promise<Board> {
  const tokens = new Set<string>()
  const board: Board = {
    url: '',
    messages: [],
    followups: [],
    replies: new Map(),
    asked: [],
    tokensGiven: 0,
    instead: undefined,
    stuck: false,
    endTokens: () => tokens.clear(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  const listener: RequestListener = (request, response) => {
    void text(request).then((body) => answer(board, tokens, { request, response, body }))
  }
  const server = tls === undefined ? createPlain(listener) : createTls(tls, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(board, { url })
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: string
}

function answer(board: Board, tokens: Set<string>, call: Call): void {
  const { request, response, body } = call
  const url = new URL(request.url ?? '/', 'http://board')
  const json = (value: unknown, status = 200): unknown =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (url.pathname === '/oauth/token') {
    const pair = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    if (request.headers.authorization !== `Basic ${pair}`) return void json({ error: 'invalid_client' }, 401)
    const token = `t-${(board.tokensGiven += 1)}`
    tokens.add(token)
    return void json({ access_token: token, token_type: 'Bearer', expires_in: 3600 })
  }
  if (!tokens.has(request.headers.authorization?.slice('Bearer '.length) ?? ''))
    return void json({ code: 401 }, 401)
  const [, id] = /^\/api\/v1\/messages\/([^/]+)\/replies$/.exec(url.pathname) ?? []
  if (id !== undefined) return void json(repliesOf(board, id, request.method === 'POST' ? body : undefined))
  if (url.pathname === '/api/v1/messages') return listMessages(board, url, { response, json })
  if (url.pathname === '/api/v1/followups') {
    const page = Number(url.searchParams.get('page'))
    const list = page === 1 ? board.followups : []
    return void json({ code: 0, data: { list, total: board.followups.length } })
  }
  json({ code: 404 }, 404)
}

function listMessages(
  board: Board,
  { searchParams }: URL,
  { response, json }: { response: ServerResponse; json: (value: unknown) => unknown },
): void {
  const asked = searchParams.get('after_id') ?? ''
  board.asked.push(asked)
  const { instead } = board
  if (instead !== undefined && (instead.after ?? asked) === asked) {
    board.instead = undefined
    return instead.answer(response)
  }
  const after = board.stuck ? 0 : Number(searchParams.get('after_id'))
  const list = board.messages
    .filter(({ id }) => id > after)
    .toSorted((one, other) => one.id - other.id)
    .slice(0, Number(searchParams.get('size')))
  json({ code: 0, data: { list } })
}

/** Books a reply once, by its reference; shows all. */
function repliesOf(board: Board, id: string, body: string | undefined): object {
  const replies = board.replies.get(id) ?? []
  if (body === undefined) return { code: 0, data: replies }
  if (!board.messages.some((one) => String(one.id) === id)) return { code: 4004 }
  const reply = JSON.parse(body) as BoardReply
  if (!replies.some(({ ref }) => ref === reply.ref)) replies.push(reply)
  board.replies.set(id, replies)
  return { code: 0, data: { reply_id: `${id}/${replies.length}` } }
}

/** A live channel of the platform that reads and tells this board; polled each second. */
export function boardChannel(board: Board, settings: object = {}): object {
  const account = {
    baseUrl: board.url,
    access: { kind: 'oauth2', url: `${board.url}/oauth/token`, clientId, clientSecret },
    ...settings,
  }
  return {
    channel: 'board-a',
    platform: 'message-board',
    name: { zh: '测试留言板' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    feeds: {
      messages: { settings: { ...account, intervalS: 1, poll: { size: 2 } } },
      followups: { settings: { ...account, intervalS: 1 } },
    },
    reverse: { settings: account },
    deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.5] },
  }
}

const places = [
  '清澜街道潮生巷',
  '云杉街道石径路',
  '鹤洲街道渡口街',
  '麦田街道风车巷',
  '清澜街道听松街',
  '云杉街道柚园路',
]
const matters = [
  ['城建-路灯', '路灯整夜不亮', '夜里一片漆黑，老人摔倒过，请派人修理'],
  ['环卫-垃圾', '垃圾几天没人清', '堆在楼下发臭，蚊蝇很多，希望尽快清运'],
  ['环保-噪音', '工地半夜还在打桩', '凌晨两点仍在施工，孩子无法睡觉，请制止'],
  ['物业-电梯', '电梯经常停在半路', '本月已困人三次，物业一直拖延不修'],
] as const

/** A message as the board would list it; each about a matter and a place of its own. */
export function message(id: number, other: { readonly [field: string]: unknown } = {}): BoardMessage {
  const [domain, title, content] = matters[id % matters.length] as (typeof matters)[number]
  const place = places[id % places.length] as string
  return {
    id,
    title: `${place}${title}`,
    content: `<p>${place}${id}号附近${content}。</p>`,
    type: 2,
    domain,
    address: `${place}${id}号`,
    create_time: 1_795_300_000 + id,
    user_id: `u-${id}`,
    contact: { name: '赵先生', phone: `1390000${String(1000 + id)}` },
    url: `https://board.example.cn/t/${id}`,
    ...other,
  }
}
