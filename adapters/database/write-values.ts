/** A notice's body as columns and values of one row. */
import type { Values } from './ledger.ts'
import type { Bound } from './session.ts'
import type { RequestSettings } from './settings.ts'

/** A notice that cannot be written as the mapping or the settings stand. The message tells what to change and quotes no value. */
export class WriteFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WriteFault'
  }
}

const columnPattern = /^[^\s.`"'\\;?\p{Cc}]{1,64}$/u

/** Column to value. Throws WriteFault. */
export function valuesOf(body: unknown, { mode, keys = [], separator = ';' }: RequestSettings): Values {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new WriteFault(
      'The body of this request is no list of columns. Write it as column: field in the mapping.',
    )
  const entries = Object.entries(body)
  const odd = entries.find(([name]) => !columnPattern.test(name))
  if (odd !== undefined || entries.length === 0 || entries.length > 200)
    throw new WriteFault('The body of this request needs 1 to 200 columns with names that a table can have.')
  if (mode === 'update' && (keys.length === 0 || keys.length === entries.length))
    throw new WriteFault('An update needs keys, which identify the row, and other columns, which are set.')
  const values = Object.fromEntries(entries.map(([name, value]) => [name, boundOf(value, separator)]))
  const missing = mode === 'update' ? keys.filter((name) => (values[name] ?? null) === null) : []
  if (missing.length > 0)
    throw new WriteFault(
      `The body has no value for ${missing.join(', ')}, which identifies the row to update.`,
    )
  return values
}

/** PostgreSQL stores no NUL in text. */
function boundOf(value: unknown, separator: string): Bound {
  switch (typeof value) {
    case 'string':
      return value.replaceAll('\u0000', '')
    case 'number':
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? '1' : '0'
    default:
  }
  if (Array.isArray(value)) return value.map((item) => boundOf(item, separator) ?? '').join(separator)
  return value === null || value === undefined ? null : JSON.stringify(value)
}
