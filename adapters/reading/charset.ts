/** Bytes to text, strictly: a byte that the charset does not know is a fault, never a question mark in somebody's name. */
import { isUtf8 } from 'node:buffer'
import { DecodeError } from '../adapter.ts'

export interface Text {
  readonly text: string
  /** How to say where a character of `text` stands in the payload: `byte 812`, or `character 400` where bytes are unknown. */
  readonly place: (index: number) => string
}

export interface CharsetRules {
  /** What may say which charset it is: the first that says something counts. A byte order mark goes before all; UTF-8 where none says. */
  readonly declared: readonly (string | undefined)[]
  /** Charsets that are read, in their WHATWG names; where missing, all that this platform knows. */
  readonly read?: readonly string[]
  /** What a message calls the bytes, and what it advises. */
  readonly noun?: string
  readonly remedy?: string
}

/** Charsets of an XML document from a partner. */
export const xmlCharsets = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be', 'big5']

/** Throws DecodeError `payload.charset` or `payload.cut-off`. */
export function decodeText(bytes: Uint8Array, rules: CharsetRules): Text {
  const { declared, read, noun = 'payload' } = rules
  const mark = markOf(bytes)
  const charset = mark ?? canonical(declared.find((one) => one !== undefined) ?? 'utf-8', read)
  if (mark?.startsWith('utf-16') === true && read?.includes(mark) === false)
    throw charsetFault(`The ${noun} is UTF-16. Send it as UTF-8.`, 'byte 0')
  if (charset === undefined || read?.includes(charset) === false)
    throw charsetFault(
      `The ${noun} declares a charset that is not read here. ${rules.remedy ?? 'Send UTF-8 (or GB18030 with charset=gb18030).'}`,
      '',
    )
  return charset === 'utf-8' ? utf8(bytes, mark === undefined ? 0 : 3, rules) : other(bytes, charset, rules)
}

/** The charset parameter of a Content-Type. */
export function httpCharset(contentType = ''): string | undefined {
  return /;\s*charset\s*=\s*["']?([^"';\s]+)/i.exec(contentType)?.[1]
}

/** The declaration itself is ASCII in every charset that is used without a mark: one that says UTF-16 there is wrong, and says nothing. */
export function xmlCharset(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200)).toString(
    'latin1',
  )
  const said = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]
  return said !== undefined && /^(utf-?16|ucs-?2|unicode$)/i.test(said) ? undefined : said
}

function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}

/** GBK and GB2312 are parts of GB18030, and those who name them send its characters. Undefined for one that nobody knows. */
function canonical(label: string, read: readonly string[] | undefined): string | undefined {
  if (/^(gbk|gb_?2312|x-gbk|cp936|ms936|windows-936)$/i.test(label)) return 'gb18030'
  if (read !== undefined && /^(us-)?ascii$/i.test(label)) return 'utf-8'
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

function utf8(bytes: Uint8Array, markBytes: number, { noun = 'payload', remedy }: CharsetRules): Text {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset + markBytes, bytes.byteLength - markBytes)
  const text = body.toString('utf8')
  const place = (index: number): string => `byte ${markBytes + Buffer.byteLength(text.slice(0, index))}`
  if (isUtf8(body)) return { text, place }
  if (isValidStart('utf-8', body)) throw cutOffCharacter(bytes, noun)
  const position = place(firstDamage(body, text))
  throw charsetFault(
    `The ${noun} is not UTF-8 at ${position}. ${remedy ?? 'Send UTF-8, or name the charset in the Content-Type.'}`,
    position,
  )
}

function other(bytes: Uint8Array, charset: string, { noun = 'payload', remedy }: CharsetRules): Text {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes)
    return { text, place: (index) => `character ${index}` }
  } catch {
    if (isValidStart(charset, bytes)) throw cutOffCharacter(bytes, noun)
    throw charsetFault(
      `The ${noun} says that it is ${charset.toUpperCase()}, and is not. ${remedy ?? 'Send UTF-8, or correct the charset.'}`,
      '',
    )
  }
}

/** Whether only the end is missing: a stream may still bring it. */
function isValidStart(charset: string, bytes: Uint8Array): boolean {
  try {
    new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Index of the first replacement character that the sender did not write. */
function firstDamage(body: Buffer, text: string): number {
  let offset = 0
  for (let from = 0, at = text.indexOf('\ufffd'); at !== -1; from = at, at = text.indexOf('\ufffd', at + 1)) {
    offset += Buffer.byteLength(text.slice(from, at))
    if (body[offset] !== 0xef || body[offset + 1] !== 0xbf || body[offset + 2] !== 0xbd) return at
  }
  return text.length
}

function cutOffCharacter(bytes: Uint8Array, noun: string): DecodeError {
  const position = `byte ${bytes.length}`
  return new DecodeError(
    'payload.cut-off',
    `The ${noun} ends in the middle of a character at ${position}. Send the whole body.`,
    position,
  )
}

function charsetFault(message: string, position: string): DecodeError {
  return new DecodeError('payload.charset', message, position)
}
