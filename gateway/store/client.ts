import postgres from 'postgres'

export type Sql = postgres.Sql
export type Tx = postgres.TransactionSql

/**
 * One pool on one PostgreSQL. Ask it for `sql` each time: the watchdog replaces a dead pool. Drizzle holds tables and
 * migrations but never this pool: its driver would turn off the pool's own reading and writing of dates.
 */
export interface Database {
  readonly sql: Sql
  /** Runs `work` in one transaction, or fails after `deadlineMs`: postgres.js alone waits for ever on a half-open connection. */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: { deadlineMs?: number }): Promise<T>
  /** One statement that commits by itself, with the same deadline. */
  once<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /** False while the last ping failed. */
  healthy(): boolean
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  readonly maxConnections?: number
  readonly statementTimeoutMs?: number
  readonly pingEveryMs?: number
  readonly onRebuild?: (cause: unknown) => void
}

const defaultDeadlineMs = 20_000

/** Rejects after `deadlineMs`; the abandoned query ends by the server's own statement_timeout. */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new Error(
            `The database did not answer within ${deadlineMs} ms (${what}). Look whether it is reachable.`,
          ),
        ),
      deadlineMs,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Opens a pool. Nothing is sent before the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000
  const open = (): Sql =>
    postgres(options.url, {
      max: options.maxConnections ?? 12,
      connect_timeout: 10,
      idle_timeout: 60,
      max_lifetime: 3600,
      onnotice: () => undefined,
      // The newest few rows under a key are read in the index's order. The planner, who knows only the average key, would
      // rather fetch and sort every row of a common one.
      connection: {
        enable_bitmapscan: 'off',
        application_name: 'guiyi',
        statement_timeout: statementTimeoutMs,
        idle_in_transaction_session_timeout: 30_000,
      },
      transform: { undefined: null },
    })
  let sql = open()
  let ok = true
  let failures = 0
  const ping = async () => {
    const pinged = sql
    try {
      await withDeadline(Promise.resolve(pinged`select 1`), 5_000, 'ping')
      ok = true
      failures = 0
    } catch (cause) {
      ok = false
      failures += 1
      if (failures < 2 || pinged !== sql) return
      sql = open()
      failures = 0
      options.onRebuild?.(cause)
      await pinged.end({ timeout: 0 }).catch(() => undefined)
    }
  }
  const watchdog = setInterval(() => void ping(), options.pingEveryMs ?? 5_000)
  watchdog.unref()
  return {
    get sql() {
      return sql
    },
    transaction: async (work, { deadlineMs = defaultDeadlineMs } = {}) => {
      const result = await withDeadline(
        sql.begin((tx) => work(tx)) as Promise<unknown>,
        deadlineMs,
        'transaction',
      )
      return result as Awaited<ReturnType<typeof work>>
    },
    once: async (work) => await withDeadline(work(sql), defaultDeadlineMs, 'statement'),
    healthy: () => ok,
    close: async () => {
      clearInterval(watchdog)
      await sql.end({ timeout: 5 })
    },
  }
}
