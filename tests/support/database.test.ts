import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createTestDatabase } from './database.ts'

test('databases cloned side by side are migrated and do not see each other', async () => {
  const databases = await Promise.all(Array.from({ length: 4 }, () => createTestDatabase()))
  const [first, second] = databases

  const seen = await Promise.all([
    onDatabase(first?.url, 'create table only_here ()'),
    onDatabase(second?.url, "select to_regclass('only_here') as found"),
  ])
  const tables = await onDatabase(
    second?.url,
    "select count(*)::int as n from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')",
  )

  expect(seen[1]).toEqual([{ found: null }])
  expect(tables[0]?.['n']).toBeGreaterThan(5)
  await Promise.all(databases.map((database) => database.drop()))
})

async function onDatabase(url = '', text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1 })
  try {
    return [...(await sql.unsafe(text))]
  } finally {
    await sql.end()
  }
}
