import { DecodeError } from '../adapter.ts'
import { decodeText, httpCharset } from '../reading/charset.ts'
import { scanJson } from './json-scan.ts'

const maxDepth = 64

/**
 * Strict JSON of at most 64 levels. An integer beyond 2^53 comes as a string of its digits: order numbers must not change.
 * Where a name stands twice in one object the last one counts, as in every common parser.
 */
export function parseJson(bytes: Uint8Array, contentType: string | undefined): unknown {
  const { text, place } = decodeText(bytes, {
    declared: [httpCharset(contentType)],
    read: ['utf-8', 'gb18030'],
  })
  if (text.trim() === '')
    throw new DecodeError('payload.empty', 'The payload is empty. Send a JSON object or a list of them.')
  const scan = scanJson(text, maxDepth)
  switch (scan.kind) {
    case 'ok':
      return scan.hasLongNumbers ? JSON.parse(text, keepDigits) : JSON.parse(text)
    case 'cut-off':
      throw new DecodeError(
        'payload.cut-off',
        `The JSON ends ${scan.what} at ${place(scan.at)}. Send the whole body.`,
        place(scan.at),
      )
    case 'too-deep':
      throw new DecodeError(
        'payload.too-deep',
        `The JSON is nested deeper than ${maxDepth} levels at ${place(scan.at)}. Send flatter records.`,
        place(scan.at),
      )
    case 'not-json':
      throw new DecodeError(
        'payload.not-json',
        `The payload is no JSON at ${place(scan.at)}: ${scan.what}.`,
        place(scan.at),
      )
  }
}

function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value
  const losesDigits =
    !Number.isFinite(value) || (!Number.isSafeInteger(value) && /^-?[0-9]+$/.test(context.source))
  return losesDigits ? context.source : value
}
