/** A feed's bytes as text: byte order mark, then the channel's setting, HTTP charset, XML declaration, UTF-8. Strictly. */
import { TextDecoder } from 'node:util'
import { DecodeError } from '../adapter.ts'

export function feedText(
  bytes: Uint8Array,
  contentType: string | undefined,
  setting: string | undefined,
): string {
  const charset = markOf(bytes) ?? setting ?? httpCharset(contentType) ?? xmlCharset(bytes) ?? 'utf-8'
  const decoder = decoderFor(charset)
  try {
    return decoder.decode(bytes)
  } catch {
    throw new DecodeError(
      'payload.charset',
      `The feed is not ${decoder.encoding}, which it is declared to be. Set the channel's charset to what it really is.`,
    )
  }
}

function markOf([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return null
}

function httpCharset(contentType = ''): string | undefined {
  return /;\s*charset\s*=\s*["']?([^"';\s]+)/i.exec(contentType)?.[1]
}

/** The declaration itself is ASCII in every charset that sites use without a mark. */
function xmlCharset(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200)).toString(
    'latin1',
  )
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]
}

function decoderFor(charset: string): TextDecoder {
  try {
    // GBK and GB2312 are parts of GB18030, and sites that name them send its characters.
    return new TextDecoder(/^(gbk|gb2312|x-gbk|cp936)$/i.test(charset) ? 'gb18030' : charset, { fatal: true })
  } catch {
    throw new DecodeError(
      'payload.charset',
      "The feed declares a charset that is not known. Set the channel's charset to what it really is.",
    )
  }
}
