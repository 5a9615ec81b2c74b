/** The thread's own part: one workbook, then it ends. Formulas are never computed; what they made last is read. */
import { parentPort, workerData } from 'node:worker_threads'
import { read, SSF, utils, type CellObject, type WorkBook, type WorkSheet } from '@e965/xlsx'
import type { SheetResult, SheetTask } from './read-sheet.ts'

parentPort?.postMessage(readWorkbook(workerData as SheetTask), [])

function readWorkbook({ bytes, maxRows, maxColumns }: SheetTask): SheetResult {
  let book: WorkBook
  try {
    book = read(bytes, {
      type: 'array',
      dense: true,
      sheetRows: maxRows,
      cellFormula: false,
      cellHTML: false,
      cellNF: true,
    })
  } catch (error) {
    const isLocked = error instanceof Error && /password|encrypt/i.test(error.message)
    return { kind: 'refused', why: isLocked ? 'password' : 'damaged' }
  }
  for (const sheet of book.SheetNames) {
    const rows = rowsOf(book.Sheets[sheet], { maxRows, maxColumns })
    if (rows.filter((row) => row.some((cell) => cell !== '')).length > 1)
      return { kind: 'rows', rows, sheet, others: book.SheetNames.length - 1 }
  }
  return { kind: 'refused', why: 'empty' }
}

/** A sheet may claim a million columns: only those within the bounds are walked. */
function rowsOf(sheet: WorkSheet | undefined, max: { maxRows: number; maxColumns: number }): string[][] {
  const reference = sheet?.['!ref']
  if (sheet === undefined || reference === undefined) return []
  const { s: start, e: end } = utils.decode_range(reference)
  const lastRow = Math.min(end.r, start.r + max.maxRows - 1)
  const lastColumn = Math.min(end.c, start.c + max.maxColumns)
  const cells = sheet['!data'] ?? []
  const rows: string[][] = []
  for (let row = start.r; row <= lastRow; row++) {
    const line: string[] = []
    for (let column = start.c; column <= lastColumn; column++) line.push(cellText(cells[row]?.[column]))
    while (line.at(-1) === '') line.pop()
    rows.push(line)
  }
  return rows
}

/** Dates as `2026-11-22 09:05:00`: what a sheet shows depends on the machine that shows it. Errors and empty cells hold nothing. */
function cellText(cell: CellObject | undefined): string {
  const value = cell?.v
  if (cell === undefined || value === undefined || value === null || cell.t === 'e' || cell.t === 'z')
    return ''
  if (typeof value === 'number' && cell.z !== undefined && SSF.is_date(String(cell.z))) return dateText(value)
  return String(value).trim()
}

function dateText(serial: number): string {
  const { y, m, d, H, M, S } = SSF.parse_date_code(serial)
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${String(y).padStart(4, '0')}-${two(m)}-${two(d)}`
  return Number.isInteger(serial) ? day : `${day} ${two(H)}:${two(M)}:${two(Math.trunc(S))}`
}
