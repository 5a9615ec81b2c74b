/** PostgreSQL through postgres.js: one connection, on our own socket, that is never made again behind our back. */
import postgres from 'postgres'
import { DatabaseFault, postgresqlReason } from './fault.ts'
import { columnOf } from './postgresql-values.ts'
import {
  defaultStatementTimeoutMs,
  graceMs,
  type Bound,
  type Link,
  type Rows,
  type Session,
} from './session.ts'
import { codeOf, startTls, usesTls } from './socket.ts'

/** Every value goes out as its text; their server knows the type of the place. postgres.js would turn dates by its own zone. */
const asText = {
  to: 25,
  from: [16, 17, 20, 21, 23, 114, 1082, 1083, 1114, 1184, 1700, 3802],
  serialize: String,
  parse: String,
}

/** Shanghai: what `timestamptz` is shown in. The limits end what our side can no longer end. */
const setUp = `
  select set_config('TimeZone', 'Asia/Shanghai', false), set_config('DateStyle', 'ISO', false),
    set_config('IntervalStyle', 'iso_8601', false), set_config('bytea_output', 'hex', false),
    set_config('statement_timeout', ?, false), set_config('lock_timeout', ?, false),
    set_config('idle_in_transaction_session_timeout', '30000', false), set_config('default_transaction_read_only', ?, false)`
const clock = `select floor(extract(epoch from clock_timestamp()) * 1000)::bigint::text`

/** Logs in. Throws DatabaseFault. */
export async function connectPostgresql({ settings, socket, readOnly }: Link): Promise<Session> {
  const timeoutMs = settings.statementTimeoutMs ?? defaultStatementTimeoutMs
  const secured = usesTls(settings)
    ? await socket.within(settings.connectTimeoutMs ?? 5_000, encrypt(socket.raw, settings))
    : socket.raw
  let isTaken = false
  const options = {
    host: settings.host,
    database: settings.database,
    user: settings.user,
    password: settings.password,
    max: 1,
    ssl: false,
    prepare: false,
    fetch_types: false,
    max_lifetime: null,
    connection: { application_name: 'guiyi' },
    types: { asText },
    onnotice: () => {},
    // Once: a transaction must never go on, unnoticed, over a second connection.
    socket: () => {
      if (isTaken) throw new DatabaseFault('lost', 'closed')
      isTaken = true
      return secured
    },
  }
  const sql = postgres(options)
  const query = async (text: string, values: readonly Bound[] = []): Promise<Rows> => {
    try {
      return rowsOf(await socket.within(timeoutMs + graceMs, sql.unsafe(numbered(text), [...values]).raw()))
    } catch (error) {
      throw faultOf(error)
    }
  }
  const close = async (): Promise<void> => {
    const closed = new Promise((done) => socket.raw.once('close', done))
    const ended = sql.end({ timeout: 1 }).catch(() => {})
    if (!socket.raw.destroyed) await Promise.race([ended, closed])
    socket.destroy()
  }
  try {
    await query(setUp, [String(timeoutMs), String(timeoutMs), readOnly ? 'on' : 'off'])
    const { rows } = await query(clock)
    return {
      nowMs: Number(Buffer.from(rows[0]?.[0] ?? []).toString()),
      quote: (name) =>
        name
          .split('.')
          .map((part) => `"${part}"`)
          .join('.'),
      unconverted: (column) => `t."${column}"`,
      compared: ({ text }) => ({ text: '?', values: [text] }),
      query,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** SSLRequest (PostgreSQL, Message Formats): one byte says whether TLS follows. */
async function encrypt(
  raw: Link['socket']['raw'],
  settings: Link['settings'],
): Promise<Link['socket']['raw']> {
  const answer = new Promise<Buffer>((done) => raw.once('data', done))
  raw.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
  // More than one byte: somebody in between put words in before the encryption began (CVE-2021-23222).
  const said = await answer
  if (said.length !== 1 || said[0] !== 0x53) throw new DatabaseFault('lost', 'tls: not offered')
  return await startTls(raw, settings)
}

type RawResult = readonly (readonly (Uint8Array | null)[])[] & {
  readonly columns?: readonly { readonly name: string; readonly type: number }[]
  readonly count: number | null
}

function rowsOf(result: unknown): Rows {
  const raw = result as RawResult
  return { columns: (raw.columns ?? []).map(columnOf), rows: [...raw], affected: raw.count ?? 0 }
}

function numbered(text: string): string {
  let count = 0
  return text.replaceAll('?', () => `$${(count += 1)}`)
}

function faultOf(error: unknown): DatabaseFault {
  if (error instanceof DatabaseFault) return error
  if (!(error instanceof postgres.PostgresError))
    return new DatabaseFault('lost', codeOf(error), { cause: error })
  const name = error.constraint_name ?? error.column_name
  return new DatabaseFault(postgresqlReason(error.code), error.code, {
    cause: error,
    ...(name !== undefined && { name }),
  })
}
