import type { Sql } from './client.ts'
import { GatewayError } from '../telemetry/errors.ts'

/** Position in rows ordered by (transaction, position). `0` is the beginning. */
export interface RowCursor {
  readonly xid: string
  readonly position: string
}

/** Reads `<xid>.<position>`, or the beginning where there is none. */
export function parseCursor(text: string | undefined): RowCursor {
  if (text === undefined || text === '' || text === '0') return { xid: '0', position: '0' }
  const match = /^(\d{1,20})\.(\d{1,19})$/.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new GatewayError(
      'request.cursor',
      'The cursor is not one of ours. Pass back the `cursor` that the last page gave, or leave `after` out to begin.',
      { context: {} },
    )
  }
  return { xid: match[1], position: match[2] }
}

/** A cursor of another cluster would wait for ever: it is refused where nothing follows it. Throws `request.cursor`. */
export async function checkCursor(sql: Sql, cursor: RowCursor): Promise<void> {
  const [row] = await sql<
    { ahead: boolean }[]
  >`select ${cursor.xid}::text::xid8 > pg_snapshot_xmax(pg_current_snapshot()) as ahead`
  if (row?.ahead !== true) return
  throw new GatewayError(
    'request.cursor',
    'The cursor is ahead of this database, which was restored or replaced since. Begin without `after`: what you know already is harmless to read again.',
    { context: {} },
  )
}

export const formatCursor = (row: { xid: string; position: string | number }): string =>
  `${row.xid}.${row.position}`
