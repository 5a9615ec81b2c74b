/** A partner's exchange database on the test server: a database of its own, one user who reads and one who writes. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import { inject } from 'vitest'
import type { DatabaseSettings } from '../../adapters/database/settings.ts'

export interface ExchangeDatabase {
  /** The partner's own connection, who may do everything. */
  readonly sql: postgres.Sql
  readonly name: string
  readonly reader: Login
  readonly writer: Login
  /** Where it is and who asks; nothing of what is asked. */
  settings(login: Login): Connection
  drop(): Promise<void>
}

export interface Login {
  readonly user: string
  readonly password: string
}

type Connection = Pick<DatabaseSettings, 'kind' | 'host' | 'port' | 'database' | 'user' | 'password' | 'tls'>

/** The ledger as the adapter's README tells a partner to make it. */
export function ledgerDdl(kind: 'PostgreSQL' | 'MySQL and MariaDB'): string {
  const readme = readFileSync(new URL('../../adapters/database/README.md', import.meta.url), 'utf8')
  const found = new RegExp(`^${kind}\\b[^\\n]*:\\n\\n\`\`\`sql\\n(.*?)\`\`\``, 'ms').exec(readme)?.[1]
  if (found === undefined) throw new Error(`adapters/database/README.md shows no ledger for ${kind}.`)
  return found
}

/** Makes the database with these tables (DDL). The users may log in and have no rights yet. Outside of a test its server is named. */
export async function createExchangeDatabase(
  ddl: string,
  url: string = inject('testServer').url,
): Promise<ExchangeDatabase> {
  const suffix = randomBytes(6).toString('hex')
  const name = `exchange_${suffix}`
  const login = (role: string): Login => ({
    user: `${role}_${suffix}`,
    password: randomBytes(12).toString('hex'),
  })
  const [reader, writer] = [login('reader'), login('writer')]
  const server = postgres(url, { max: 1, onnotice: () => {} })
  for (const { user, password } of [reader, writer])
    await server.unsafe(`create role ${user} login password '${password}'`)
  await server.unsafe(`create database ${name} template template0 encoding 'UTF8'`)
  const address = new URL(url)
  address.pathname = `/${name}`
  const sql = postgres(address.href, { max: 2, onnotice: () => {} })
  await sql.unsafe(ddl)
  return {
    sql,
    name,
    reader,
    writer,
    settings: ({ user, password }) => ({
      kind: 'postgresql',
      host: '127.0.0.1',
      port: Number(address.port === '' ? 5432 : address.port),
      database: name,
      user,
      password,
      tls: { mode: 'off' },
    }),
    drop: async () => {
      await sql.end({ timeout: 1 })
      await server.unsafe(`drop database if exists ${name} with (force)`)
      for (const { user } of [reader, writer]) await server.unsafe(`drop role if exists ${user}`)
      await server.end()
    },
  }
}
