/**
 * Entries of RSS 0.9 to 2.0 and Atom. The parser finds and builds; the fields are read from each entry's own elements. The
 * parser's own `url`, `authors` and `categories` fall back to the whole feed's and walk all of it for every entry: 5 s for
 * 2,000 entries, and a feed's category is not its entry's.
 */
import { parseFeed } from '@rowanmanning/feed-parser'
import { DecodeError } from '../adapter.ts'
import type { XmlWords } from '../reading/xml-markup.ts'
import { scanXml } from '../reading/xml-scan.ts'
import { entryOf, escapeHtml, maxEntries, pageUrl, type Entry, type EntryRead } from './entry.ts'
import { instantOf } from './instant.ts'

type Feed = ReturnType<typeof parseFeed>
type Element = Feed['element']

/** Other vocabularies use the same names for other things: `media:title` is a picture's. */
const foreignPrefixes = ['media', 'itunes', 'googleplay']

const words: XmlWords = {
  noun: 'feed',
  whenCutOff: 'It will be read again at the next poll.',
  whenDtd: 'Ask the site for a plain feed.',
  place: (index) => `character ${index}`,
}

/** Throws DecodeError. `feedUrl` resolves relative addresses. */
export function xmlEntries(text: string, feedUrl: string): EntryRead[] {
  scan(text)
  const feed = parsed(text)
  const { items } = feed
  if (items.length > maxEntries)
    throw new DecodeError(
      'payload.too-many-records',
      `The feed has ${items.length} entries; ${maxEntries} are allowed.`,
    )
  const isAtom = feed.meta.type === 'atom'
  const base = pageUrl(feed.url, feedUrl) ?? feedUrl
  return items.map(({ element }, index) => {
    const position = `entry ${index + 1}`
    try {
      return { position, entry: isAtom ? atomEntry(element, base) : rssEntry(element, base) }
    } catch {
      return { position, fault: 'The parser could not read this entry.' }
    }
  })
}

function scan(text: string): void {
  const isPage = (error: unknown) => error instanceof DecodeError && error.code === 'payload.web-page'
  try {
    if (scanXml(text, words) !== undefined) return
  } catch (error) {
    if (!isPage(error)) throw error
    throw new DecodeError(
      'payload.not-feed',
      'The document is a web page, not a feed. Check the address; the site may ask for a login.',
    )
  }
  throw new DecodeError(
    'payload.not-feed',
    'The document is neither XML nor JSON, so it is no feed. Check the address.',
  )
}

function parsed(text: string): Feed {
  try {
    return parseFeed(text)
  } catch (error) {
    const isOtherXml = error instanceof Error && 'code' in error && error.code === 'INVALID_FEED'
    throw isOtherXml
      ? new DecodeError('payload.not-feed', 'The XML is neither RSS nor Atom. Check the address.')
      : new DecodeError(
          'payload.not-xml',
          'The feed is no XML that can be read. It will be read again at the next poll.',
        )
  }
}

function rssEntry(item: Element, base: string): Entry {
  const description = html(child(item, 'description'))
  return entryOf({
    id: firstText(item, 'guid') ?? item.getAttribute('rdf:about'),
    url: pageUrl(firstText(item, 'link') ?? permalink(item), base),
    title: firstText(item, 'title'),
    content: html(child(item, 'encoded')) ?? description,
    summary: description,
    author: firstText(item, 'creator', 'author'),
    published: instantOf(firstText(item, 'pubdate', 'date')),
    updated: instantOf(firstText(item, 'modified', 'updated')),
    categories: texts([...children(item, 'category'), ...children(item, 'subject')]),
  })
}

function atomEntry(entry: Element, base: string): Entry {
  const links = children(entry, 'link')
  const link = links.find((one) => (one.getAttribute('rel') ?? 'alternate') === 'alternate') ?? links[0]
  const summary = atomHtml(child(entry, 'summary'))
  const author = child(entry, 'author')
  return entryOf({
    id: firstText(entry, 'id'),
    url: pageUrl(link?.getAttributeAsUrl('href') ?? null, base),
    title: firstText(entry, 'title'),
    content: atomHtml(child(entry, 'content')) ?? summary,
    summary,
    author: author ? (firstText(author, 'name', 'email') ?? nonEmpty(author.textContentNormalized)) : null,
    published: instantOf(firstText(entry, 'published', 'issued')),
    updated: instantOf(firstText(entry, 'updated', 'modified')),
    categories: children(entry, 'category').flatMap(
      (category) => category.getAttribute('label') ?? category.getAttribute('term') ?? [],
    ),
  })
}

/** A guid is an address unless it says that it is none. */
function permalink(item: Element): string | null {
  const guid = child(item, 'guid')
  const text = guid?.textContentNormalized ?? ''
  return guid && guid.getAttribute('ispermalink') !== 'false' && /^https?:\/\//.test(text) ? text : null
}

/** The XML's own escapes are undone once; what is left is HTML, and its reader's to decode. */
function html(element: Element | undefined): string | null {
  return nonEmpty(element?.textContent.trim())
}

/** RFC 4287, 3.1.1: text, html or xhtml. Where none is stated it should be text, but sites that state none send HTML. */
function atomHtml(element: Element | undefined): string | null {
  const type = element?.getAttribute('type')
  if (type === 'text' || type === 'text/plain')
    return nonEmpty(escapeHtml(element?.textContentNormalized ?? ''))
  if (type === 'xhtml') return nonEmpty((element?.findElementWithName('div') ?? element)?.innerHtml)
  return html(element)
}

function children(element: Element, name: string): Element[] {
  return element
    .findElementsWithName(name)
    .filter(({ namespace }) => typeof namespace === 'symbol' || !foreignPrefixes.includes(namespace))
}

function child(element: Element, name: string): Element | undefined {
  return children(element, name)[0]
}

/** Text of the first named element that has some. */
function firstText(element: Element, ...names: string[]): string | null {
  return names.flatMap((name) => texts(children(element, name)))[0] ?? null
}

function texts(elements: Element[]): string[] {
  return elements.map((one) => one.textContentNormalized).filter((text) => text !== '')
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text
}
