/** Bytes to text, strictly: a byte that the charset does not know is a fault, never a question mark in somebody's name. */
import { isUtf8 } from 'node:buffer'
import { DecodeError } from '../adapter.ts'

export interface Text {
  readonly text: string
  /** How to say where a character of `text` stands in the payload: `byte 812`, or `character 400` where bytes are unknown. */
  readonly place: (index: number) => string
}

/** Order: byte order mark, charset of the Content-Type, UTF-8. Throws DecodeError `payload.charset` or `payload.cut-off`. */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): Text {
  const hasBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const charset = hasBom ? 'utf-8' : charsetOf(contentType)
  if (isUtf16(bytes)) throw charsetFault('The payload is UTF-16. Send it as UTF-8.', 'byte 0')
  if (charset === 'utf-8') return utf8(bytes, hasBom ? 3 : 0)
  if (charset !== 'gb18030')
    throw charsetFault(
      'The Content-Type names a charset that is not read here. Send UTF-8 (or GB18030 with charset=gb18030).',
      '',
    )
  return gb18030(bytes)
}

function charsetOf(contentType = ''): string {
  const name = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8'
  if (name === 'utf8' || name === 'utf-8' || name === 'us-ascii') return 'utf-8'
  return ['gb18030', 'gbk', 'gb2312', 'cp936', 'x-gbk'].includes(name) ? 'gb18030' : name
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
}

function utf8(bytes: Uint8Array, bomBytes: number): Text {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset + bomBytes, bytes.byteLength - bomBytes)
  const text = body.toString('utf8')
  const place = (index: number): string => `byte ${bomBytes + Buffer.byteLength(text.slice(0, index))}`
  if (isUtf8(body)) return { text, place }
  if (isValidStart('utf-8', body)) throw cutOffCharacter(bytes)
  throw charsetFault(
    `The payload is not UTF-8 at ${place(firstDamage(body, text))}. Send UTF-8, or name the charset in the Content-Type.`,
    place(firstDamage(body, text)),
  )
}

function gb18030(bytes: Uint8Array): Text {
  try {
    const text = new TextDecoder('gb18030', { fatal: true }).decode(bytes)
    return { text, place: (index) => `character ${index}` }
  } catch {
    if (isValidStart('gb18030', bytes)) throw cutOffCharacter(bytes)
    throw charsetFault(
      'The Content-Type says GB18030, but the payload is not. Send UTF-8, or correct the charset.',
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

function cutOffCharacter(bytes: Uint8Array): DecodeError {
  const position = `byte ${bytes.length}`
  return new DecodeError(
    'payload.cut-off',
    `The payload ends in the middle of a character at ${position}. Send the whole body.`,
    position,
  )
}

function charsetFault(message: string, position: string): DecodeError {
  return new DecodeError('payload.charset', message, position)
}
