/** MySQL and MariaDB through mysql2, in its text protocol: every value arrives as the bytes that the server wrote. */
import { createConnection, type Connection, type FieldPacket, type QueryOptions } from 'mysql2/promise'
import { DatabaseFault, mysqlReason } from './fault.ts'
import { columnOf, type MysqlField } from './mysql-values.ts'
import {
  defaultStatementTimeoutMs,
  graceMs,
  type Bound,
  type Link,
  type Rows,
  type Session,
} from './session.ts'
import { codeOf, tlsOptions, usesTls } from './socket.ts'

/** Logs in. Throws DatabaseFault. */
export async function connectMysql({ settings, socket, readOnly }: Link): Promise<Session> {
  const timeoutMs = settings.statementTimeoutMs ?? defaultStatementTimeoutMs
  const connection = await logIn({ settings, socket, readOnly })
  const query = async (text: string, values: readonly Bound[] = []): Promise<Rows> => {
    const statement: QueryOptions = { sql: text, values: [...values], typeCast: false, rowsAsArray: true }
    try {
      const [result, fields] = await socket.within(timeoutMs + graceMs, connection.query(statement))
      return rowsOf(result, fields)
    } catch (error) {
      throw faultOf(error)
    }
  }
  const close = async (): Promise<void> => {
    await socket.within(1_000, connection.end()).catch(() => {})
    socket.destroy()
  }
  try {
    return { nowMs: await setUp(query, { timeoutMs, readOnly }), quote, unconverted, compared, query, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function logIn({ settings, socket }: Link): Promise<Connection> {
  const { host, user, password, database } = settings
  const tls = tlsOptions(settings)
  try {
    const connected = createConnection({
      // The connection goes to the checked address; the name is what the certificate is compared with.
      stream: socket.raw,
      host,
      user,
      password,
      database,
      charset: 'UTF8MB4_UNICODE_CI',
      connectTimeout: 60_000,
      ...(usesTls(settings) && {
        ssl: {
          rejectUnauthorized: tls.rejectUnauthorized,
          verifyIdentity: tls.rejectUnauthorized,
          ...(tls.ca !== undefined && { ca: tls.ca }),
        },
      }),
    })
    const connection = await socket.within(settings.connectTimeoutMs ?? 5_000, connected)
    connection.on('error', () => {})
    return connection
  } catch (error) {
    throw faultOf(error)
  }
}

/**
 * Strict, so that nothing is cut to fit; backslashes are escapes, as mysql2 writes values. `time_zone` is what TIMESTAMP is
 * shown in; `wait_timeout` ends a transaction whose client is gone.
 */
async function setUp(
  query: Session['query'],
  { timeoutMs, readOnly }: { readonly timeoutMs: number; readonly readOnly: boolean },
): Promise<number> {
  const { rows } = await query("select lower(version()) like '%mariadb%', unix_timestamp(now(3)) * 1000")
  const [isMariaDb, nowMs] = (rows[0] ?? []).map((value) => Number(Buffer.from(value ?? []).toString()))
  const limit =
    isMariaDb === 1 ? `max_statement_time = ${timeoutMs / 1000}` : `max_execution_time = ${timeoutMs}`
  await query(
    `set session time_zone = '+08:00', session sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO',
      session wait_timeout = 60, session innodb_lock_wait_timeout = ${Math.ceil(timeoutMs / 1000)}, session ${limit}`,
  )
  if (readOnly) await query('set session transaction read only')
  return Number(nowMs)
}

const quote = (name: string): string =>
  name
    .split('.')
    .map((part) => `\`${part}\``)
    .join('.')
const unconverted = (column: string): string => `cast(t.\`${column}\` as binary) as \`${column}\``

function compared({ text, isNumeric }: { readonly text: string; readonly isNumeric: boolean }): {
  text: string
  values: Bound[]
} {
  return isNumeric && /^-?\d+(\.\d+)?$/.test(text) ? { text, values: [] } : { text: '?', values: [text] }
}

function rowsOf(result: unknown, fields: FieldPacket[] | undefined): Rows {
  if (!Array.isArray(result))
    return { columns: [], rows: [], affected: (result as { affectedRows?: number }).affectedRows ?? 0 }
  const columns = (fields ?? []).map((field) => columnOf(field as unknown as MysqlField))
  return { columns, rows: result as Rows['rows'], affected: 0 }
}

function faultOf(error: unknown): DatabaseFault {
  if (error instanceof DatabaseFault) return error
  const number = error instanceof Error && 'errno' in error ? Number(error.errno) : Number.NaN
  if (Number.isInteger(number) && number > 0 && !isNetwork(error))
    return new DatabaseFault(mysqlReason(number), String(number), { cause: error })
  const isTls = error instanceof Error && 'code' in error && /SSL|CERT|TLS/.test(String(error.code))
  return new DatabaseFault('lost', `${isTls ? 'tls: ' : ''}${codeOf(error)}`, { cause: error })
}

/** Errors of the socket carry the system's negative number and its call. */
const isNetwork = (error: unknown): boolean => error instanceof Error && 'syscall' in error
