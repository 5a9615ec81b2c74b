/** The statements that read: one portion of rows in their order, by number or by time. */
import type { Piece, Session } from './session.ts'
import type { PollSettings } from './poll-settings.ts'
import type { Position } from './row.ts'

/** From where a portion begins: after a row, or at a value (all rows that have it come again). */
export type From = { readonly after: Position } | { readonly at: Position['value'] }

export function portion(session: Session, poll: PollSettings, from: From | null, limit: number): Piece {
  const order = [...new Set([poll.cursor.column, poll.key])].map((name) => `t.${session.quote(name)}`)
  const conditions = [
    ...equalities(session, poll.where),
    { text: `t.${session.quote(poll.cursor.column)} is not null`, values: [] },
    ...(from === null ? [] : [beyond(session, poll, from)]),
  ]
  const where = joined(conditions, ' and ')
  return {
    text: `select ${columnsOf(session, poll)} from ${session.quote(poll.table)} t where ${where.text} order by ${order.join(', ')} limit ${limit}`,
    values: where.values,
  }
}

/** A column whose bytes we read ourselves comes once more, unconverted, after the others. */
function columnsOf(session: Session, { columns, key, cursor, textEncodings = {} }: PollSettings): string {
  const named =
    columns && [...new Set([...columns, key, cursor.column])].map((name) => `t.${session.quote(name)}`)
  return [...(named ?? ['t.*']), ...Object.keys(textEncodings).map((name) => session.unconverted(name))].join(
    ', ',
  )
}

export function equalities(session: Session, where: PollSettings['where'] = {}): Piece[] {
  return Object.entries(where).map(([name, value]) => {
    // 1 and 0 are true and false to both kinds.
    const text = typeof value === 'boolean' ? String(Number(value)) : String(value)
    const compared = session.compared({ text, isNumeric: typeof value !== 'string' })
    return { text: `t.${session.quote(name)} = ${compared.text}`, values: compared.values }
  })
}

/**
 * Keyset: rows of equal time are told apart by their key, so that a page may end among them. The first condition, which the
 * others imply, lets their index serve.
 */
function beyond(session: Session, poll: PollSettings, from: From): Piece {
  const value = `t.${session.quote(poll.cursor.column)}`
  const key = `t.${session.quote(poll.key)}`
  if ('at' in from) return compare(session, `${value} >= `, from.at)
  const { after } = from
  if (value === key) return compare(session, `${value} > `, after.value)
  return joined(
    [
      compare(session, `${value} >= `, after.value),
      compare(session, `(${value} > `, after.value),
      compare(session, `${key} > `, after.key, ')'),
    ],
    ' and ',
    ' or ',
  )
}

function compare(session: Session, before: string, mark: Position['value'], behind = ''): Piece {
  const { text, values } = session.compared(mark)
  return { text: `${before}${text}${behind}`, values }
}

/** `last` stands before the last piece. */
export function joined(pieces: readonly Piece[], between: string, last = between): Piece {
  const text = pieces.reduce(
    (sum, piece, index) =>
      index === 0 ? piece.text : `${sum}${index === pieces.length - 1 ? last : between}${piece.text}`,
    '',
  )
  return { text, values: pieces.flatMap(({ values }) => values) }
}
