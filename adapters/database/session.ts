/** One connection to their database, the same for every kind: text and values in, raw bytes out. */
import type { Cell } from './cell.ts'
import type { DatabaseSettings } from './settings.ts'
import type { OpenSocket } from './socket.ts'

/** A value for a `?` of a statement. Their database turns the text into the column's own type. */
export type Bound = string | null

/** A value of a row as text, for comparisons with later rows. */
export interface Mark {
  readonly text: string
  /** Compared as a number: a text beside a number would be compared as a double by MySQL. */
  readonly isNumeric: boolean
}

export interface Column {
  readonly name: string
  readonly isNumeric: boolean
  /** One value as a plain one. Throws CellFault. */
  read(sent: Uint8Array): Cell
  /** The bytes that are stored, where `read` would take them for something else. */
  stored(sent: Uint8Array): Uint8Array
}

export interface Rows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (Uint8Array | null)[])[]
  /** Rows inserted, or found by an update. */
  readonly affected: number
}

/** Part of a statement. `?` stands for a value. */
export interface Piece {
  readonly text: string
  readonly values: readonly Bound[]
}

export interface Session {
  /** Their clock when the session began, milliseconds since 1970. */
  readonly nowMs: number
  /** Name of a table, view or column, quoted; `schema.table` part by part. */
  quote(name: string): string
  /** A column of the alias `t` without conversion of its charset. */
  unconverted(column: string): string
  /** A mark to compare with. */
  compared(mark: Mark): Piece
  /** Throws DatabaseFault. */
  query(text: string, values?: readonly Bound[]): Promise<Rows>
  close(): Promise<void>
}

export interface Link {
  readonly settings: DatabaseSettings
  readonly socket: OpenSocket
  readonly readOnly: boolean
}

export const defaultStatementTimeoutMs = 8_000
/** Our own deadline is later than theirs, so that their answer is heard where they have one. */
export const graceMs = 1_500
