/**
 * XML as plain trees. One pass, which refuses what is not well-formed, so that no second reader can see another document; a
 * document type is refused where it begins, and nothing is ever looked up or expanded.
 *
 * Why not fast-xml-parser: it refuses a whole payload for one element named like a built-in, lets `<a><b></a>`, two roots and
 * double attributes pass, mixes CDATA with escaped text unless its slow form is used, and takes four times as long over
 * escapes. It is the tests' independent reader.
 */
import { DecodeError } from '../adapter.ts'
import { nameAt, tagAt, type Tag } from './xml-attributes.ts'
import { checkBounds, cutOff, markupAt, usualBounds, type XmlBounds, type XmlWords } from './xml-markup.ts'
import { forbiddenAt, plainText } from './xml-text.ts'
import { addChild, type XmlDocument, type XmlValue } from './xml-tree.ts'

/** By prefix; the default namespace by the empty one. */
type Namespaces = Readonly<Record<string, string>>
const noNamespaces: Namespaces = Object.freeze(Object.create(null) as Namespaces)

interface Open {
  readonly name: string
  readonly element: { [name: string]: unknown }
  readonly namespaces: Namespaces
  text: string
  hasParts: boolean
}

const usualWords: XmlWords = {
  noun: 'payload',
  whenCutOff: 'Send the whole body.',
  whenDtd: 'Send plain XML without a document type.',
  place: (index) => `character ${index}`,
}
const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'

export interface XmlOptions {
  readonly words?: Partial<XmlWords>
  readonly bounds?: XmlBounds
}

/** Throws DecodeError, whose message holds no word of the text. */
export function readXml(text: string, options: XmlOptions = {}): XmlDocument {
  return new XmlReader(text, { ...usualWords, ...options.words }, options.bounds ?? usualBounds).read()
}

class XmlReader {
  private readonly open: Open[] = []
  private root: XmlDocument | undefined
  private elements = 0
  private readonly text: string
  private readonly words: XmlWords
  private readonly bounds: XmlBounds

  constructor(text: string, words: XmlWords, bounds: XmlBounds) {
    this.text = text
    this.words = words
    this.bounds = bounds
  }

  read(): XmlDocument {
    const { text, words } = this
    if (text.trim() === '')
      throw new DecodeError('payload.empty', `The ${words.noun} is empty. Send an XML document.`)
    const wrong = forbiddenAt(text)
    if (wrong !== -1) throw this.fault(wrong, 'a character that XML cannot hold')
    let at = 0
    for (let next = text.indexOf('<'); next !== -1; next = text.indexOf('<', at)) {
      this.takeText(at, next)
      at = this.takeMarkup(next)
    }
    this.takeText(at, text.length)
    if (this.open.length > 0 || this.root === undefined) throw cutOff(text, words)
    return this.root
  }

  private takeMarkup(at: number): number {
    const { text, words } = this
    const { kind, end } = markupAt(text, at, words)
    switch (kind) {
      case 'start':
      case 'empty':
        this.begin(at, end, kind)
        break
      case 'end':
        this.finish(at, end)
        break
      case 'text':
        this.takeSection(at, end)
        break
      case 'comment':
      case 'instruction':
        break
    }
    return end
  }

  private begin(at: number, end: number, kind: 'start' | 'empty'): void {
    const parent = this.open.at(-1)
    if (!parent && this.root) throw this.fault(at, 'a second document; send them one by one')
    const tag = tagAt(this.text, at, end - (kind === 'empty' ? 2 : 1))
    if ('what' in tag) throw this.fault(tag.at, tag.what)
    this.elements += 1
    checkBounds({ depth: this.open.length + 1, elements: this.elements, at }, this.bounds, this.words)
    if (parent) parent.hasParts = true
    this.open.push(openedBy(tag, parent?.namespaces ?? noNamespaces))
    if (kind === 'empty') this.close()
  }

  private finish(at: number, end: number): void {
    const name = nameAt(this.text, at + 2)
    const open = this.open.at(-1)
    if (!open || name !== open.name || !/^\s*>$/.test(this.text.slice(at + 2 + name.length, end)))
      throw this.fault(at, 'a closing tag that fits no open one')
    this.close()
  }

  private close(): void {
    const open = this.open.pop()
    if (!open) return
    const parent = this.open.at(-1)
    const name = localName(open.name)
    const value = valueOf(open)
    if (parent) addChild(parent.element, name, value)
    else this.root = { name, namespace: open.namespaces[prefixOf(open.name)] ?? '', value }
  }

  private takeText(from: number, to: number): void {
    if (from === to) return
    const raw = this.text.slice(from, to)
    const open = this.open.at(-1)
    if (!open) {
      if (raw.replace('\ufeff', '').trim() === '') return
      throw this.fault(from, 'text outside of the document')
    }
    const plain = plainText(raw.includes('\r') ? raw.replaceAll(/\r\n?/g, '\n') : raw)
    if (typeof plain !== 'string') throw this.fault(from + plain.index, plain.what)
    open.text += plain
  }

  /** CDATA: its escapes are text. */
  private takeSection(at: number, end: number): void {
    const open = this.open.at(-1)
    if (!open || !this.text.startsWith('<![CDATA[', at))
      throw this.fault(at, 'a "<" that begins no tag; write it as &lt;')
    open.text += this.text.slice(at + 9, end - 3).replaceAll(/\r\n?/g, '\n')
  }

  private fault(index: number, what: string): DecodeError {
    const { noun, place } = this.words
    return new DecodeError(
      'payload.not-xml',
      `The ${noun} is no XML at ${place(index)}: ${what}.`,
      place(index),
    )
  }
}

function openedBy({ name, attributes }: Tag, outer: Namespaces): Open {
  const namespaces = declaredOver(outer, attributes)
  const element: { [name: string]: unknown } = {}
  let hasParts = false
  for (const [key, value] of attributes) {
    const prefix = prefixOf(key)
    // Types and nil marks of a toolkit say nothing that a mapping reads; with them a plain text would be none.
    if (key === 'xmlns' || prefix === 'xmlns' || prefix === 'xsi') continue
    if (prefix !== '' && namespaces[prefix] === schemaInstance) continue
    if (Object.hasOwn(element, `@${localName(key)}`)) continue
    addChild(element, `@${localName(key)}`, value)
    hasParts = true
  }
  return { name, element, namespaces, text: '', hasParts }
}

/** Outer declarations are reached through the prototype: copying them for each element would cost the square of their number. */
function declaredOver(outer: Namespaces, attributes: Tag['attributes']): Namespaces {
  let own: { [prefix: string]: string } | undefined
  for (const [key, value] of attributes) {
    if (key !== 'xmlns' && !key.startsWith('xmlns:')) continue
    own ??= Object.create(outer) as { [prefix: string]: string }
    Object.defineProperty(own, key.slice(6), { value })
  }
  return own ?? outer
}

function valueOf({ element, text, hasParts }: Open): XmlValue {
  if (!hasParts) return text
  if (text.trim() !== '') addChild(element, '#text', text.trim())
  return element as XmlValue
}

function prefixOf(name: string): string {
  const colon = name.indexOf(':')
  return colon === -1 ? '' : name.slice(0, colon)
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
