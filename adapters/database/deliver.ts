/**
 * Writes one notice: their row and our ledger in one transaction, then reads back what it wrote. Until COMMIT is sent nothing
 * can have been taken; when its answer is lost, it may have been; the ledger's unique key makes the next try harmless.
 */
import type { Notice, Outcome } from '../../schemas/delivery.ts'
import { OutgoingError, type Channel } from '../adapter.ts'
import { DatabaseFault } from './fault.ts'
import {
  change,
  insertion,
  isThere,
  ledgerEntry,
  ledgerValues,
  setVerified,
  statusOfOrder,
  type Values,
} from './ledger.ts'
import { withSession } from './open-session.ts'
import type { Session } from './session.ts'
import type { DatabaseSettings, RequestSettings } from './settings.ts'
import { valuesOf, WriteFault } from './write-values.ts'

/** What a mapping's `answer` reads as `body`. */
interface Written {
  /** Rows written by this try. */
  readonly written: number
  /** The ledger knew this notice: an earlier try had written it. */
  readonly repeated: boolean
  /** The row was read back as it was written. */
  readonly verified: boolean
}

interface Write {
  readonly notice: Notice
  readonly table: string
  readonly ledger: string
  readonly request: RequestSettings
  readonly values: Values
}

/** One try. Never throws for what their database does. */
export async function deliverRow(
  notice: Notice,
  channel: Channel<DatabaseSettings>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const request = channel.request(notice.request)
    const write = writeOf(notice, channel.settings, request.settings as RequestSettings)
    const written = await withSession(channel, { signal, readOnly: false }, (session) =>
      perform(session, write, channel.settings),
    )
    return judgement(() => request.judge({ status: 200, headers: {}, body: written }))
  } catch (error) {
    return outcomeOf(error)
  }
}

/** After an ambiguous try: the ledger knows. */
export async function lookUpRow(
  notice: Notice,
  channel: Channel<DatabaseSettings>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const ledger = ledgerOf(channel.settings)
    const entry = await withSession(channel, { signal, readOnly: true }, (session) =>
      ledgerEntry(session, ledger, notice.idempotencyKey),
    )
    return entry === null
      ? { kind: 'transient', detail: 'Their ledger does not have it; it will be written again.' }
      : { kind: 'delivered', detail: 'Their ledger has it; asked after an uncertain try.' }
  } catch (error) {
    const why =
      error instanceof Error && !(error instanceof TypeError) ? error.message : 'The look-up failed.'
    return { kind: 'ambiguous', detail: `Whether it was written is still open. ${why}`.slice(0, 500) }
  }
}

/** COMMIT was sent and its answer is missing. */
class CommitUnknown extends Error {}

function writeOf(notice: Notice, settings: DatabaseSettings, request: RequestSettings): Write {
  const table = settings.tables?.[request.table]
  if (table === undefined)
    throw new WriteFault(
      `The channel's setting tables has no "${request.table}", into which the mapping writes. Name the table there.`,
    )
  const values = valuesOf(notice.body, request)
  return { notice, table, ledger: ledgerOf(settings), request, values }
}

function ledgerOf({ ledger }: DatabaseSettings): string {
  if (ledger === undefined)
    throw new WriteFault(
      'The channel has no setting ledger. Have the table made as the README says, and name it there.',
    )
  return ledger
}

async function perform(session: Session, write: Write, settings: DatabaseSettings): Promise<Written> {
  const { ledger, notice } = write
  const theirStatus = await statusOfOrder(session, settings.orders, notice.source.externalId)
  const isNew = await writeBoth(session, write, theirStatus)
  const entry = isNew ? null : await ledgerEntry(session, ledger, notice.idempotencyKey)
  const verified = entry?.isVerified === true || (await verify(session, write))
  return { written: isNew ? 1 : 0, repeated: !isNew, verified }
}

