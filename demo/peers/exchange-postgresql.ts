/** The exchange database on PostgreSQL. */
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import {
  ddlOf,
  ledgerFigures,
  untakenStatuses,
  type ExchangeLogins,
  type ExchangeStore,
  type StatusRow,
} from './exchange-store.ts'

type Row = Record<string, string>

/** Makes database, tables and users on the server at `url`. */
export async function openPostgresqlStore(
  url: string,
  database: string,
  { reader, writer }: ExchangeLogins,
): Promise<ExchangeStore> {
  const server = postgres(url, { max: 1, onnotice: () => undefined })
  await server.unsafe(`create database ${database} template template0 encoding 'UTF8'`)
  await server.end()
  const address = new URL(url)
  address.pathname = `/${database}`
  const sql = postgres(address.href, {
    max: 12,
    onnotice: () => undefined,
    // Their program lives by Beijing time, whatever its server does.
    connection: { TimeZone: 'Asia/Shanghai' },
    // A time without zone goes as it is written.
    types: { written: { to: 1114, from: [1114], serialize: String, parse: String } },
  })
  await sql.unsafe(ddlOf('postgresql'))
  for (const { user, password } of [reader, writer])
    await sql.unsafe(`create role ${user} login password '${password}'`)
  await sql.unsafe(`
    grant select on v_case to ${reader.user};
    grant select on v_order to ${writer.user};
    grant select, insert on t_case_status, t_case_request to ${writer.user};
    grant select, insert, update on guiyi_ledger to ${writer.user}`)
  return {
    port: Number(address.port),
    insert: async (row, holdMs) => {
      await sql.begin(async (transaction) => {
        await transaction`insert into t_case ${transaction(row as Row)}`
        await delay(holdMs)
      })
    },
    change: async (taskNo, columns) => {
      await sql`
        update t_case set row_time = localtimestamp, ${sql(columns as Row)} where task_no = ${taskNo} and row_type = 'AJ'`
    },
    statuses: async () => {
      const rows =
        await sql.unsafe<(Omit<StatusRow, 'isInLedger'> & { in_ledger: boolean })[]>(untakenStatuses)
      return rows.map(({ in_ledger: isInLedger, ...row }) => ({ ...row, isInLedger }))
    },
    take: async (rows) => {
      await sql`update t_case_status set taken_at = now() where id in ${sql(rows.map(({ id }) => id))}`
    },
    lock: async (table, ms) => {
      await sql.begin(async (transaction) => {
        await transaction.unsafe(`lock table ${table} in access exclusive mode`)
        await delay(ms)
      })
    },
    slow: async (ms) => void (await sql`update t_pace set seconds = ${ms / 1000}`),
    killSessions: async () => {
      const rows = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity where usename in ${sql([reader.user, writer.user])}`
      return rows.length
    },
    ledger: async () => {
      const [row] = await sql.unsafe<{ entries: string; unverified: string }[]>(ledgerFigures)
      return { entries: Number(row?.entries), unverified: Number(row?.unverified) }
    },
    close: async () => sql.end({ timeout: 1 }),
  }
}
