/** A forum: an RSS feed of its threads, and an interface that takes replies. Its store outlives its server. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ForumReply {
  readonly thread: string
  readonly status: string
  readonly message: string
}

export interface Forum {
  readonly url: string
  /** Oldest first; a repeat with the same key is not shown twice. */
  readonly replies: ForumReply[]
  post(thread: { readonly id: string; readonly title: string; readonly text: string }): void
  stop(): Promise<void>
  start(): Promise<void>
}

const escaped = (words: string) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

export async function startForum(): Promise<Forum> {
  const threads: string[] = []
  const answered = new Map<string, number>()
  let server: Server | undefined
  let port = 0
  const forum: Forum = {
    get url() {
      return `http://127.0.0.1:${port}`
    },
    replies: [],
    post: ({ id, title, text: words }) => {
      threads.unshift(
        `<item><guid isPermaLink="false">${id}</guid><link>${forum.url}/thread-${id}-1-1.html</link><title>${escaped(title)}</title><author>街坊</author>` +
          `<pubDate>${new Date().toUTCString()}</pubDate><description>${escaped(words)}</description></item>`,
      )
    },
    start: async () => {
      server = createServer((request, response) => {
        const answer = async () => {
          if (request.method === 'GET')
            return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>论坛</title>${threads.join('')}</channel></rss>`
          const key = String(request.headers['idempotency-key'])
          const body = JSON.parse(await text(request)) as {
            thread_id: string
            status: string
            message: string
          }
          if (!answered.has(key)) {
            forum.replies.push({ thread: body.thread_id, status: body.status, message: body.message })
            answered.set(key, forum.replies.length)
          }
          return JSON.stringify({ ok: true, id: String(answered.get(key)) })
        }
        void answer().then((body) => {
          response.setHeader(
            'content-type',
            request.method === 'GET' ? 'application/rss+xml' : 'application/json',
          )
          response.end(body)
        })
      })
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
      server?.closeAllConnections()
      await closed
    },
  }
  await forum.start()
  return forum
}

/** A channel file of this forum. */
export function forumChannel(url: string, other: object = {}): object {
  return {
    channel: 'forum',
    platform: 'forum',
    name: { zh: '测试论坛' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    feeds: { rss: { settings: { url: `${url}/feed`, intervalS: 1 } }, webhook: { enabled: false } },
    reverse: { settings: { baseUrl: url } },
    deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.5, 1, 1, 1] },
    ...other,
  }
}