/** False where the ledger knows the notice already: nothing was changed. */
async function writeBoth(session: Session, write: Write, theirStatus: string | null): Promise<boolean> {
  await session.query('begin')
  const { text, values } = insertion(
    session,
    write.ledger,
    ledgerValues(write.notice, write.table, theirStatus),
  )
  try {
    await session.query(text, values)
  } catch (error) {
    await session.query('rollback')
    const isKnown =
      error instanceof DatabaseFault &&
      error.reason === 'constraint' &&
      (await ledgerEntry(session, write.ledger, write.notice.idempotencyKey)) !== null
    if (isKnown) return false
    throw error
  }
  await writeRow(session, write)
  await commit(session)
  return true
}

async function writeRow(session: Session, { table, request, values }: Write): Promise<void> {
  if (request.mode !== 'update') {
    const { text, values: bound } = insertion(session, table, values)
    await session.query(text, bound)
    return
  }
  const { text, values: bound } = change(session, table, values, request.keys ?? [])
  const { affected } = await session.query(text, bound)
  if (affected === 1) return
  await session.query('rollback')
  throw new WriteFault(
    affected === 0
      ? 'Their table has no row with this key, so that nothing was changed. Ask the partner where the order went, then replay this delivery.'
      : `Their table has ${affected} rows with this key, so that nothing was changed. Name columns under keys that identify one row.`,
  )
}

async function commit(session: Session): Promise<void> {
  try {
    await session.query('commit')
  } catch (error) {
    // A server that answers with a constraint or a conflict has undone it; anything else says nothing about the end.
    if (error instanceof DatabaseFault && (error.reason === 'constraint' || /^(40|1213$)/.test(error.code)))
      throw error
    throw new CommitUnknown(error instanceof Error ? error.message : 'The answer to COMMIT is missing', {
      cause: error,
    })
  }
}

/** Committed, but the connection broke before the row was read back. */
class ReadingBackBroke extends Error {}

/**
 * It is committed by now: a row that does not read back leaves the flag unset. Where the connection broke, the try is open: the
 * repeat, which writes nothing, reads back.
 */
async function verify(session: Session, { notice, table, ledger, values }: Write): Promise<boolean> {
  try {
    if (!(await isThere(session, table, values))) return false
    await setVerified(session, ledger, notice.idempotencyKey)
    return true
  } catch (error) {
    if (error instanceof DatabaseFault && (error.reason === 'lost' || error.reason === 'busy'))
      throw new ReadingBackBroke(error.message, { cause: error })
    return false
  }
}

function judgement(judge: () => Outcome | null): Outcome {
  try {
    return (
      judge() ?? {
        kind: 'ambiguous',
        detail:
          "The row was committed, but not as the mapping's rule for a good answer wants it; perhaps it does not read back as written.",
      }
    )
  } catch {
    return {
      kind: 'ambiguous',
      detail:
        "The row was committed; the mapping's rule for a good answer failed. Correct it under reverse.requests.",
    }
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof CommitUnknown)
    return { kind: 'ambiguous', detail: `The answer to COMMIT is missing. ${error.message}.`.slice(0, 500) }
  if (error instanceof ReadingBackBroke)
    return {
      kind: 'ambiguous',
      detail: `The row was committed but could not be read back yet. ${error.message}.`.slice(0, 500),
    }
  if (error instanceof DatabaseFault) {
    const isPassing = error.reason === 'lost' || error.reason === 'busy'
    return { kind: isPassing ? 'transient' : 'permanent', detail: `${error.message}.`.slice(0, 500) }
  }
  if (error instanceof OutgoingError)
    return {
      kind: error.reason === 'blocked' ? 'permanent' : 'transient',
      detail: error.message.slice(0, 500),
    }
  return {
    kind: 'permanent',
    detail:
      error instanceof WriteFault
        ? error.message
        : 'The row could not be built from the mapping. Correct it under reverse.requests.',
  }
}
