/** The bureaus' exchange databases: one database, a schema for each channel, as a bureau would set it up. */
import type postgres from 'postgres'
import { digitalUrbanDdl } from '../digital-urban.ts'
import { createExchangeDatabase, ledgerDdl } from '../exchange-database.ts'
import { schemaOf, exchangeChannels } from './urban.ts'

export interface Exchange {
  readonly sql: postgres.Sql
  readonly place: { port: number; database: string; user: string; password: string }
  drop(): Promise<void>
}

const schemas = Array.from({ length: exchangeChannels }, (_, index) =>
  schemaOf(`digital-urban-${String(index + 1).padStart(2, '0')}`),
)

/** Bureaus have columns of their own: here the class in one. */
const ownColumn = 'alter table t_case add column lbdm varchar(60);'

/** On the server at `url`, of which it needs a superuser. */
export async function createExchange(url: string): Promise<Exchange> {
  const ddl = schemas
    .map(
      (schema) =>
        `create schema ${schema}; set local search_path = ${schema}; ${digitalUrbanDdl} ${ownColumn} ${ledgerDdl('PostgreSQL')};`,
    )
    .join('\n')
  const database = await createExchangeDatabase(ddl, url)
  const { user } = database.writer
  for (const schema of schemas)
    await database.sql.unsafe(
      `grant usage on schema ${schema} to ${user}; grant select, insert, update on all tables in schema ${schema} to ${user};
       grant usage on all sequences in schema ${schema} to ${user}`,
    )
  const { port = 5432, database: name } = database.settings(database.writer)
  return {
    sql: database.sql,
    place: { port, database: name, user, password: database.writer.password },
    drop: () => database.drop(),
  }
}
