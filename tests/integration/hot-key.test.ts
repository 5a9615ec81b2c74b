/** Keys that have become common are cut off to their newest reports: what matters is still found, at a bounded cost. */
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FeatureCache, linkable, type ReportRow } from '../../gateway/linking/candidates.ts'
import { featuresOf } from '../../gateway/linking/features.ts'
import { findCandidates } from '../../gateway/linking/find-candidates.ts'
import { keysOf, lookupKeysOf } from '../../gateway/linking/keys.ts'
import { insertKeys } from '../../gateway/linking/link-keys.ts'
import { mostReportsOfCase } from '../../gateway/linking/load-cases.ts'
import { burstRowOf, caseOf, channel, storedAt } from '../bench/link/reports.ts'
import { insertCasesOf, insertReports } from '../bench/link/rows.ts'
import { createTestDatabase } from '../support/database.ts'

const hotReports = 5000
const hot = 1
const quiet = 2
const end = 10_000

let database: Awaited<ReturnType<typeof createTestDatabase>>
let sql: postgres.Sql

const featuresOfRow = (row: ReportRow) => featuresOf(linkable(row, channel))
const caseIdOf = (matter: number) => caseOf(matter, { first: matter, end })

/** Reports about a matter, all in its case. */
async function store(matter: number, rows: readonly ReportRow[]): Promise<void> {
  const stored = rows.map((row) => ({ ...row, case_id: caseIdOf(matter) }))
  await insertReports(sql, stored)
  await insertCasesOf(sql, stored.slice(0, 1))
  const keyed = stored.map((row) => ({
    report: row,
    caseId: row.case_id,
    keys: keysOf(featuresOfRow(row)),
  }))
  await sql.begin((tx) => insertKeys(tx, keyed))
}

async function candidatesOf(row: ReportRow) {
  const cache = new FeatureCache()
  const found = await findCandidates(sql, [{ lookup: lookupKeysOf(featuresOfRow(row)) }], {
    cache,
    issuerOf: () => channel,
  })
  return { order: found.casesOf.get(0) ?? [], cases: found.cases }
}

beforeAll(async () => {
  database = await createTestDatabase()
  sql = postgres(database.url, { max: 1, onnotice: () => undefined })
  await store(quiet, [burstRowOf(20, quiet, storedAt(20, end))])
  const hotRows = Array.from({ length: hotReports }, (_, n) =>
    burstRowOf(3000 + n, hot, storedAt(3000 + n, end)),
  )
  await store(hot, hotRows)
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

test('a matter that five thousand reports are about is found first by the next one, and a few of them are compared', async () => {
  const next = burstRowOf(9001, hot, new Date())

  const { order, cases } = await candidatesOf(next)

  expect(order[0]).toBe(caseIdOf(hot))
  expect(cases.get(caseIdOf(hot))?.reports).toHaveLength(mostReportsOfCase)
})

test('an old matter is found by its own words although a hot one fills every key that they share', async () => {
  const again = burstRowOf(9002, quiet, new Date())
  const atTheHotPlace: ReportRow = {
    ...again,
    working: {
      ...again.working,
      text: `${again.working.text}${burstRowOf(9003, hot, new Date()).working.title}`,
    },
  }

  const { order } = await candidatesOf(atTheHotPlace)

  expect(order).toContain(caseIdOf(quiet))
})

test('a case that was joined into another is no candidate', async () => {
  await sql`update cases set merged_into = ${caseIdOf(hot)} where id = ${caseIdOf(quiet)}`

  const { cases } = await candidatesOf(burstRowOf(9004, quiet, new Date()))

  expect([...cases.keys()]).not.toContain(caseIdOf(quiet))
})
