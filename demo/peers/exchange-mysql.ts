/** The exchange database on MySQL or MariaDB. */
import { setTimeout as delay } from 'node:timers/promises'
import { createConnection, createPool, type PoolConnection, type RowDataPacket } from 'mysql2/promise'
import {
  ddlOf,
  ledgerFigures,
  untakenStatuses,
  type ExchangeLogins,
  type ExchangeStore,
} from './exchange-store.ts'

/** Makes database, tables and users on the server at `url`. */
export async function openMysqlStore(
  url: string,
  database: string,
  { reader, writer }: ExchangeLogins,
): Promise<ExchangeStore> {
  const options = { charset: 'UTF8MB4_UNICODE_CI', supportBigNumbers: true, bigNumberStrings: true }
  const server = await createConnection({ uri: url, ...options, multipleStatements: true })
  await server.query(`create database ${database} character set utf8mb4; use ${database}`)
  await server.query(ddlOf('mysql'))
  for (const { user, password } of [reader, writer])
    await server.query(`create user '${user}'@'%' identified by '${password}'`)
  await server.query(`
    grant select on ${database}.v_case to '${reader.user}'@'%';
    grant select on ${database}.v_order to '${writer.user}'@'%';
    grant select, insert on ${database}.t_case_status to '${writer.user}'@'%';
    grant select, insert on ${database}.t_case_request to '${writer.user}'@'%';
    grant select, insert, update on ${database}.guiyi_ledger to '${writer.user}'@'%'`)
  await server.end()
  const pool = createPool({ uri: url, database, ...options, connectionLimit: 12 })
  // Their program lives by Beijing time, whatever its server does.
  pool.on('connection', (connection) => void connection.query("set time_zone = '+08:00'"))

  async function alone(work: (connection: PoolConnection) => Promise<void>): Promise<void> {
    const connection = await pool.getConnection()
    try {
      await work(connection)
    } finally {
      connection.release()
    }
  }

  async function rowsOf(text: string, values: unknown[] = []): Promise<RowDataPacket[]> {
    const [rows] = await pool.query<RowDataPacket[]>(text, values)
    return rows
  }

  return {
    port: Number(new URL(url).port),
    insert: async (row, holdMs) =>
      alone(async (connection) => {
        await connection.beginTransaction()
        await connection.query('insert into t_case set ?', [row])
        await delay(holdMs)
        await connection.commit()
      }),
    change: async (taskNo, columns) =>
      void (await pool.query("update t_case set ? where task_no = ? and row_type = 'AJ'", [columns, taskNo])),
    statuses: async () =>
      (await rowsOf(untakenStatuses)).map(({ id, notice_no, task_no, node_code, in_ledger }) => ({
        id: String(id),
        notice_no: String(notice_no),
        task_no: String(task_no),
        node_code: String(node_code),
        isInLedger: Number(in_ledger) === 1,
      })),
    take: async (rows) =>
      void (await pool.query('update t_case_status set taken_at = now() where id in (?)', [
        rows.map(({ id }) => id),
      ])),
    lock: async (table, ms) =>
      alone(async (connection) => {
        await connection.query(`lock tables ${table} write`)
        await delay(ms)
        await connection.query('unlock tables')
      }),
    slow: async (ms) => void (await pool.query('update t_pace set seconds = ?', [ms / 1000])),
    killSessions: async () => {
      const found = await rowsOf('select id from information_schema.processlist where user in (?)', [
        [reader.user, writer.user],
      ])
      // Some have ended by themselves since.
      await Promise.allSettled(found.map(({ id }) => pool.query(`kill ${Number(id)}`)))
      return found.length
    },
    ledger: async () => {
      const [row] = await rowsOf(ledgerFigures)
      return { entries: Number(row?.['entries']), unverified: Number(row?.['unverified']) }
    },
    close: async () => pool.end(),
  }
}
