/** The connection test, in plain words: name, TLS, login, rights, an empty table, their clock. Nothing is written. */
import { OutgoingError, type Channel, type Finding } from '../adapter.ts'
import { instantOf } from './clock.ts'
import { DatabaseFault } from './fault.ts'
import { change, insertion, ledgerColumns } from './ledger.ts'
import { openSession } from './open-session.ts'
import { rowsRead } from './row.ts'
import { portion } from './select.ts'
import type { Session } from './session.ts'
import { usesTls } from './socket.ts'
import type { PollSettings } from './poll-settings.ts'
import type { DatabaseSettings } from './settings.ts'

const deadlineMs = 15_000

export async function testConnection(channel: Channel<DatabaseSettings>): Promise<Finding[]> {
  const { settings } = channel
  let session: Session | undefined
  try {
    session = await openSession(channel, { signal: AbortSignal.timeout(deadlineMs), readOnly: false })
    const way = `Connected to ${settings.kind} on ${settings.host} and logged in${usesTls(settings) ? ', encrypted' : ''}.`
    return [
      { level: 'ok', subject: 'login', detail: way },
      ...plainText(settings),
      ...clockFindings(session.nowMs, channel.now()),
      ...(settings.poll === undefined ? [] : await readingFindings(session, settings.poll)),
      ...(await writingFindings(session, settings)),
    ]
  } catch (error) {
    return [findingOf(error)]
  } finally {
    await session?.close()
  }
}

function findingOf(error: unknown): Finding {
  if (error instanceof OutgoingError)
    return {
      level: 'error',
      subject: error.reason === 'blocked' ? 'settings' : (error.subject ?? 'name'),
      detail: error.message,
    }
  if (!(error instanceof DatabaseFault)) throw error
  const detail = `${error.message}.`
  if (error.code.startsWith('tls: '))
    return {
      level: 'error',
      subject: 'tls',
      detail: `No encrypted connection (${error.code}). Correct tls in the settings: the certificate must be for this host and of a known authority, or set the authority under tls.ca.`,
    }
  switch (error.reason) {
    case 'lost':
      return {
        level: 'error',
        subject: 'name',
        detail: `The server does not answer (${error.code}). Check host, port, and the way there.`,
      }
    case 'login':
      return { level: 'error', subject: 'login', detail }
    case 'rights':
      return { level: 'error', subject: 'rights', detail }
    default:
      return { level: 'error', subject: 'settings', detail }
  }
}

function plainText(settings: DatabaseSettings): Finding[] {
  if (usesTls(settings)) return []
  return [
    {
      level: 'warning',
      subject: 'tls',
      detail:
        'The connection is not encrypted (tls.mode off): whoever is on the way can read it, and the password’s proof.',
    },
  ]
}

function clockFindings(theirMs: number, now: Date): Finding[] {
  const differenceS = Math.round((theirMs - now.getTime()) / 1000)
  if (Math.abs(differenceS) <= 60) return []
  return [
    {
      level: 'warning',
      subject: 'settings',
      detail: `Their clock is ${Math.abs(differenceS)} s ${differenceS > 0 ? 'ahead of' : 'behind'} ours. Nothing is lost by that: rows are read by their clock alone. But times shown to people will not agree; one of the two needs NTP.`,
    },
  ]
}

async function readingFindings(session: Session, poll: PollSettings): Promise<Finding[]> {
  return await found(async () => {
    const { text, values } = portion(session, poll, null, 1)
    const [row] = rowsRead(await session.query(text, values), poll)
    if (row === undefined)
      return [
        {
          level: 'warning',
          subject: 'empty',
          detail: `${poll.table} can be read, but has no row that the settings let through.`,
        },
      ]
    const isTime = poll.cursor.by === 'id' || instantOf(row.position.value.text) !== undefined
    return [
      { level: 'ok', subject: 'rights', detail: `${poll.table} can be read.` },
      ...(isTime ? [] : [wrongTime(poll)]),
      ...(await hiddenRows(session, poll)),
    ]
  }, `reading ${poll.table}`)
}

function wrongTime({ cursor }: PollSettings): Finding {
  return {
    level: 'error',
    subject: 'settings',
    detail: `Column ${cursor.column} holds what is no time. Use a column of a time type, or text like 2026-11-22 10:00:00.`,
  }
}

