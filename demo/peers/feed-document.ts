/** A forum's newest threads as RSS 2.0, Atom 1.0 or JSON Feed 1.1. */
import type { Submission } from '../plan.ts'

export type FeedFormat = 'rss' | 'atom' | 'json'

export interface Post extends Submission {
  readonly url: string
}

interface Site {
  readonly title: string
  readonly address: string
}

export const mediaTypes: Readonly<Record<FeedFormat, string>> = {
  rss: 'application/rss+xml; charset=utf-8',
  atom: 'application/atom+xml; charset=utf-8',
  json: 'application/feed+json; charset=utf-8',
}

export function feedDocument(format: FeedFormat, site: Site, posts: readonly Post[]): string {
  switch (format) {
    case 'rss':
      return rss(site, posts)
    case 'atom':
      return atom(site, posts)
    case 'json':
      return jsonFeed(site, posts)
  }
}

/** The time in the message is China's. */
export function writtenAt(time: string): Date {
  return new Date(`${time.replace(' ', 'T')}+08:00`)
}

export function html(text: string): string {
  return `<p>${escaped(text).replaceAll('\n', '</p><p>')}</p>`
}

function rss({ title, address }: Site, posts: readonly Post[]): string {
  const items = posts.map(
    ({ url, message, person, externalId }) =>
      `<item><title>${escaped(message.title)}</title><link>${escaped(url)}</link><guid isPermaLink="false">tid-${externalId}</guid>` +
      `<author>${escaped(person.id)}</author><pubDate>${writtenAt(message.time).toUTCString()}</pubDate>` +
      `<description><![CDATA[${html(message.text).replaceAll(']]>', ']]&gt;')}]]></description></item>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>${escaped(title)}</title><link>${address}</link><description>${escaped(title)}</description>\n${items.join('\n')}\n</channel></rss>\n`
}

function atom({ title, address }: Site, posts: readonly Post[]): string {
  const entries = posts.map(
    ({ url, message, person, externalId }) =>
      `<entry><id>tag:forum.invalid,2025:${externalId}</id><title>${escaped(message.title)}</title><link rel="alternate" href="${escaped(url)}"/>` +
      `<author><name>${escaped(person.id)}</name></author><published>${writtenAt(message.time).toISOString()}</published><updated>${writtenAt(message.time).toISOString()}</updated>` +
      `<content type="html">${escaped(html(message.text))}</content></entry>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><id>${address}/</id><title>${escaped(title)}</title><updated>2025-01-01T00:00:00Z</updated>\n${entries.join('\n')}\n</feed>\n`
}

function jsonFeed({ title, address }: Site, posts: readonly Post[]): string {
  const items = posts.map(({ url, message, person, externalId }) => ({
    id: externalId,
    url,
    title: message.title,
    content_html: html(message.text),
    date_published: writtenAt(message.time).toISOString(),
    authors: [{ name: person.id }],
  }))
  return JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title, home_page_url: address, items })
}

/** Control characters, which XML 1.0 has no place for, are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/(?![\t\n\r])\p{Cc}/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
