import { workApart } from '../../adapters/reading/apart.ts'
import { sampleBounds, unreadable, type Sample } from './sample.ts'
import { tableRecords } from './table-rows.ts'
import { checkZip } from './zip-bounds.ts'

const rowsAbove = 10

/** What goes to the thread. */
export interface SheetTask {
  readonly bytes: Uint8Array
  readonly maxRows: number
  readonly maxColumns: number
}

/** What comes back: the cells of the first sheet that holds a table, all as text. */
export type SheetResult =
  | { readonly kind: 'rows'; readonly rows: string[][]; readonly sheet: string; readonly others: number }
  | { readonly kind: 'refused'; readonly why: 'password' | 'damaged' | 'empty' }

/** XLSX or XLS. Throws `sample.unreadable`. */
export async function readSheet(bytes: Uint8Array): Promise<Sample> {
  if (bytes[0] === 0x50) await checkZip(bytes)
  const task: SheetTask = {
    bytes,
    maxRows: sampleBounds.records + rowsAbove,
    maxColumns: sampleBounds.fields,
  }
  const result = await workApart<SheetResult>(new URL('./sheet-worker.ts', import.meta.url), task)
  if (result === undefined)
    throw unreadable(
      'The workbook takes too long or too much memory to read. Copy some rows into a new workbook, or send it as CSV.',
    )
  if (result.kind === 'refused') throw unreadable(refusals[result.why])
  const table = tableRecords(result.rows)
  const others = result.others === 0 ? '' : `，另有 ${result.others} 个工作表没有看`
  return {
    form: 'xlsx',
    records: table.records,
    notes: [`工作表“${result.sheet.slice(0, 40)}”${others}。`, ...table.notes],
  }
}

const refusals = {
  password: 'The workbook is protected by a password. Save it without one.',
  damaged: 'The file is no workbook that can be read. Save it once more as XLSX, or send it as CSV.',
  empty: 'The workbook has no sheet with a line of names and a row below it. Send one that is filled in.',
} as const
