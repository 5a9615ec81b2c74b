/** Plain trees as XML, in the same shape as they are read. */
import iconv from 'iconv-lite'
import { isXmlName } from './xml-attributes.ts'
import { escapeXml } from './xml-text.ts'

/** A name that no element can have. */
export class XmlNameError extends Error {}

export type XmlCharset = 'utf-8' | 'gb18030'

/**
 * `<name>…</name>`. Lists become repeated elements, `@name` attributes, `#text` the text beside them; null is an empty
 * element and undefined none. Throws XmlNameError.
 */
export function writeXml(name: string, value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map((one: unknown) => writeXml(name, one)).join('')
  if (!isXmlName(name)) throw new XmlNameError('A field of the body has a name that no XML element can have.')
  if (typeof value !== 'object' || value === null) return wrapped(name, '', escapeXml(scalar(value)))
  let attributes = ''
  let content = ''
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    if (key === '#text') content += escapeXml(scalar(member))
    else if (key.startsWith('@')) attributes += attribute(key.slice(1), member)
    else content += writeXml(key, member)
  }
  return wrapped(name, attributes, content)
}

/** The text as a document in this charset, with its declaration. Every character of Unicode has a place in both. */
export function encodeXml(text: string, charset: XmlCharset): Uint8Array {
  return iconv.encode(`${xmlDeclaration(charset)}${text}`, charset)
}

export function xmlDeclaration(charset: XmlCharset): string {
  return `<?xml version="1.0" encoding="${charset.toUpperCase()}"?>`
}

function wrapped(name: string, attributes: string, content: string): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}

function attribute(name: string, value: unknown): string {
  if (!isXmlName(name))
    throw new XmlNameError('A field of the body has a name that no XML attribute can have.')
  const text = escapeXml(scalar(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
  return ` ${name}="${text}"`
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : ''
}
