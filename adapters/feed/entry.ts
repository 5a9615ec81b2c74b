/** One entry of a feed, whatever its format. What the mapping reads: `id`, `title`, `content` … */
import { createHash } from 'node:crypto'

export interface Entry {
  /** The feed's own identifier; its address where it has none; else made of its text. */
  readonly id: string
  readonly url: string | null
  readonly title: string | null
  /** HTML; the summary where the entry has no more. */
  readonly content: string | null
  readonly summary: string | null
  readonly author: string | null
  /** UTC, ISO 8601. Null where the feed gives none or one that cannot be read. */
  readonly published: string | null
  readonly updated: string | null
  readonly categories: readonly string[]
}

export type EntryRead = { readonly position: string } & (
  | { readonly entry: Entry }
  | { readonly fault: string }
)

export const maxEntries = 2_000

export function entryOf(read: Omit<Entry, 'id'> & { readonly id: string | null }): Entry {
  return { ...read, id: read.id ?? read.url ?? `sha256:${hash([read.title, read.content, read.author])}` }
}

/** Changes whenever anything in the entry does. */
export function fingerprint(entry: Entry): string {
  return hash(entry).slice(0, 16)
}

/** Only addresses of pages: a `javascript:` link is none. Relative ones are resolved. */
export function pageUrl(href: string | null, base: string): string | null {
  const url = href === null || href.trim() === '' ? null : URL.parse(href.trim(), base)
  return url && /^https?:$/.test(url.protocol) ? url.href : null
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '<br>')
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
