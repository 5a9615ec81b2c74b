/** One start tag's name and attributes. */
import { plainText } from './xml-text.ts'

export interface Tag {
  readonly name: string
  readonly attributes: readonly (readonly [name: string, value: string])[]
}

/** Index of the character that is wrong, and what is wrong there. */
export interface XmlFault {
  readonly at: number
  readonly what: string
}

const xmlName = String.raw`[\p{L}_:][\p{L}\p{M}\p{N}_:.\u00b7-]*`
/** Most names; this pattern is quicker. */
const plainName = /[A-Za-z_][A-Za-z0-9_:.-]*/y
const namePattern = new RegExp(xmlName, 'uy')
const attributePattern = new RegExp(String.raw`\s+(${xmlName})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')`, 'uy')

/** A name as XML 1.0 allows it, but for exotic characters. */
export function isXmlName(text: string): boolean {
  return new RegExp(`^${xmlName}$`, 'u').test(text)
}

/** `at` is behind the `<` or `</`. Undefined where no name stands there. */
export function nameAt(text: string, at: number): string | undefined {
  plainName.lastIndex = at
  const plain = plainName.exec(text)?.[0]
  if (plain !== undefined && text.charCodeAt(at + plain.length) < 128) return plain
  namePattern.lastIndex = at
  return namePattern.exec(text)?.[0]
}

/** The tag between `at`, where its `<` stands, and `end`, where its `>` or `/>` does. */
export function tagAt(text: string, at: number, end: number): Tag | XmlFault {
  const name = nameAt(text, at + 1)
  if (name === undefined) return { at, what: 'a "<" that begins no tag; write it as &lt;' }
  if (at + 1 + name.length === end) return { name, attributes: [] }
  const attributes = new Map<string, string>()
  let from = at + 1 + name.length
  for (;;) {
    attributePattern.lastIndex = from
    const found = attributePattern.exec(text)
    if (!found || attributePattern.lastIndex > end) break
    const [whole, attribute = '', double, single] = found
    if (attributes.has(attribute)) return { at: from, what: 'an attribute that stands there twice' }
    const value = plainText((double ?? single ?? '').replaceAll(/\r\n|[\t\n\r]/g, ' '))
    if (typeof value !== 'string') return { at: from, what: value.what }
    attributes.set(attribute, value)
    from += whole.length
  }
  return /^\s*$/.test(text.slice(from, end))
    ? { name, attributes: [...attributes] }
    : { at: from, what: 'a tag that is not written well' }
}
