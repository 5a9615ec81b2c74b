import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let sql: postgres.Sql

beforeAll(async () => {
  database = await createTestDatabase()
  sql = postgres(database.url, { max: 1 })
})

afterAll(async () => {
  await sql.end()
  await database.drop()
})

test('the oldest PostgreSQL we promise to run on takes every migration', async () => {
  const [server] = await sql<
    { major: number }[]
  >`select current_setting('server_version_num')::int / 10000 as major`
  const [tables] = await sql<
    { n: number }[]
  >`select count(*)::int as n from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`

  expect(server?.major).toBe(15)
  expect(tables?.n).toBeGreaterThan(5)
})
