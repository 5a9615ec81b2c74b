/** The marks of an XML text, one after the other. Nothing is built, nothing is looked up, and no document type is ever read. */
import { DecodeError } from '../adapter.ts'

export interface Markup {
  readonly kind: 'start' | 'empty' | 'end' | 'text' | 'comment' | 'instruction'
  readonly at: number
  /** Behind it. */
  readonly end: number
}

/** What messages call the document, and what they advise. */
export interface XmlWords {
  readonly noun: string
  readonly whenCutOff: string
  readonly whenDtd: string
  readonly place: (index: number) => string
}

/**
 * The mark that begins at `at`, where a `<` stands. `text` is a CDATA section, or a `<` that begins nothing. Throws DecodeError
 * `payload.cut-off` where its end is missing and `payload.dtd` for document types and entity declarations.
 */
export function markupAt(text: string, at: number, words: XmlWords): Markup {
  const next = text[at + 1]
  if (next === '/') return { kind: 'end', at, end: behindTag(text, at, words) }
  if (next === '?') return { kind: 'instruction', at, end: behind(text, '?>', at + 2, words) }
  if (next === '!') return declarationAt(text, at, words)
  if (next === undefined) throw cutOff(text, words)
  if (/[\s/<]/.test(next)) return { kind: 'text', at, end: at + 1 }
  const end = behindTag(text, at, words)
  return { kind: text[end - 2] === '/' ? 'empty' : 'start', at, end }
}

function declarationAt(text: string, at: number, words: XmlWords): Markup {
  if (text.startsWith('<!--', at)) return { kind: 'comment', at, end: behind(text, '-->', at + 4, words) }
  if (text.startsWith('<![CDATA[', at)) return { kind: 'text', at, end: behind(text, ']]>', at + 9, words) }
  if ('<![CDATA['.startsWith(text.slice(at)) || '<!--'.startsWith(text.slice(at))) throw cutOff(text, words)
  if (/<!doctype\s+html/iy.test(text.slice(at, at + 20)))
    throw new DecodeError('payload.web-page', `The ${words.noun} is a web page.`, words.place(at))
  throw new DecodeError(
    'payload.dtd',
    `The XML declares a document type or an entity at ${words.place(at)}. That is never read. ${words.whenDtd}`,
    words.place(at),
  )
}

/** A `>` within quotes does not end the tag. */
function behindTag(text: string, at: number, words: XmlWords): number {
  const mark = /["'>]/g
  mark.lastIndex = at
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    if (found[0] === '>') return mark.lastIndex
    mark.lastIndex = behind(text, found[0], mark.lastIndex, words)
  }
  throw cutOff(text, words)
}

function behind(text: string, mark: string, from: number, words: XmlWords): number {
  const found = text.indexOf(mark, from)
  if (found === -1) throw cutOff(text, words)
  return found + mark.length
}

export function cutOff(text: string, { noun, whenCutOff, place }: XmlWords): DecodeError {
  return new DecodeError(
    'payload.cut-off',
    `The ${noun} ends at ${place(text.length)}, before its last element is closed. ${whenCutOff}`,
    place(text.length),
  )
}

/** Depth and number of elements, counted while a text is read. */
export interface XmlBounds {
  readonly maxDepth: number
  readonly maxElements: number
}

export const usualBounds: XmlBounds = { maxDepth: 64, maxElements: 100_000 }

/** Throws DecodeError `payload.too-deep` or `payload.too-large`. */
export function checkBounds(
  { depth, elements, at }: { depth: number; elements: number; at: number },
  { maxDepth, maxElements }: XmlBounds,
  { noun, place }: XmlWords,
): void {
  if (depth > maxDepth)
    throw new DecodeError(
      'payload.too-deep',
      `The XML is nested deeper than ${maxDepth} levels at ${place(at)}. Send it flatter.`,
      place(at),
    )
  if (elements > maxElements)
    throw new DecodeError(
      'payload.too-large',
      `The ${noun} has more than ${maxElements} elements. Send it in smaller parts.`,
      place(at),
    )
}
