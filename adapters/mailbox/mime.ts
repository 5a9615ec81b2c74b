/**
 * A mail's bytes as headers, texts and files. postal-mime cuts the parts and undoes their transfer encoding; which text is
 * the body, and in what charset, is decided here, from the parts' own bytes: its public result holds decoded text only, in
 * which a missing or wrong charset has already destroyed the characters.
 */
import { isUtf8 } from 'node:buffer'
import PostalMime, { decodeWords } from 'postal-mime'
import { DecodeError } from '../adapter.ts'
import { charsetOfHtml, headerTextOf, textOf } from './charset.ts'

export interface Header {
  /** Lower case. */
  readonly name: string
  /** Unfolded, otherwise as written. */
  readonly value: string
}

export interface MailPart {
  /** As in IMAP: `2.1`. */
  readonly number: string
  readonly mediaType: string
  readonly charset: string | undefined
  readonly isAttachment: boolean
  /** Lines broken by the mail program (RFC 3676); `delsp`: with a blank that does not belong to the text. */
  readonly flowed: 'no' | 'yes' | 'delsp'
  readonly name: string | undefined
  /** Without brackets. */
  readonly contentId: string | undefined
  readonly bytes: Uint8Array
}

export interface ParsedMail {
  readonly headers: readonly Header[]
  readonly mediaType: string
  readonly reportType: string | undefined
  readonly parts: readonly MailPart[]
}

/** postal-mime's own tree of parts, pinned with its version; charset.test.ts and mime.test.ts hold it. */
interface Node {
  readonly contentType: {
    readonly parsed: { readonly value: string; readonly params: Readonly<Record<string, string>> }
    readonly multipart: string | false
  }
  readonly contentDisposition: {
    readonly parsed: { readonly value: string; readonly params: Readonly<Record<string, string>> }
  }
  readonly contentId?: string
  readonly content: ArrayBuffer | null
  readonly childNodes: readonly Node[]
}

const maxDepth = 32
const maxHeaderBytes = 524_288
/** A full attachment of 25 MB has 350,000 lines; each costs postal-mime some hundred bytes while it reads. */
const maxLines = 600_000
/** Each may begin a part, and costs as much. */
const maxBoundaries = 5_000

/** Throws DecodeError, whose message holds nothing of the mail. */
export async function parseMail(bytes: Uint8Array, { maxParts }: { maxParts: number }): Promise<ParsedMail> {
  refuseTooManyLines(bytes)
  const root = await treeOf(withReadableNames(bytes))
  const { value: mediaType, params } = root.contentType.parsed
  const parts: MailPart[] = []
  collect(root, '', (part) => {
    parts.push(part)
    if (parts.length > maxParts)
      throw new DecodeError(
        'payload.too-many-parts',
        `The mail has more than ${maxParts} parts. Raise maxParts if such mail is honest here.`,
      )
  })
  return { headers: headersOf(bytes), mediaType, reportType: params['report-type'], parts }
}

/** Header lines of a mail, or of one that a bounce returns; at most the first half megabyte. */
export function headersOf(bytes: Uint8Array): Header[] {
  const lines = headerTextOf(headerSection(bytes)).split(/\r?\n/)
  const folded: string[] = []
  for (const line of lines) {
    const last = folded.length - 1
    if (/^[ \t]/.test(line) && last >= 0) folded[last] += line
    else if (line !== '') folded.push(line)
  }
  return folded.flatMap((line) => {
    const at = line.indexOf(':')
    const name = line.slice(0, Math.max(at, 0)).trim().toLowerCase()
    return /^[\x21-\x39\x3b-\x7e]+$/.test(name) ? [{ name, value: line.slice(at + 1).trim() }] : []
  })
}

/** Words of RFC 2047 decoded; a charset that says nothing is taken for GB18030, the only one that is left out here. */
export function headerWords(value: string): string {
  const named = value.replaceAll(
    /=\?(?:unknown(?:-8bit)?|x-unknown|default|us-ascii)\?([bq])\?/gi,
    '=?gb18030?$1?',
  )
  return decodeWords(named)
}

/** The text of a part, by its charset or what it really is. */
export function partText({ bytes, charset, mediaType, flowed }: MailPart): string {
  const text = textOf(bytes, charset ?? (mediaType === 'text/html' ? charsetOfHtml(bytes) : undefined))
  return flowed === 'no' ? text : unfolded(text, flowed)
}

