/** How fast a running linker works off what waits, and how long one report waits at a given rate. */
import { setTimeout as delay } from 'node:timers/promises'
import { cpuUsOf, serverCpuUs } from '../intake/processes.ts'
import type { BenchHouse, Linker } from './house.ts'
import { insertReports, type SeedRow } from './rows.ts'

const storedAtOnce = 1000
const longestDrainMs = 600_000

export interface Drained {
  readonly perS: number
  /** Milliseconds of CPU per report. */
  readonly nodeMs: number
  readonly postgresMs: number
}

/** Stores unlinked reports in one commit and looks how long it takes until each has its case. */
export async function drain(house: BenchHouse, linker: Linker, rows: readonly SeedRow[]): Promise<Drained> {
  const { sql } = house
  await sql.begin(async (tx) => {
    for (let from = 0; from < rows.length; from += storedAtOnce)
      await insertReports(tx, rows.slice(from, from + storedAtOnce))
  })
  const nodeUs = cpuUsOf(linker.pid)
  const postgresUs = serverCpuUs(house.postmaster)
  const startedAt = performance.now()
  await sql.notify('guiyi_stage', 'bench linking')
  for (;;) {
    const [waiting] = await sql`select 1 from reports where case_id is null and linked_at is null limit 1`
    if (waiting === undefined) break
    if (performance.now() - startedAt > longestDrainMs)
      throw new Error('The reports were not linked in ten minutes. The log of the linker above says why.')
    await delay(10)
  }
  const ms = performance.now() - startedAt
  const perReport = (us: number) => us / 1000 / rows.length
  return {
    perS: (rows.length / ms) * 1000,
    nodeMs: perReport(cpuUsOf(linker.pid) - nodeUs),
    postgresMs: perReport(serverCpuUs(house.postmaster) - postgresUs),
  }
}

const tickMs = 20
const lookEveryMs = 10

/**
 * Stores reports at an even rate, a few in each commit as intake does, each commit waking the linker; milliseconds from that
 * commit until the report is seen with its case, ascending.
 */
export async function lagsAt(
  house: BenchHouse,
  rows: readonly SeedRow[],
  ratePerS: number,
): Promise<number[]> {
  const { sql } = house
  const waiting = new Map<string, number>()
  const lags: number[] = []
  let sent = 0
  const watch = async () => {
    while (lags.length < rows.length) {
      const ids = [...waiting.keys()]
      const linked =
        ids.length === 0
          ? []
          : await sql<
              { id: string }[]
            >`select id from reports where id = any(${ids}::uuid[]) and case_id is not null`
      const now = performance.now()
      for (const { id } of linked) {
        lags.push(now - (waiting.get(id) ?? now))
        waiting.delete(id)
      }
      await delay(lookEveryMs)
    }
  }
  const watching = watch()
  const startedAt = performance.now()
  while (sent < rows.length) {
    const due = Math.min(rows.length, Math.ceil(((performance.now() - startedAt) * ratePerS) / 1000))
    const now = new Date()
    const batch = rows.slice(sent, due).map((row) => ({ ...row, received_at: now }))
    sent = Math.max(sent, due)
    if (batch.length > 0) {
      await insertReports(sql, batch)
      const storedAt = performance.now()
      for (const { id } of batch) waiting.set(id, storedAt)
      await sql.notify('guiyi_stage', 'bench linking')
    }
    await delay(tickMs)
  }
  await watching
  return lags.toSorted((a, b) => a - b)
}
