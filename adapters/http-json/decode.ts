/** A JSON payload's records. */
import { DecodeError, type RawPayload, type SourceRecord } from '../adapter.ts'
import { decodeText } from '../reading/charset.ts'
import { scanJson } from './json-scan.ts'
import type { HttpJsonSettings } from './settings.ts'

const defaultMaxBytes = 10_485_760
const maxDepth = 64
const maxRecords = 1_000

/** Throws DecodeError for the payload as a whole; its message holds no text of the payload. */
export function recordsOf(
  { bytes, headers }: RawPayload,
  { maxBytes = defaultMaxBytes, records }: HttpJsonSettings,
): SourceRecord[] {
  if (bytes.length > maxBytes) {
    throw new DecodeError(
      'payload.too-large',
      `The payload has ${bytes.length} bytes; ${maxBytes} are allowed. Send it in smaller parts.`,
    )
  }
  const tree = parseJson(bytes, headers['content-type'])
  const { value, pointer } = records === undefined ? { value: tree, pointer: '' } : listAt(tree, records)
  if (!Array.isArray(value)) return [recordOf(value, pointer)]
  if (value.length > maxRecords) {
    throw new DecodeError(
      'payload.too-many-records',
      `The payload holds ${value.length} records; ${maxRecords} are allowed. Send them in several requests.`,
      pointer,
    )
  }
  return value.map((item: unknown, index) => recordOf(item, `${pointer}/${index}`))
}

/**
 * Strict JSON of at most 64 levels. An integer beyond 2^53 comes as a string of its digits: order numbers must not change.
 * Where a name stands twice in one object the last one counts, as in every common parser.
 */
export function parseJson(bytes: Uint8Array, contentType: string | undefined): unknown {
  const { text, place } = decodeText(bytes, contentType)
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

function listAt(tree: unknown, path: string): { value: unknown; pointer: string } {
  let value = tree
  for (const name of path.split('.')) {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    if (!isThere)
      throw new DecodeError(
        'payload.no-records',
        `The payload has no "${path}", where this channel's records are expected. Send it, or correct the setting records.`,
      )
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return { value, pointer: `/${path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('.', '/')}` }
}

function recordOf(value: unknown, position: string): SourceRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { kind: 'record', position, value }
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  return { kind: 'unreadable', position, detail: `A record must be a JSON object; this is ${kind}.` }
}
