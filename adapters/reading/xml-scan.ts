/**
 * Looks over an XML text once before the parser may. Refuses document type declarations (entity bombs, outside files),
 * bounds depth and number of elements, and notices that the end is missing, over which the lenient parser says nothing.
 */
import { DecodeError } from '../adapter.ts'

const maxDepth = 64
const maxElements = 100_000

/** Throws DecodeError. */
export function scanXml(text: string): void {
  let depth = 0
  let elements = 0
  let root: string | undefined
  let isRootEmpty = false
  for (let at = text.indexOf('<'); at !== -1;) {
    const end = endOfMarkup(text, at)
    if (isElementStart(text, at)) {
      const isEmpty = text[end - 2] === '/'
      if (root === undefined) {
        root = /[^\s/>]+/y.exec(text.slice(at + 1, at + 100))?.[0] ?? ''
        isRootEmpty = isEmpty
      }
      elements += 1
      if (!isEmpty) depth += 1
    } else if (text[at + 1] === '/') depth -= 1
    if (depth > maxDepth)
      throw new DecodeError(
        'payload.too-deep',
        `The XML is nested deeper than ${maxDepth} levels at character ${at}.`,
        `character ${at}`,
      )
    if (elements > maxElements)
      throw new DecodeError(
        'payload.too-large',
        `The XML has more than ${maxElements} elements. Ask the site for a shorter feed.`,
      )
    at = text.indexOf('<', end)
  }
  if (root === undefined)
    throw new DecodeError(
      'payload.not-feed',
      'The document is neither XML nor JSON, so it is no feed. Check the address.',
    )
  if (!isRootEmpty && !text.includes(`</${root}`)) throw cutOff(text)
}

function isElementStart(text: string, at: number): boolean {
  const next = text[at + 1]
  return next !== undefined && !/[\s!?/<]/.test(next)
}

/** Index behind the piece of markup that begins here. */
function endOfMarkup(text: string, at: number): number {
  if (text.startsWith('<!--', at)) return behind(text, '-->', at + 4)
  if (text.startsWith('<![CDATA[', at)) return behind(text, ']]>', at + 9)
  if (text.startsWith('<?', at)) return behind(text, '?>', at + 2)
  if (text.startsWith('<!', at)) {
    if (/<!doctype\s+html/iy.test(text.slice(at, at + 20)))
      throw new DecodeError(
        'payload.not-feed',
        'The document is a web page, not a feed. Check the address; the site may ask for a login.',
      )
    throw new DecodeError(
      'payload.dtd',
      `The XML declares a document type or an entity at character ${at}. That is never read. Ask the site for a plain feed.`,
      `character ${at}`,
    )
  }
  if (!isElementStart(text, at) && text[at + 1] !== '/') return at + 1
  return behindTag(text, at)
}

/** A `>` within quotes does not end the tag. */
function behindTag(text: string, at: number): number {
  const mark = /["'>]/g
  mark.lastIndex = at
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    if (found[0] === '>') return mark.lastIndex
    mark.lastIndex = behind(text, found[0], mark.lastIndex)
  }
  throw cutOff(text)
}

function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  if (found === -1) throw cutOff(text)
  return found + mark.length
}

function cutOff(text: string): DecodeError {
  return new DecodeError(
    'payload.cut-off',
    `The feed ends at character ${text.length}, before its last element is closed. It will be read again at the next poll.`,
    `character ${text.length}`,
  )
}
