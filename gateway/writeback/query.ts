import { withDeadline, type Database, type Sql, type Tx } from '../store/client.ts'

type Parameter = string | number | boolean | null | readonly string[] | readonly number[]

const deadlineMs = 15_000

/** Runs one named statement, prepared once per connection. */
export async function query<Row extends object>(
  on: Sql | Tx,
  statement: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  const rows = await on.unsafe(statement, parameters as never, { prepare: true })
  return [...rows] as unknown as Row[]
}

/** The same outside a transaction, with our own deadline. */
export function queryOnce<Row extends object>(
  db: Database,
  statement: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  return withDeadline(query<Row>(db.sql, statement, parameters), deadlineMs, 'writeback')
}
