/** What MySQL and MariaDB write for each type, as plain values. */
import { base64Of, jsonOf, numberOrText, textOf, type Cell } from './cell.ts'
import type { Column } from './session.ts'

/** What mysql2 knows of a column. Numbers of types: MySQL Internals, enum_field_types. */
export interface MysqlField {
  readonly name: string
  readonly columnType: number
  readonly characterSet: number
  /** MariaDB says `json` here; its JSON is a text column. */
  readonly extendedFormat?: string
}

const integers = new Set([1, 2, 3, 9, 13])
const digits = new Set([0, 8, 246])
const floats = new Set([4, 5])
const times = new Set([7, 10, 12, 14])
const bit = 16
const json = 245
const geometry = 255
/** The character set `binary`: of text types this makes them bytes. */
const binary = 63
const texts = new Set([15, 249, 250, 251, 252, 253, 254])

export function columnOf(field: MysqlField): Column {
  const { name, columnType: type } = field
  return {
    name,
    isNumeric: integers.has(type) || digits.has(type) || floats.has(type),
    read: (sent) => cellOf(sent, field),
    stored: (sent) => sent,
  }
}

function cellOf(sent: Uint8Array, { columnType: type, characterSet, extendedFormat }: MysqlField): Cell {
  if (type === bit) return bitsOf(sent)
  if (type === geometry || (texts.has(type) && characterSet === binary)) return base64Of(sent)
  const text = textOf(sent)
  if (integers.has(type) || floats.has(type)) return numberOrText(text)
  if (times.has(type)) return /^0000-00-00( 00:00:00(\.0+)?)?$/.test(text) ? { $zero: text } : text
  return type === json || extendedFormat === 'json' ? jsonOf(text) : text
}

/** BIT(n) comes as up to 8 bytes, the highest first. */
function bitsOf(sent: Uint8Array): Cell {
  const value = sent.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString()
}
