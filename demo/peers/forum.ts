/**
 * A forum: its newest threads stand in a feed that others poll; an opinion-monitoring service pushes some of them as well.
 * Replies come by its API, which honours Idempotency-Key, or a clerk writes them on the thread's page. It has its moods.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Submission } from '../plan.ts'
import { feedDocument, html, mediaTypes, writtenAt, type FeedFormat, type Post } from './feed-document.ts'
import { readJsonLines } from './ledger.ts'
import { answerIn, createMoods } from './mood.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { serve, type Reply, type Request } from './server.ts'

export interface ForumSettings {
  readonly channel: string
  readonly title: string
  readonly format: FeedFormat
  readonly validator: 'etag' | 'last-modified' | 'both'
  readonly seed: number
  /** Where the site has an API for replies: the token its callers send. */
  readonly replyToken?: string
  /** Where an opinion-monitoring service pushes this forum's posts: what it signs with. */
  readonly webhookSecret?: string
}

interface ThreadReply {
  readonly id: string
  readonly text: string
  readonly slip: string
}

/** Threads in the feed: far more than are written between two polls. */
const window = 300

playPart<ForumSettings>(async (peer) => createForum(peer))

async function createForum(peer: Peer<ForumSettings>): Promise<Part> {
  const { settings } = peer
  const submissions = readJsonLines<Submission>(join(peer.folder, 'plans', `${settings.channel}.jsonl`))
  const threads = new Map<string, { post: Post; replies: ThreadReply[] }>()
  const newest: Post[] = []
  const byKey = new Map<string, string>()
  const moodOf = createMoods(settings.seed, peer.name)
  const snapshot = { text: '', etag: '', atMs: 0, isStale: true }
  let due = submissions.length
  let outbox: Outbox | undefined

  function publish(submission: Submission): void {
    const { externalId } = submission
    const post = { ...submission, url: `${address}/thread-${externalId}-1-1.html` }
    peer.ledger.write({ kind: 'sent', what: 'report', externalId, item: externalId })
    peer.count('sent')
    threads.set(externalId, { post, replies: [] })
    newest.unshift(post)
    newest.splice(window)
    snapshot.isStale = true
    due -= 1
    if (submission.isWatched)
      outbox?.add({ item: `${externalId}/webhook`, externalId, what: 'repeat', record: webhookOf(post) })
  }

  function webhookOf({ url, externalId, message, person }: Post): object {
    return {
      site: settings.title,
      link: url,
      post_id: externalId,
      subject: message.title,
      body_html: html(message.text),
      post_time: String(writtenAt(message.time).getTime() / 1000),
      poster: person.id,
      sentiment: 'negative',
    }
  }

  /** The site renews its feed at most once a second, so that Last-Modified, which counts seconds, never hides a thread. */
  function feed(request: Request): Reply {
    const nowMs = Math.floor(Date.now() / 1000) * 1000
    if (snapshot.isStale && snapshot.atMs < nowMs) {
      snapshot.text = feedDocument(settings.format, { title: settings.title, address }, newest)
      snapshot.etag = `"${createHash('sha256').update(snapshot.text).digest('base64url').slice(0, 22)}"`
      snapshot.atMs = nowMs
      snapshot.isStale = false
    }
    peer.count('polled')
    const lastModified = new Date(snapshot.atMs).toUTCString()
    const headers = {
      'content-type': mediaTypes[settings.format],
      ...(settings.validator !== 'last-modified' && { etag: snapshot.etag }),
      ...(settings.validator !== 'etag' && { 'last-modified': lastModified }),
    }
    const { 'if-none-match': etag, 'if-modified-since': since } = request.headers
    const isKnown =
      etag !== undefined ? etag === snapshot.etag : since !== undefined && Date.parse(since) >= snapshot.atMs
    return isKnown ? { status: 304, headers } : { status: 200, headers, body: snapshot.text }
  }

  function reply(request: Request, externalId: string): Reply {
    if (settings.replyToken === undefined) return { status: 404, body: { ok: false, error: 'no-api' } }
    if (request.headers['authorization'] !== `Bearer ${settings.replyToken}`)
      return { status: 401, body: { ok: false, error: 'token' } }
    const key = request.headers['idempotency-key']
    if (key === undefined) return { status: 422, body: { ok: false, error: 'no-key' } }
    const { status, message } = JSON.parse(request.body.toString('utf8')) as {
      status: string
      message: string
    }
    const mood = moodOf(key)
    if (mood !== 'well') peer.count(mood)
    const told = { by: 'reply', code: status, key, text: message } as const
    return answerIn(mood, {
      busy: { status: 503, body: { ok: false, error: 'busy' }, headers: { 'retry-after': '1' } },
      take: () => ({ status: 201, body: { ok: true, id: answer(externalId, told) } }),
    })
  }

  /** A key that is known changes nothing: its first reply is named again. */
  function answer(
    externalId: string,
    told: { by: 'reply' | 'page'; code: string; key: string; text: string },
  ): string {
    const { by, code, key, text } = told
    const known = by === 'reply' ? byKey.get(key) : undefined
    peer.ledger.write({ kind: 'told', by, externalId, code, key, effect: known === undefined })
    if (known !== undefined) return known
    const replies = threads.get(externalId)?.replies ?? []
    const id = `${externalId}-${replies.length + 1}`
    replies.push({ id, text, slip: key })
    byKey.set(key, id)
    peer.count('told')
    return id
  }

  function handle(request: Request): Reply {
    const { pathname } = request.url
    if (request.method === 'GET' && pathname === '/feed') return feed(request)
    const [, kind = '', number = ''] =
      /^\/(api|page)\/threads\/([^/]+)\/replies$/.exec(pathname) ??
      /^\/(thread)-(\d+)-1-1\.html$/.exec(pathname) ??
      []
    const thread = threads.get(decodeURIComponent(number))
    if (thread === undefined) return { status: 404, body: { ok: false, error: 'no-thread' } }
    if (kind === 'thread') return page(thread)
    if (kind === 'api') return reply(request, thread.post.externalId)
    if (request.method === 'GET') return { status: 200, body: { replies: thread.replies } }
    const { text, label, slip } = JSON.parse(request.body.toString('utf8')) as {
      text: string
      label: string
      slip: string
    }
    return {
      status: 201,
      body: { ok: true, id: answer(thread.post.externalId, { by: 'page', code: label, key: slip, text }) },
    }
  }

  /** What a visitor sees: the thread and what was answered. */
  function page({ post, replies }: { post: Post; replies: readonly ThreadReply[] }): Reply {
    const body = `<!doctype html><meta charset="utf-8"><title>${settings.title}</title><h1>${html(post.message.title)}</h1>${html(post.message.text)}<hr>${replies.map(({ text }) => html(text)).join('<hr>')}`
    return { status: 200, body, headers: { 'content-type': 'text/html; charset=utf-8' } }
  }

  const { address, close } = await serve(handle)
  if (settings.webhookSecret !== undefined) {
    outbox = createOutbox(
      peer,
      { channel: settings.channel, feed: 'webhook', secret: settings.webhookSecret, style: 'singly' },
      () => undefined,
    )
  }
  return {
    address,
    left: () => due + (outbox?.left() ?? 0),
    go: async () => {
      for (const submission of submissions) setTimeout(() => publish(submission), submission.dueMs)
    },
    stop: async () => close(),
  }
}
