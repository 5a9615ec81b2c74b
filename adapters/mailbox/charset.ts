/**
 * Text of mail parts. Mail is read leniently, unlike other payloads: a citizen's letter with one broken byte is a letter all
 * the same. The declared charset is believed where the bytes fit it; where it is missing or plainly wrong, UTF-8 and GB18030
 * are tried, which is what such mail is here.
 */
import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'

const gbNames = new Set([
  'gb2312',
  'gb_2312',
  'gb_2312-80',
  'gbk',
  'x-gbk',
  'cp936',
  'ms936',
  'windows-936',
  'gb18030',
  'chinese',
  'euc-cn',
])
/** Names that say nothing. */
const emptyNames = new Set([
  '',
  'us-ascii',
  'ascii',
  'unknown-8bit',
  'unknown',
  'x-unknown',
  'default',
  'binary',
])
/** What the platform does not know and iconv-lite does. */
const legacyNames = new Set(['utf-7', 'unicode-1-1-utf-7', 'utf-32', 'utf-32le', 'utf-32be'])
/** Names that programs write without looking. */
const latinNames = new Set(['iso-8859-1', 'iso_8859-1', 'latin1', 'l1', 'windows-1252', 'cp1252'])
const fewestUtf8 = 4

export function textOf(bytes: Uint8Array, declared: string | undefined): string {
  const charset = (declared ?? '').trim().toLowerCase()
  if (hasUtf8Mark(bytes)) return lenient('utf-8', bytes.subarray(3))
  if (gbNames.has(charset)) return isReallyUtf8(bytes) ? lenient('utf-8', bytes) : lenient('gb18030', bytes)
  if (emptyNames.has(charset) || (latinNames.has(charset) && isHardlyLatin(bytes))) return guessed(bytes)
  if (legacyNames.has(charset)) return iconv.decode(Buffer.from(bytes), charset)
  return (
    strict(charset, bytes) ?? strict('utf-8', bytes) ?? strict('gb18030', bytes) ?? lenient(charset, bytes)
  )
}

function guessed(bytes: Uint8Array): string {
  return strict('utf-8', bytes) ?? lenient('gb18030', bytes)
}

/** The charset that an HTML page names for itself in its first kilobyte. */
export function charsetOfHtml(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(head)?.[1]
}

/** Bytes of a header section as text. Some mail programs write raw GBK there. */
export function headerTextOf(bytes: Uint8Array): string {
  return isUtf8(bytes) ? lenient('utf-8', bytes) : lenient('gb18030', bytes)
}

function hasUtf8Mark([first, second, third]: Uint8Array): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf
}

/** GB text hardly ever reads as UTF-8 by chance: four characters of three bytes each settle it. */
function isReallyUtf8(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false
  const wide = lenient('utf-8', bytes.subarray(0, 4096)).match(/[\u0800-\ufffc]/g)
  return (wide?.length ?? 0) >= fewestUtf8
}

/** European text has an accent here and there; Chinese bytes are nearly all high. */
function isHardlyLatin(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 4096)
  const high = head.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0)
  return high > head.length / 3
}

function strict(charset: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Never throws: what the platform does not know is taken for GB18030. */
function lenient(charset: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
