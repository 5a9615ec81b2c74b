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
    throw new GatewayError('request.cursor', 'The cursor is not one of ours. Pass back the `cursor` that the last page gave, or leave `after` out to begin.', { context: {} })
  }
  return { xid: match[1], position: match[2] }
}

export const formatCursor = (row: { xid: string; position: string | number }): string => `${row.xid}.${row.position}`
