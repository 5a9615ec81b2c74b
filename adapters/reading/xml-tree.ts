/**
 * What an XML element is as a plain tree. An element that holds text alone is that text. Any other is an object: its
 * children by their names without prefix, `@name` for attributes, `#text` for text beside them. Elements of one name and one
 * parent are a list in the order of the document, whatever their prefixes. Every value is text: nothing is guessed.
 */
export type XmlValue = string | XmlElement

export interface XmlElement {
  readonly [name: string]: XmlValue | readonly XmlValue[]
}

export interface XmlDocument {
  /** The root's name without prefix. */
  readonly name: string
  /** The root's namespace; empty where it has none. */
  readonly namespace: string
  readonly value: XmlValue
}

export function isElement(value: unknown): value is XmlElement {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What stands under this name, always as a list. */
export function childrenOf(value: unknown, name: string): readonly XmlValue[] {
  if (!isElement(value) || !Object.hasOwn(value, name)) return []
  const found = value[name] as XmlValue | readonly XmlValue[]
  return typeof found === 'object' && Array.isArray(found)
    ? (found as readonly XmlValue[])
    : [found as XmlValue]
}

/** The element's own text, without white space around it. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  const text = isElement(value) && Object.hasOwn(value, '#text') ? value['#text'] : ''
  return typeof text === 'string' ? text.trim() : ''
}

/** Sets a name that may be `__proto__`, and makes a list of a name that stands there already. */
export function addChild(element: { [name: string]: unknown }, name: string, value: unknown): void {
  if (!Object.hasOwn(element, name)) {
    if (name === '__proto__')
      Object.defineProperty(element, name, { value, enumerable: true, writable: true, configurable: true })
    else element[name] = value
    return
  }
  const there = element[name]
  if (Array.isArray(there)) there.push(value)
  else element[name] = [there, value]
}
