/** Forums: their feeds as RSS, Atom or JSON, some in GB18030; told by their interface, or by a clerk who pastes a reply. */
import iconv from 'iconv-lite'
import { categoryTable } from './code-tables.ts'
import { baseUrlOf, ourAccess, type Family, type Making } from './place.ts'
import type { Page, Told } from './types.ts'
import { kindWords } from './words.ts'
import { elements, escapeXml } from './xml.ts'

interface Post {
  readonly link: string
  readonly title: string
  readonly text: string
  readonly board: string
  readonly at: Date
}

function rss({ link, title, text, board, at }: Post, charset: 'UTF-8' | 'GB18030'): Page {
  const declaration = `<?xml version="1.0" encoding="${charset}"?>`
  const channel = (items: string) =>
    `${declaration}<rss version="2.0"><channel><title>论坛</title><link>${escapeXml(link)}</link><description>-</description>${items}</channel></rss>`
  const item = `<item>${elements({ title, link, guid: link, author: '街坊', category: board, description: text, pubDate: at.toUTCString() })}</item>`
  return {
    contentType: 'application/rss+xml',
    full: charset === 'UTF-8' ? channel(item) : new Uint8Array(iconv.encode(channel(item), 'gb18030')),
    empty: channel('').replace('论坛', 'forum').replace('GB18030', 'UTF-8'),
  }
}

function atom({ link, title, text, board, at }: Post): Page {
  const written = elements({ id: link, title, updated: at.toISOString(), published: at.toISOString() })
  const feed = (entries: string) =>
    `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>${escapeXml(link)}/feed</id><title>论坛</title><updated>2026-11-16T00:00:00Z</updated>${entries}</feed>`
  return {
    contentType: 'application/atom+xml',
    full: feed(
      `<entry>${written}<link href="${escapeXml(link)}"/><author><name>街坊</name></author><category term="${escapeXml(board)}"/><content type="html">${escapeXml(`<p>${text}</p>`)}</content></entry>`,
    ),
    empty: feed(''),
  }
}

function jsonFeed({ link, title, text, board, at }: Post): Page {
  const feed = (items: readonly object[]) =>
    JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: '论坛', items })
  const item = { id: link, url: link, title, content_html: `<p>${text}</p>`, tags: [board] }
  return {
    contentType: 'application/feed+json',
    full: feed([{ ...item, date_published: at.toISOString(), authors: [{ name: '街坊' }] }]),
    empty: feed([]),
  }
}

function pageOf(index: number, post: Post): Page {
  switch (index % 4) {
    case 0:
      return rss(post, 'UTF-8')
    case 1:
      return atom(post)
    case 2:
      return jsonFeed(post)
    default:
      return rss(post, 'GB18030')
  }
}

function toldOf(making: Making): { reverse: object; told: Told } {
  const { accepted: code, index } = making
  const events = { registered: { action: 'call', request: 'reply', code, class: 'acceptance' } }
  if (index % 5 < 3)
    return { reverse: { manual: true, events }, told: { kind: 'task', code, text: '已受理' } }
  const { settings, proof } = ourAccess(making, ['signed', 'key', 'login', 'token'])
  return {
    reverse: { settings: { baseUrl: baseUrlOf(making), ...settings }, events },
    told: {
      kind: 'call',
      form: 'json',
      field: 'status',
      code,
      proof,
      answer: { contentType: 'application/json', body: '{"ok":true,"id":"p1"}' },
    },
  }
}

const intervalsS = [300, 120, 600, 180, 900]
const addresses = ['thread-{id}-1-1.html', 'read.php?tid={id}', 't/{id}', 'topic/{id}']

export const forumFeed: Family = (making) => {
  const { random, index, matter, number, channel } = making
  const [word, kind] = random.pick(kindWords)
  const boards = categoryTable(random, matter, index % 2 === 0 ? 2 : 6)
  const thread = String(700_000 + number * 13)
  const path = (addresses[index % addresses.length] ?? '').replace('{id}', thread)
  const post = {
    link: `https://${channel}.example.com/${path}`,
    title: `${word}：${making.title}`,
    text: making.content,
    board: boards.code,
    at: making.submittedAt,
  }
  const { reverse, told } = toldOf(making)
  const settings = {
    url: `${baseUrlOf(making)}/feed`,
    intervalS: intervalsS[index % intervalsS.length],
  }
  return {
    file: {
      issuer: channel,
      feeds: { rss: { settings }, webhook: { enabled: false } },
      reverse,
      codes: { board: { table: boards.table } },
    },
    incoming: { kind: 'poll', page: pageOf(index, post), proof: { kind: 'none' } },
    told,
    expected: { externalId: thread, kind, category: matter.category },
  }
}
