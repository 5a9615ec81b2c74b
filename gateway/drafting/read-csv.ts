import { CsvError, parse } from 'csv-parse/sync'
import { sampleBounds, tooWide, unreadable, type Sample } from './sample.ts'
import { tableRecords } from './table-rows.ts'

const separators = [',', '\t', ';', '|'] as const
const names: { readonly [separator: string]: string } = {
  ',': '逗号',
  '\t': '制表符',
  ';': '分号',
  '|': '竖线',
}
const maxRowCharacters = 300_000
/** Rows above the header (a title, a date), which are looked at beside the records. */
const rowsAbove = 10

/** CSV or TSV with a line of names. Throws `sample.unreadable`, which names the line and quotes nothing. */
export function readCsv(text: string, notes: readonly string[]): Sample {
  const separator = separatorOf(text)
  if (hasWideLine(text, separator)) throw tooWide()
  const rows = rowsOf(text, separator, sampleBounds.records + rowsAbove)
  if (rows.some(({ length }) => length > sampleBounds.fields)) throw tooWide()
  const table = tableRecords(rows)
  return {
    form: 'csv',
    records: table.records,
    notes: [...notes, `以${names[separator]}分列。`, ...table.notes],
  }
}

/** The separator that gives most columns in the same number on most of the first lines. */
function separatorOf(text: string): string {
  const start = text.slice(0, 200_000)
  const scored = separators.map((separator) => {
    const widths = widthsOf(start, separator)
    const usual = Math.max(1, ...widths)
    const same = widths.filter((width) => width === usual).length / Math.max(1, widths.length)
    return { separator, score: usual === 1 ? 0 : usual * same }
  })
  return scored.toSorted((a, b) => b.score - a.score)[0]?.separator ?? ','
}

function widthsOf(text: string, separator: string): number[] {
  try {
    return rowsOf(text, separator, 30).map(({ length }) => length)
  } catch {
    return []
  }
}

/** A text may hold commas, too; thousands on one line are no text, and cost the parser seconds. */
const maxSeparators = 5_000

function hasWideLine(text: string, separator: string): boolean {
  let found = 0
  let lineEnd = text.indexOf('\n')
  for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) {
    if (lineEnd !== -1 && at > lineEnd) {
      found = 0
      lineEnd = text.indexOf('\n', at)
    }
    found += 1
    if (found > maxSeparators) return true
  }
  return false
}

function rowsOf(text: string, separator: string, limit: number): string[][] {
  try {
    return parse(text, {
      delimiter: separator,
      to: limit,
      max_record_size: maxRowCharacters,
      relax_column_count: true,
      skip_empty_lines: true,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw unreadable(
      `The table cannot be read at line ${Number(error['lines'] ?? 1)}: ${remedyOf(error.code)} Or save it as XLSX.`,
      { cause: new Error(error.code) },
    )
  }
}

function remedyOf(code: string): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed. Close it, or double it where it is part of the text.'
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands within a value. Double it and put the whole value in quotes.'
    case 'CSV_MAX_RECORD_SIZE':
      return `a row has more than ${maxRowCharacters} characters. Send shorter rows.`
    default:
      return 'it is no CSV.'
  }
}
