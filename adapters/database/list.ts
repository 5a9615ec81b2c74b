/** Reconciliation: what their table holds of one day. */
import { OutgoingError, type Channel, type PartnerEntry } from '../adapter.ts'
import { instantOf } from './clock.ts'
import { openSession } from './open-session.ts'
import { spoken } from './poll.ts'
import { equalities, joined } from './select.ts'
import type { Column, Mark, Session } from './session.ts'
import type { PollSettings } from './poll-settings.ts'
import type { DatabaseSettings } from './settings.ts'

const portionRows = 500
const deadlineMs = 60_000

type Listed = NonNullable<PollSettings['list']>

/** Their entries of a day of China, by number. Throws OutgoingError. */
export async function* listDay(
  channel: Channel<DatabaseSettings>,
  day: string,
): AsyncGenerator<PartnerEntry> {
  const { poll } = channel.settings
  if (poll?.list === undefined)
    throw new OutgoingError(
      'This feed has no "poll.list" in its settings, so that its days cannot be compared.',
      {
        sent: 'no',
        reason: 'broken',
      },
    )
  let session: Session | undefined
  try {
    session = await openSession(channel, { signal: AbortSignal.timeout(deadlineMs), readOnly: true })
    yield* entries(session, poll, poll.list, day)
  } catch (error) {
    throw spoken(error)
  } finally {
    await session?.close()
  }
}

async function* entries(
  session: Session,
  poll: PollSettings,
  list: Listed,
  day: string,
): AsyncGenerator<PartnerEntry> {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
  const selected = [poll.key, list.number, list.time, ...(list.status === undefined ? [] : [list.status])]
  let after: Mark | null = null
  for (;;) {
    const key = `t.${session.quote(poll.key)}`
    const beyond = after === null ? null : session.compared(after)
    const where = joined(
      [
        ...equalities(session, list.where ?? poll.where),
        { text: `t.${session.quote(list.time)} >= ?`, values: [day] },
        { text: `t.${session.quote(list.time)} < ?`, values: [next] },
        ...(beyond === null ? [] : [{ text: `${key} > ${beyond.text}`, values: beyond.values }]),
      ],
      ' and ',
    )
    const { columns, rows } = await session.query(
      `select ${selected.map((name) => `t.${session.quote(name)}`).join(', ')} from ${session.quote(poll.table)} t where ${where.text} order by ${key} limit ${portionRows}`,
      where.values,
    )
    for (const row of rows) {
      const [keyText, number, time, status] = columns.map((column, index) => plain(column, row[index]))
      after = { text: keyText ?? '', isNumeric: columns[0]?.isNumeric ?? false }
      const atMs = instantOf(time ?? '')
      if (number === undefined || atMs === undefined) continue
      yield { externalId: number, at: new Date(atMs), ...(status !== undefined && { status }) }
    }
    if (rows.length < portionRows) return
  }
}

function plain(column: Column, sent: Uint8Array | null | undefined): string | undefined {
  if (sent === null || sent === undefined) return undefined
  const cell = column.read(sent)
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : undefined
}