async function hiddenRows(session: Session, poll: PollSettings): Promise<Finding[]> {
  const column = session.quote(poll.cursor.column)
  const { rows } = await session.query(
    `select 1 from ${session.quote(poll.table)} t where t.${column} is null limit 1`,
  )
  if (rows.length === 0) return []
  return [
    {
      level: 'warning',
      subject: 'settings',
      detail: `Some rows have nothing in ${poll.cursor.column}. They are never read: ask the partner to fill it, or use another column.`,
    },
  ]
}

/** EXPLAIN needs the rights of its statement and carries nothing out (PostgreSQL, MySQL and MariaDB alike). */
async function writingFindings(session: Session, settings: DatabaseSettings): Promise<Finding[]> {
  const { ledger, tables = {} } = settings
  if (ledger === undefined && Object.keys(tables).length === 0) return []
  if (ledger === undefined)
    return [
      {
        level: 'error',
        subject: 'settings',
        detail: 'There are tables to write, but no ledger. Have it made as the README says.',
      },
    ]
  const ofLedger = await found(() => ledgerFindings(session, settings, ledger), `the ledger ${ledger}`)
  const ofTables = await Object.values(tables).reduce<Promise<Finding[]>>(
    async (before, table) => [
      ...(await before),
      ...(await found(() => tableFindings(session, settings, table), `writing ${table}`)),
    ],
    Promise.resolve([]),
  )
  return [...ofLedger, ...ofTables]
}

async function ledgerFindings(
  session: Session,
  settings: DatabaseSettings,
  ledger: string,
): Promise<Finding[]> {
  const values = Object.fromEntries(ledgerColumns.map((name) => [name, '0']))
  const add = insertion(session, ledger, values)
  await session.query(`explain ${add.text}`, add.values)
  const set = change(
    session,
    ledger,
    { delivery_key: '0', verified: '1', verified_at: '2026-01-01 00:00:00' },
    ['delivery_key'],
  )
  await session.query(`explain ${set.text}`, set.values)
  await session.query(`select verified from ${session.quote(ledger)} where delivery_key = '0'`)
  return [
    { level: 'ok', subject: 'rights', detail: `The ledger ${ledger} can be read and written.` },
    ...(await engineFindings(session, settings, ledger)),
  ]
}

/** Whether the mapping adds rows or updates them is its own business: either right will do, the want of one is said. */
async function tableFindings(
  session: Session,
  settings: DatabaseSettings,
  table: string,
): Promise<Finding[]> {
  const target = session.quote(table)
  await session.query(`select 1 from ${target} where 1 = 0`)
  const row = settings.kind === 'mysql' ? '() values ()' : 'default values'
  const missing = await rightMissing(session.query(`explain insert into ${target} ${row}`))
  return [
    missing
      ? {
          level: 'warning',
          subject: 'rights',
          detail: `${table} can be read, but this user may add no rows (grant insert). That suffices only where the mapping updates rows.`,
        }
      : { level: 'ok', subject: 'rights', detail: `${table} can be read and takes new rows.` },
    ...(await engineFindings(session, settings, table)),
  ]
}

/** Other refusals, such as a column without default, come after the rights were looked at. */
async function rightMissing(explained: Promise<unknown>): Promise<boolean> {
  try {
    await explained
    return false
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error
    if (error.reason === 'rights') return true
    if (error.reason === 'constraint' || error.reason === 'value') return false
    throw error
  }
}

async function engineFindings(
  session: Session,
  { kind, database }: DatabaseSettings,
  table: string,
): Promise<Finding[]> {
  if (kind !== 'mysql') return []
  const [name = '', schema = database] = table.split('.').toReversed()
  const { rows } = await session.query(
    'select engine from information_schema.tables where table_schema = ? and table_name = ?',
    [schema, name],
  )
  const engine = Buffer.from(rows[0]?.[0] ?? []).toString()
  if (engine === '' || engine.toLowerCase() === 'innodb') return []
  return [
    {
      level: 'error',
      subject: 'settings',
      detail: `${table} is kept by ${engine}, which has no transactions: a try that breaks off could be written twice. Have it made with InnoDB.`,
    },
  ]
}

/** The findings of `look`, or the fault that it met, with what was being looked at. */
async function found(look: () => Promise<Finding[]>, what: string): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    const finding = findingOf(error)
    return [{ ...finding, detail: `${what}: ${finding.detail}` }]
  }
}