/** Joins what RFC 3676 broke; the line of a signature (`-- `) stays. */
function unfolded(text: string, flowed: 'yes' | 'delsp'): string {
  const lines = text.split(/\r?\n/).map((line) => (line.startsWith(' ') ? line.slice(1) : line))
  const joined = lines.map((line, index) => {
    if (!line.endsWith(' ') || line === '-- ' || index === lines.length - 1) return `${line}\n`
    return flowed === 'delsp' ? line.slice(0, -1) : line
  })
  return joined.join('')
}

/** Before anything is parsed: size alone does not bound what a mail costs. */
function refuseTooManyLines(bytes: Uint8Array): void {
  const [lineFeed, dash] = [0x0a, 0x2d]
  let lines = 0
  let boundaries = 0
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    lines += 1
    if (bytes[at + 1] === dash && bytes[at + 2] === dash) boundaries += 1
  }
  if (lines <= maxLines && boundaries <= maxBoundaries) return
  throw new DecodeError(
    'payload.too-many-lines',
    `The mail has ${lines} lines, ${boundaries} of which may begin a part; ${maxLines} and ${maxBoundaries} are read. It is kept as it came; look at it in the mailbox.`,
  )
}

async function treeOf(bytes: Uint8Array): Promise<Node> {
  const parser = new PostalMime({
    maxNestingDepth: maxDepth,
    maxHeadersSize: maxHeaderBytes,
    // Mails within the mail stay files: what somebody else wrote is no part of the letter.
    forceRfc822Attachments: true,
  })
  try {
    await parser.parse(bytes)
  } catch (cause) {
    throw new DecodeError(
      'payload.too-deep',
      `The mail has more than ${maxDepth} levels of parts, or more than ${maxHeaderBytes} bytes of headers. It is kept as it came; look at it in the mailbox.`,
      cause instanceof Error ? cause.name : '',
    )
  }
  return (parser as unknown as { readonly root: Node }).root
}

function collect(node: Node, number: string, take: (part: MailPart) => void): void {
  if (node.contentType.multipart === false && node.content !== null) take(partOf(node, number || '1'))
  for (const [index, child] of node.childNodes.entries())
    collect(child, number === '' ? `${index + 1}` : `${number}.${index + 1}`, take)
}

function partOf(node: Node, number: string): MailPart {
  const { value: mediaType, params } = node.contentType.parsed
  const { value: disposition, params: more } = node.contentDisposition.parsed
  const name = more['filename'] ?? params['name']
  const contentId = node.contentId?.replaceAll(/[<>\s]/g, '')
  const isText = /^text\/(plain|html)$/.test(mediaType)
  return {
    number,
    mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream',
    charset: params['charset'],
    isAttachment: disposition === 'attachment' || more['filename'] !== undefined || !isText,
    flowed: params['format']?.toLowerCase() !== 'flowed' ? 'no' : params['delsp'] === 'yes' ? 'delsp' : 'yes',
    name: name === undefined || name === '' ? undefined : headerWords(name).slice(0, 300),
    contentId: contentId === '' ? undefined : contentId?.slice(0, 200),
    bytes: new Uint8Array(node.content ?? new ArrayBuffer(0)),
  }
}

/** Up to the first empty line. */
function headerSection(bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, maxHeaderBytes))
  const ends = [head.indexOf('\n\n'), head.indexOf('\n\r\n')].filter((at) => at >= 0)
  return ends.length === 0 ? head : head.subarray(0, Math.min(...ends))
}

/** File names in raw GBK, as old mail programs write them, would be lost: postal-mime reads headers as UTF-8. */
function withReadableNames(bytes: Uint8Array): Uint8Array {
  if (isUtf8(bytes)) return bytes
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const named = latin.replaceAll(
    /^(?:content-(?:type|disposition):|[ \t]+(?:file)?name=)[^\r\n]{0,2000}/gim,
    (line) => {
      const raw = Buffer.from(line, 'latin1')
      return isUtf8(raw) ? line : Buffer.from(headerTextOf(raw)).toString('latin1')
    },
  )
  return Buffer.from(named, 'latin1')
}
