/** Stores a range of invented reports with the features' real keys, as linking would have left them. */
import { parentPort, workerData } from 'node:worker_threads'
import postgres from 'postgres'
import { linkable } from '../../../gateway/linking/candidates.ts'
import { featuresOf } from '../../../gateway/linking/features.ts'
import { keysOf } from '../../../gateway/linking/keys.ts'
import { insertKeys } from '../../../gateway/linking/link-keys.ts'
import { caseOf, channel, rootOf, rowOf, storedAt } from './reports.ts'
import { insertCasesOf, insertReports } from './rows.ts'

export interface SeedRange {
  readonly url: string
  readonly from: number
  readonly to: number
  /** Reports before it are not stored, so no report belongs to a matter of theirs. */
  readonly first: number
  /** Behind the newest of all, which came just now; the same in all ranges. */
  readonly end: number
}

const chunkReports = 1000
const { url, from, to, first, end } = workerData as SeedRange
const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { synchronous_commit: 'off' } })

for (let start = from; start < to; start += chunkReports) {
  const numbers = Array.from({ length: Math.min(chunkReports, to - start) }, (_, index) => start + index)
  const rows = numbers.map((n) => ({ ...rowOf(n, storedAt(n, end)), case_id: caseOf(n, { first, end }), n }))
  await insertReports(sql, rows)
  await insertCasesOf(
    sql,
    rows.filter(({ n }) => rootOf(n, first) === n),
  )
  await sql.begin((tx) =>
    insertKeys(
      tx,
      rows.map((row) => ({
        report: row,
        caseId: row.case_id,
        keys: keysOf(featuresOf(linkable(row, channel))),
      })),
    ),
  )
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(numbers.length)
}
await sql.end()
