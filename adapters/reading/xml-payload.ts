/** An XML payload: its bytes as a document, its records by their path. */
import { DecodeError, type SourceRecord } from '../adapter.ts'
import { decodeText, httpCharset, xmlCharset, xmlCharsets } from './charset.ts'
import { readXml } from './xml-read.ts'
import { childrenOf, isElement, type XmlDocument, type XmlValue } from './xml-tree.ts'

const defaultMaxBytes = 10_485_760
const maxRecords = 1_000

export interface XmlSource {
  readonly bytes: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** Charset by byte order mark, Content-Type, XML declaration, setting, UTF-8, in this order. Throws DecodeError. */
export function xmlDocumentOf(
  { bytes, headers }: XmlSource,
  { maxBytes = defaultMaxBytes, charset }: { maxBytes?: number | undefined; charset?: string | undefined },
): XmlDocument {
  if (bytes.length > maxBytes)
    throw new DecodeError(
      'payload.too-large',
      `The payload has ${bytes.length} bytes; ${maxBytes} are allowed. Send it in smaller parts.`,
    )
  const { text, place } = decodeText(bytes, {
    declared: [httpCharset(headers['content-type']), xmlCharset(bytes), charset],
    read: xmlCharsets,
  })
  return readXml(text, { words: { place } })
}

export interface FoundRecord {
  readonly position: string
  readonly value: XmlValue
}

/**
 * The records at a path of names, `orders.order`: one or a list. Without a path the value itself is the one record. An empty
 * list is written as its parent without children. Throws DecodeError where the payload lacks the path.
 */
export function recordsAt(value: XmlValue, path: string | undefined, position: string): FoundRecord[] {
  if (path === undefined) return [{ position, value }]
  const names = path.split('.')
  const last = names.pop() ?? ''
  let parent = value
  let at = position
  for (const name of names) {
    const [found, ...more] = childrenOf(parent, name)
    if (found === undefined || more.length > 0) throw noRecords(path)
    parent = found
    at += `/${name}`
  }
  const records = childrenOf(parent, last)
  if (records.length === 0 && (names.length === 0 || !isEmptyList(parent))) throw noRecords(path)
  if (records.length > maxRecords)
    throw new DecodeError(
      'payload.too-many-records',
      `The payload holds ${records.length} records; ${maxRecords} are allowed. Send them in several requests.`,
      `${at}/${last}`,
    )
  return records.map((one, index) => ({ position: `${at}/${last}[${index + 1}]`, value: one }))
}

/** An element is a record; a text alone is none. */
export function recordOf(
  { position, value }: FoundRecord,
  more: Readonly<Record<string, unknown>>,
): SourceRecord {
  return isElement(value)
    ? { kind: 'record', position, value: { ...value, ...more } }
    : {
        kind: 'unreadable',
        position,
        detail: 'A record must be an element with elements in it; this holds text alone.',
      }
}

function isEmptyList(value: XmlValue): boolean {
  return isElement(value) ? Object.keys(value).every((name) => name.startsWith('@')) : value.trim() === ''
}

function noRecords(path: string): DecodeError {
  return new DecodeError(
    'payload.no-records',
    `The payload has no "${path}", where this channel's records are expected. Send it, or correct the setting records.`,
  )
}
