/**
 * One scan of their table: portions in order, pages of what is new. No statement stays open between pages, and no portion
 * asks for more than a few megabytes, whatever the rows weigh.
 */
import { OutgoingError, type Channel, type Cursor, type PollPage } from '../adapter.ts'
import { CellFault } from './cell.ts'
import { Scan } from './cursor.ts'
import { DatabaseFault, outgoingOf } from './fault.ts'
import { openSession } from './open-session.ts'
import { maxPageBytes, pageText, polled } from './page.ts'
import { rowsRead, type RowRead } from './row.ts'
import { portion } from './select.ts'
import type { Session } from './session.ts'
import type { PollSettings } from './poll-settings.ts'
import type { DatabaseSettings } from './settings.ts'

const firstPortionRows = 25
const maxPortionRows = 500
const portionBytes = 2_097_152

/** Pages from the cursor on. Throws OutgoingError in plain words. */
export async function* pollTable(
  channel: Channel<DatabaseSettings>,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  const { poll } = channel.settings
  if (poll === undefined)
    throw new OutgoingError('This feed has no "poll" in its settings.', { sent: 'no', reason: 'broken' })
  let session: Session | undefined
  try {
    session = await openSession(channel, { signal, readOnly: true })
    yield* pages({ channel, poll, session, scan: new Scan(poll, cursor) })
  } catch (error) {
    throw spoken(error)
  } finally {
    await session?.close()
  }
}

interface Reading {
  readonly channel: Channel<DatabaseSettings>
  readonly poll: PollSettings
  readonly session: Session
  readonly scan: Scan
}

async function* pages({ channel, poll, session, scan }: Reading): AsyncGenerator<PollPage> {
  const { pageRows = 200 } = poll
  let page: RowRead[] = []
  let met = 0
  let limit = firstPortionRows
  for (;;) {
    const rows = await portionOf(session, poll, scan, limit)
    for (const row of rows) {
      met += 1
      if (scan.meet(row)) page.push(row)
      if (page.length < pageRows && weightOf(page) < maxPageBytes) continue
      yield { payload: payloadOf(channel, poll, page), cursor: scan.cursor, more: true }
      page = []
    }
    if (rows.length < limit) break
    limit = nextLimit(rows)
  }
  if (met === 0 && (await countsAnew(session, poll, scan))) {
    scan.restart()
    yield { payload: null, cursor: scan.cursor, more: true }
    yield* pages({ channel, poll, session, scan })
    return
  }
  yield {
    payload: page.length === 0 ? null : payloadOf(channel, poll, page),
    cursor: scan.end(session.nowMs),
    more: false,
  }
}

async function portionOf(
  session: Session,
  poll: PollSettings,
  scan: Scan,
  limit: number,
): Promise<RowRead[]> {
  const { text, values } = portion(session, poll, scan.from, limit)
  return rowsRead(await session.query(text, values), poll)
}

/** As many rows as weigh about 2 MiB, going by the last portion. */
function nextLimit(rows: readonly RowRead[]): number {
  const mean = rows.reduce((sum, { bytes }) => sum + bytes, 0) / rows.length
  return Math.max(1, Math.min(maxPortionRows, Math.floor(portionBytes / Math.max(1, mean))))
}

function weightOf(rows: readonly RowRead[]): number {
  return rows.reduce((sum, { json }) => sum + json.length, 0)
}

/** Nothing beyond the floor, and yet there are rows with smaller numbers only: the table was emptied, its numbers began again. */
async function countsAnew(session: Session, poll: PollSettings, scan: Scan): Promise<boolean> {
  const { floor } = scan
  if (poll.cursor.by !== 'id' || floor === null || 'at' in floor) return false
  const column = session.quote(poll.cursor.column)
  const { rows } = await session.query(`select max(t.${column}) from ${session.quote(poll.table)} t`)
  const highest = Buffer.from(rows[0]?.[0] ?? []).toString()
  return (
    /^\d+$/.test(highest) &&
    /^\d+$/.test(floor.after.value.text) &&
    BigInt(highest) < BigInt(floor.after.value.text)
  )
}

function payloadOf(
  { settings, now }: Channel<DatabaseSettings>,
  { table }: PollSettings,
  rows: readonly RowRead[],
): PollPage['payload'] {
  return {
    bytes: Buffer.from(pageText(rows)),
    headers: { 'content-type': 'application/json; charset=utf-8' },
    method: polled,
    url: `${settings.kind}://${settings.host}/${settings.database}/${table}`,
    receivedAt: now(),
  }
}

export function spoken(error: unknown): unknown {
  if (error instanceof DatabaseFault) return outgoingOf(error)
  if (error instanceof CellFault)
    return new OutgoingError(`${error.message}. Correct poll in the settings.`, {
      sent: 'perhaps',
      reason: 'broken',
      cause: error,
    })
  return error
}
