/**
 * What a file is, by its bytes: a sender's word for it decides nothing but how wary to be. Recognised are the formats that
 * citizens and offices send; refused are those that run when they are opened.
 */
import { unknownBinary } from '../../store/media-types.ts'
import { zipKind } from './zip-kind.ts'

/** Programs, scripts and pages: a clerk who opens one would run what a stranger wrote. */
const forbidden: ReadonlySet<string> = new Set([
  'text/html',
  'image/svg+xml',
  'text/x-script',
  'application/vnd.microsoft.portable-executable',
  'application/x-elf',
  'application/x-mach-binary',
  'application/java-archive',
  'application/java-vm',
  'application/vnd.android.package-archive',
  'application/vnd.android.dex',
  'application/wasm',
  'application/x-ms-shortcut',
])

/** Where bytes alone cannot tell a script from a text, the sender's own words can. */
const forbiddenWords =
  /html|javascript|ecmascript|svg|x-sh\b|shellscript|httpd-php|python|x-msdos|x-bat|java-archive|android\.package/i
const forbiddenEnding =
  /\.(exe|dll|com|scr|pif|bat|cmd|ps1|psm1|vbs|vbe|js|mjs|jse|wsf|wsh|hta|html?|xhtml|shtml|svgz?|jar|class|apk|msi|reg|lnk|url|sh|php\d?|jspx?|aspx?|py|pl|rb)$/i
/** Formats that can hold anything. */
const vague: ReadonlySet<string> = new Set([
  unknownBinary,
  'text/plain',
  'application/xml',
  'application/zip',
  'application/gzip',
])

const headBytes = 4096

interface Signature {
  readonly mediaType: string
  readonly bytes: string
}

/** How files begin, in latin1. The longer of two that begin alike stands first. */
const signatures: readonly Signature[] = [
  { mediaType: 'image/jpeg', bytes: '\xff\xd8\xff' },
  { mediaType: 'image/png', bytes: '\x89PNG\r\n\x1a\n' },
  { mediaType: 'image/gif', bytes: 'GIF87a' },
  { mediaType: 'image/gif', bytes: 'GIF89a' },
  { mediaType: 'image/tiff', bytes: 'II*\0' },
  { mediaType: 'image/tiff', bytes: 'MM\0*' },
  { mediaType: 'application/pdf', bytes: '%PDF-' },
  { mediaType: 'application/rtf', bytes: '{\\rtf' },
  { mediaType: 'audio/amr', bytes: '#!AMR' },
  { mediaType: 'audio/silk', bytes: '#!SILK_V3' },
  { mediaType: 'audio/silk', bytes: '\x02#!SILK_V3' },
  { mediaType: 'audio/mpeg', bytes: 'ID3' },
  { mediaType: 'audio/ogg', bytes: 'OggS' },
  { mediaType: 'audio/flac', bytes: 'fLaC' },
  { mediaType: 'video/webm', bytes: '\x1aE\xdf\xa3' },
  { mediaType: 'application/vnd.rar', bytes: 'Rar!\x1a\x07' },
  { mediaType: 'application/x-7z-compressed', bytes: "7z\xbc\xaf'\x1c" },
  { mediaType: 'application/gzip', bytes: '\x1f\x8b\x08' },
  { mediaType: 'application/x-elf', bytes: '\x7fELF' },
  { mediaType: 'application/x-mach-binary', bytes: '\xfe\xed\xfa\xce' },
  { mediaType: 'application/x-mach-binary', bytes: '\xfe\xed\xfa\xcf' },
  { mediaType: 'application/x-mach-binary', bytes: '\xce\xfa\xed\xfe' },
  { mediaType: 'application/x-mach-binary', bytes: '\xcf\xfa\xed\xfe' },
  { mediaType: 'application/java-vm', bytes: '\xca\xfe\xba\xbe' },
  { mediaType: 'application/vnd.android.dex', bytes: 'dex\n' },
  { mediaType: 'application/wasm', bytes: '\0asm' },
  { mediaType: 'application/x-ms-shortcut', bytes: 'L\0\0\0\x01\x14\x02\0' },
  { mediaType: 'text/x-script', bytes: '#!' },
  { mediaType: 'text/x-script', bytes: '<?php' },
]

