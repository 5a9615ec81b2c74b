/** A page of rows: the JSON that is committed, and the records that it holds. */
import { DecodeError, type RawPayload, type SourceFile, type SourceRecord } from '../adapter.ts'
import { decodeText } from '../reading/charset.ts'
import type { RowRead } from './row.ts'

/** A payload's method where we read it. No HTTP server passes it on, so nobody can push one. */
export const polled = 'POLL'

/** A page ends with the row that fills it. */
export const maxPageBytes = 4_194_304
const maxPayloadBytes = 50_331_648
const maxRecords = 500

export function pageText(rows: readonly RowRead[]): string {
  return `{"rows":[${rows.map(({ json }) => json).join(',\n')}]}\n`
}

/** Every row of a page with its place. Throws DecodeError, whose message holds nothing of the rows. */
export function recordsOf({ bytes }: Pick<RawPayload, 'bytes'>): SourceRecord[] {
  const rows = rowsOf(bytes)
  if (rows.length > maxRecords)
    throw new DecodeError(
      'payload.too-many-records',
      `The page holds ${rows.length} rows; ${maxRecords} are allowed. Only pages that this gateway read are taken.`,
    )
  return rows.map(recordOf)
}

function rowsOf(bytes: Uint8Array): readonly unknown[] {
  if (bytes.length > maxPayloadBytes)
    throw new DecodeError(
      'payload.too-large',
      `The page has ${bytes.length} bytes; ${maxPayloadBytes} are allowed.`,
    )
  const { text } = decodeText(bytes, { declared: ['utf-8'], read: ['utf-8'] })
  if (text.trim() === '') throw new DecodeError('payload.empty', 'The page is empty.')
  const tree = treeOf(text)
  const rows = isObject(tree) ? tree['rows'] : undefined
  if (!Array.isArray(rows))
    throw new DecodeError(
      'payload.not-a-page',
      'This is no page of rows. Only pages that this gateway read are taken.',
    )
  return rows
}

function treeOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DecodeError(
      'payload.not-json',
      'The page is cut off or damaged. It will be read again from their database.',
    )
  }
}

function recordOf(item: unknown, index: number): SourceRecord {
  const { key, row, fault } = isObject(item) ? item : {}
  const position = `row ${typeof key === 'string' && /^[\w.:/ -]{1,100}$/.test(key) ? key : `at ${index + 1}`}`
  if (isObject(row)) return recordWith(row, position)
  const detail = typeof fault === 'string' ? fault : 'This is no row of a table.'
  return { kind: 'unreadable', position, detail }
}

function recordWith(row: Readonly<Record<string, unknown>>, position: string): SourceRecord {
  const files: SourceFile[] = []
  const cells = Object.entries(row).map(([name, cell]) => [name, valueOf(cell, name, files)] as const)
  const value = Object.fromEntries(cells)
  return { kind: 'record', position, value, ...(files.length > 0 && { files }) }
}

/** Marks become what the mapping reads: bytes a file under the column's name, a date of zeros nothing, JSON its tree. */
function valueOf(cell: unknown, name: string, files: SourceFile[]): unknown {
  if (!isObject(cell))
    return Array.isArray(cell) ? cell.map((item) => (isObject(item) ? (item['$json'] ?? null) : item)) : cell
  const { $base64: bytes, $json: tree } = cell
  if (typeof bytes !== 'string') return tree ?? null
  const url = `part:${name}`
  files.push({ url, mediaType: 'application/octet-stream', bytes: Buffer.from(bytes, 'base64') })
  return url
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
