/** Entries of a JSON Feed (https://jsonfeed.org/version/1.1). */
import { DecodeError } from '../adapter.ts'
import { entryOf, escapeHtml, maxEntries, pageUrl, type Entry, type EntryRead } from './entry.ts'
import { instantOf } from './instant.ts'

type Tree = Readonly<Record<string, unknown>>

const maxDepth = 64

/** Throws DecodeError. */
export function jsonEntries(text: string, feedUrl: string): EntryRead[] {
  boundDepth(text)
  const feed = parsed(text)
  const items = isTree(feed) ? feed['items'] : undefined
  if (
    !isTree(feed) ||
    !Array.isArray(items) ||
    !/jsonfeed\.org\/version/.test(textOf(feed['version']) ?? '')
  ) {
    throw new DecodeError(
      'payload.not-feed',
      'The JSON is no JSON Feed: it needs version and items. Check the address.',
    )
  }
  if (items.length > maxEntries)
    throw new DecodeError(
      'payload.too-many-records',
      `The feed has ${items.length} entries; ${maxEntries} are allowed.`,
    )
  const base = pageUrl(textOf(feed['home_page_url']), feedUrl) ?? feedUrl
  return items.map((item: unknown, index) => {
    const position = `/items/${index}`
    return isTree(item)
      ? { position, entry: jsonEntry(item, base) }
      : { position, fault: 'An item must be a JSON object.' }
  })
}

function jsonEntry(item: Tree, base: string): Entry {
  const [author] = [...listOf(item['authors']), item['author']].filter(isTree)
  const summary = asHtml(item['summary'])
  return entryOf({
    id: textOf(item['id']),
    url: pageUrl(textOf(item['url']) ?? textOf(item['external_url']), base),
    title: textOf(item['title']),
    content: textOf(item['content_html']) ?? asHtml(item['content_text']) ?? summary,
    summary,
    author: textOf(author?.['name']),
    published: instantOf(textOf(item['date_published'])),
    updated: instantOf(textOf(item['date_modified'])),
    categories: listOf(item['tags']).flatMap((tag) => textOf(tag) ?? []),
  })
}

/** Numbers come as they were written: an id beyond 2^53 keeps its digits. */
function parsed(text: string): unknown {
  const asWritten = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value
  try {
    return JSON.parse(text, asWritten)
  } catch {
    throw new DecodeError(
      'payload.not-json',
      'The feed is no JSON that can be read. It will be read again at the next poll.',
    )
  }
}

/** Counts brackets outside strings. Ends with an error where one is left open. */
function boundDepth(text: string): void {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (isInString) {
      if (character === '\\') at += 1
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth > maxDepth)
      throw new DecodeError(
        'payload.too-deep',
        `The JSON is nested deeper than ${maxDepth} levels at character ${at}.`,
        `character ${at}`,
      )
  }
  if (depth > 0 || isInString) {
    throw new DecodeError(
      'payload.cut-off',
      `The feed ends at character ${text.length}, before its last bracket is closed. It will be read again at the next poll.`,
      `character ${text.length}`,
    )
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function asHtml(value: unknown): string | null {
  const text = textOf(value)
  return text === null ? null : escapeHtml(text)
}