/** Bytes within an OLE file (Office before 2007): the name of its main stream, in UTF-16. */
const oleStreams: readonly { readonly name: Buffer; readonly mediaType: string }[] = [
  { name: Buffer.from('WordDocument', 'utf16le'), mediaType: 'application/msword' },
  { name: Buffer.from('Workbook', 'utf16le'), mediaType: 'application/vnd.ms-excel' },
  { name: Buffer.from('PowerPoint Document', 'utf16le'), mediaType: 'application/vnd.ms-powerpoint' },
]

/** The file's media type, or null for one that must not be kept. `name` and `declared` are the sender's words. */
export function judgeType(
  bytes: Uint8Array,
  said: { readonly declared?: string | undefined; readonly name?: string | undefined },
): string | null {
  const mediaType = mediaTypeOf(bytes)
  if (forbidden.has(mediaType)) return null
  const suspect = forbiddenWords.test(said.declared ?? '') || forbiddenEnding.test(said.name ?? '')
  return suspect && vague.has(mediaType) ? null : mediaType
}

/** `application/octet-stream` where the bytes are nothing known, `text/plain` where they read as text. */
export function mediaTypeOf(content: Uint8Array): string {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const head = bytes.toString('latin1', 0, headBytes)
  const signature = signatures.find(({ bytes: wanted }) => head.startsWith(wanted))
  if (signature !== undefined) return signature.mediaType
  return container(bytes, head) ?? frames(bytes) ?? textKind(bytes, head)
}

function container(bytes: Buffer, head: string): string | undefined {
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return zipKind(bytes)
  if (head.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'))
    return oleStreams.find(({ name }) => bytes.includes(name))?.mediaType ?? unknownBinary
  if (head.startsWith('RIFF')) return riff[head.slice(8, 12)] ?? unknownBinary
  if (head.startsWith('ftyp', 4)) return brands[head.slice(8, 12).trim()] ?? 'video/mp4'
  // A text may begin with these two letters, but holds no zero.
  if (head.startsWith('MZ') && head.slice(2, 64).includes('\0'))
    return 'application/vnd.microsoft.portable-executable'
  if (head.startsWith('BM') && bytes.length > 18 && bitmapHeaders.has(bytes.readUInt32LE(14)))
    return 'image/bmp'
  return undefined
}

const riff: { readonly [form: string]: string } = {
  WEBP: 'image/webp',
  WAVE: 'audio/wav',
  'AVI ': 'video/x-msvideo',
}
const brands: { readonly [brand: string]: string } = {
  heic: 'image/heic',
  heix: 'image/heic',
  hevc: 'image/heic',
  mif1: 'image/heic',
  msf1: 'image/heic',
  avif: 'image/avif',
  M4A: 'audio/mp4',
  qt: 'video/quicktime',
  '3gp4': 'video/3gpp',
  '3gp5': 'video/3gpp',
  '3gp6': 'video/3gpp',
}
const bitmapHeaders: ReadonlySet<number> = new Set([12, 40, 52, 56, 64, 108, 124])

/** MPEG audio without a tag in front: eleven set bits, then version and layer. */
function frames(bytes: Buffer): string | undefined {
  const [first = 0, second = 0, third = 0] = bytes
  if (first !== 0xff || second < 0xe0) return undefined
  if ((second & 0xf6) === 0xf0) return 'audio/aac'
  const isLayer3 = ((second >> 1) & 3) === 1
  return isLayer3 && third >> 4 !== 0 && third >> 4 !== 15 ? 'audio/mpeg' : undefined
}

/** What makes markup a page or a drawing that can hold scripts. A prefix (`svg:svg`) hides nothing. */
const active =
  /<!doctype\s+html|<(?:\w{1,20}:)?(?:html|svg|script)\b|<(?:head|body|iframe|object|embed|form|meta|base)\b/i

function textKind(bytes: Buffer, head: string): string {
  const utf16 = head.startsWith('\xff\xfe') || head.startsWith('\xfe\xff')
  const text = (utf16 ? head.slice(2).replaceAll('\0', '') : head.replace(/^\xef\xbb\xbf/, '')).trimStart()
  if (text.startsWith('<') && active.test(text))
    return /<(?:\w{1,20}:)?svg\b/i.test(text) ? 'image/svg+xml' : 'text/html'
  // Control characters other than tab, line ends and escape (ISO-2022 text).
  // oxlint-disable-next-line no-control-regex
  if (bytes.length === 0 || (!utf16 && /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(head))) return unknownBinary
  return text.startsWith('<?xml') ? 'application/xml' : 'text/plain'
}
