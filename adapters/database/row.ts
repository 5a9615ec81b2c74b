/** One row of their table: what the page keeps of it, and where it stands in their order. */
import { createHash } from 'node:crypto'
import { CellFault, textOf, type Cell } from './cell.ts'
import type { Column, Mark, Rows } from './session.ts'
import type { PollSettings } from './poll-settings.ts'

/** Where a row stands: its value in the cursor's column, then its key. */
export interface Position {
  readonly value: Mark
  readonly key: Mark
}

/** As it stands in the page. A row that cannot be read is named by its key alone. */
export type PageRow =
  | { readonly key: string; readonly row: Readonly<Record<string, Cell>> }
  | { readonly key: string; readonly fault: string }

export interface RowRead {
  readonly position: Position
  /** The row in the page, as JSON. */
  readonly json: string
  /** Bytes as sent by their server. */
  readonly bytes: number
  /** Says whether it is the same row unchanged. */
  readonly hash: string
}

/** Reads every row of an answer. Throws CellFault where the cursor's column or the key is no text or number. */
export function rowsRead({ columns, rows }: Rows, poll: PollSettings): RowRead[] {
  const valueAt = lastIndexOf(columns, poll.cursor.column)
  const keyAt = lastIndexOf(columns, poll.key)
  return rows.map((row) => {
    const position = { value: markOf(columns, row, valueAt), key: markOf(columns, row, keyAt) }
    const bytes = row.reduce((sum, value) => sum + (value?.byteLength ?? 0), 0)
    const json = JSON.stringify(keptOf(columns, row, { key: position.key.text, bytes, poll }))
    return { position, json, bytes, hash: hashOf(json, row) }
  })
}

type RawRow = Rows['rows'][number]

/** Where a name stands twice (all columns, then one of them unconverted) the later one counts. */
function lastIndexOf(columns: readonly Column[], name: string): number {
  const index = columns.findLastIndex((column) => column.name === name)
  if (index === -1) throw new CellFault(`The column ${name} is not there under exactly this name`)
  return index
}

function markOf(columns: readonly Column[], row: RawRow, index: number): Mark {
  const sent = row[index]
  return {
    text: sent === null || sent === undefined ? '' : textOf(sent),
    isNumeric: columns[index]?.isNumeric ?? false,
  }
}

function keptOf(
  columns: readonly Column[],
  row: RawRow,
  { key, bytes, poll }: { readonly key: string; readonly bytes: number; readonly poll: PollSettings },
): PageRow {
  const { maxRowBytes = 2_097_152, textEncodings = {} } = poll
  if (bytes > maxRowBytes)
    return { key, fault: `The row has ${bytes} bytes; ${maxRowBytes} are allowed (poll.maxRowBytes).` }
  try {
    const cells = columns.map(
      (column, index) =>
        [column.name, cellOf(column, row[index] ?? null, textEncodings[column.name])] as const,
    )
    return { key, row: Object.fromEntries(cells) }
  } catch (error) {
    if (error instanceof CellFault) return { key, fault: error.message }
    throw error
  }
}

function cellOf(column: Column, sent: Uint8Array | null, charset: 'gb18030' | 'utf-8' | undefined): Cell {
  if (sent === null) return null
  try {
    return charset === undefined ? column.read(sent) : textOf(column.stored(sent), charset)
  } catch (error) {
    throw error instanceof CellFault ? new CellFault(`Column ${column.name} ${error.message}.`) : error
  }
}

/** 60 bits: a changed row that looks unchanged is one in 10^18. A row that is not kept is told apart by its bytes. */
function hashOf(json: string, row: RawRow): string {
  const hash = createHash('sha256').update(json)
  if (json.includes('"fault":')) for (const value of row) hash.update(value ?? '')
  return hash.digest('base64url').slice(0, 10)
}
