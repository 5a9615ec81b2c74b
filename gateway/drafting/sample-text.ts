import { isUtf8 } from 'node:buffer'
import { DecodeError } from '../../adapters/adapter.ts'
import { decodeText, httpCharset, xmlCharset } from '../../adapters/reading/charset.ts'
import { unreadable } from './sample.ts'

/** The charset as declared; where nothing is, UTF-8, else GB18030 where the bytes are that. Throws `sample.unreadable`. */
export function sampleText(
  bytes: Uint8Array,
  mediaType: string | undefined,
): { text: string; notes: readonly string[] } {
  const said = httpCharset(mediaType) ?? xmlCharset(bytes)
  const guess = said ?? (isUtf8(bytes) || hasMark(bytes) ? 'utf-8' : 'gb18030')
  try {
    const { text } = decodeText(bytes, { declared: [guess], noun: 'sample' })
    const notes = said === undefined && guess === 'gb18030' ? ['样例不是 UTF-8，按 GB18030 读取。'] : []
    return { text, notes }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw unreadable(
      said === undefined
        ? 'The sample is neither UTF-8 nor GB18030 text, and no workbook. Save it as UTF-8, CSV or XLSX.'
        : error.message,
      { cause: error },
    )
  }
}

const hasMark = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
