/**
 * The exchange ledger: our own table in their database, one row for each notice. Its unique key makes a repeat harmless, and
 * it is written in the transaction of the row that it speaks of.
 */
import type { Notice } from '../../schemas/delivery.ts'
import { DatabaseFault } from './fault.ts'
import { joined } from './select.ts'
import type { Bound, Piece, Session } from './session.ts'
import type { DatabaseSettings } from './settings.ts'

/** One row to write: column to value. */
export type Values = Readonly<Record<string, Bound>>

export interface LedgerEntry {
  readonly isVerified: boolean
}

export async function ledgerEntry(
  session: Session,
  ledger: string,
  key: string,
): Promise<LedgerEntry | null> {
  const { rows } = await session.query(
    `select verified from ${session.quote(ledger)} where delivery_key = ?`,
    [key],
  )
  const [row] = rows
  return row === undefined ? null : { isVerified: Buffer.from(row[0] ?? []).toString() === '1' }
}

/** What we fill when a row is written; their server fills the rest. */
export const ledgerColumns = [
  'delivery_key',
  'channel',
  'their_number',
  'our_number',
  'their_status',
  'our_status',
  'event_type',
  'target_table',
] as const

/** What the ledger says of this notice. `theirStatus` is what their order showed just before. */
export function ledgerValues(
  notice: Notice,
  table: string,
  theirStatus: string | null,
): Readonly<Record<(typeof ledgerColumns)[number], Bound>> {
  return {
    delivery_key: notice.idempotencyKey,
    channel: notice.channel,
    their_number: notice.source.externalId,
    our_number: notice.case,
    their_status: theirStatus,
    our_status: notice.code ?? '',
    event_type: notice.event.type,
    target_table: table,
  }
}

/** Their status of the order as it is now; null where the order or the setting is missing. */
export async function statusOfOrder(
  session: Session,
  orders: DatabaseSettings['orders'],
  number: string,
): Promise<string | null> {
  if (orders === undefined) return null
  const { columns, rows } = await session.query(
    `select ${session.quote(orders.status)} from ${session.quote(orders.table)} where ${session.quote(orders.number)} = ?`,
    [number],
  )
  const sent = rows[0]?.[0]
  const [column] = columns
  if (sent === null || sent === undefined || column === undefined) return null
  const cell = column.read(sent)
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell).slice(0, 100) : null
}

export function insertion(session: Session, table: string, values: Values): Piece {
  const names = Object.keys(values)
  return {
    text: `insert into ${session.quote(table)} (${names.map((name) => session.quote(name)).join(', ')}) values (${names.map(() => '?').join(', ')})`,
    values: Object.values(values),
  }
}

/** `keys` name the columns that identify the row; the others are set. */
export function change(session: Session, table: string, values: Values, keys: readonly string[]): Piece {
  const entries = Object.entries(values)
  const set = entries.flatMap(([name, value]) =>
    keys.includes(name) ? [] : [{ text: `${session.quote(name)} = ?`, values: [value] }],
  )
  const where = joined(
    entries.flatMap(([name, value]) => (keys.includes(name) ? [equal(session, name, value)] : [])),
    ' and ',
  )
  const changed = joined(set, ', ')
  return {
    text: `update ${session.quote(table)} set ${changed.text} where ${where.text}`,
    values: [...changed.values, ...where.values],
  }
}

/** Whether their table shows every value that we wrote. */
export async function isThere(session: Session, table: string, values: Values): Promise<boolean> {
  const where = joined(
    Object.entries(values).map(([name, value]) => equal(session, name, value)),
    ' and ',
  )
  const { rows } = await session.query(
    `select 1 from ${session.quote(table)} where ${where.text} limit 1`,
    where.values,
  )
  return rows.length > 0
}

/** The flag stands only where the row was read back. Throws DatabaseFault. */
export async function setVerified(session: Session, ledger: string, key: string): Promise<void> {
  const { affected } = await session.query(
    `update ${session.quote(ledger)} set verified = 1, verified_at = current_timestamp where delivery_key = ?`,
    [key],
  )
  if (affected !== 1) throw new DatabaseFault('missing', 'ledger row')
}

function equal(session: Session, name: string, value: Bound): Piece {
  return value === null
    ? { text: `${session.quote(name)} is null`, values: [] }
    : { text: `${session.quote(name)} = ?`, values: [value] }
}
