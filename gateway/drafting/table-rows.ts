import { recognisedCount } from './name-match.ts'
import { unreadable, type SampleRecord } from './sample.ts'

/** How far down a line of names is looked for: above it may stand a title and a date. */
const headerWithin = 10
const maxNameCharacters = 100

export interface TableRecords {
  readonly records: readonly SampleRecord[]
  readonly notes: readonly string[]
}

/** Rows of a table as records by the names of its columns. Throws `sample.unreadable`. */
export function tableRecords(rows: readonly (readonly string[])[]): TableRecords {
  const header = headerIndex(rows)
  const line = rows[header]
  if (line === undefined)
    throw unreadable('The table is empty. Send one with a line of names and at least one row.')
  const body = rows.slice(header + 1).filter((row) => row.some((cell) => cell.trim() !== ''))
  if (body.length === 0)
    throw unreadable(
      'The table has a line of names and no row below it. Send one with at least one filled row.',
    )
  const width = Math.max(line.length, ...body.map(({ length }) => length))
  const { names, notes } = columnNames(
    Array.from({ length: width }, (_, column) => line[column] ?? ''),
    body,
  )
  const records = body.map((row) =>
    Object.fromEntries(
      names.flatMap((name, column) => (name === undefined ? [] : [[name, row[column] ?? '']])),
    ),
  )
  return { records, notes: [...(header === 0 ? [] : [`列名在第 ${header + 1} 行。`]), ...notes] }
}

/** The row whose cells look most like names: recognised ones first, then many different short ones. */
function headerIndex(rows: readonly (readonly string[])[]): number {
  const scores = rows.slice(0, headerWithin).map((row) => {
    const cells = row.map((cell) => cell.trim()).filter((cell) => cell !== '')
    const short = cells.filter((cell) => cell.length <= 30 && !/^\d+([.:/-]\d+)*$/.test(cell))
    return 3 * recognisedCount(cells) + new Set(short).size - (cells.length - short.length)
  })
  return scores.length === 0 ? 0 : scores.indexOf(Math.max(...scores))
}

/** A name for each column: a second one of the same name gets a number, one without name its place; an empty column none. */
function columnNames(
  line: readonly string[],
  body: readonly (readonly string[])[],
): { names: readonly (string | undefined)[]; notes: readonly string[] } {
  const seen = new Map<string, number>()
  const notes: string[] = []
  const names = line.map((cell, column) => {
    const written = cell.replaceAll(/\s+/g, ' ').trim().slice(0, maxNameCharacters)
    if (written === '') {
      if (!body.some((row) => (row[column] ?? '').trim() !== '')) return undefined
      notes.push(`第 ${column + 1} 列没有列名，记作“列${column + 1}”。`)
      return `列${column + 1}`
    }
    const times = (seen.get(written) ?? 0) + 1
    seen.set(written, times)
    if (times === 1) return written
    notes.push(`有 ${times} 列同名，第 ${column + 1} 列记作“${written}_${times}”。`)
    return `${written}_${times}`
  })
  return { names, notes: notes.slice(0, 20) }
}
