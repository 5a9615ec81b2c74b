/**
 * Linking at speed: time per link as what is stored grows, how long a report waits, and a burst about one matter. The linking
 * stage runs as a process of its own on a real, durable PostgreSQL that is filled with invented reports and their real keys.
 *
 *   npm run bench link -- [--stored 100000,1000000] [--reports 3000] [--rounds 3] [--rate 300] [--seconds 20] [--burst 5000]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startBenchHouse, type BenchHouse, type Linker } from './link/house.ts'
import { drain, lagsAt, type Drained } from './link/measure.ts'
import { pageWithLinking, type Figures } from './link/page.ts'
import { burstRowOf, rowOf } from './link/reports.ts'
import type { SeedRow } from './link/rows.ts'
import { grow } from './link/seed.ts'

const help = `How fast reports find their cases, and whether that depends on how many are stored.

  npm run bench link -- [options]

  --stored N,M     sizes of the database, ascending; growth is the last against the first (100000,1000000)
  --reports N      unlinked reports worked off in each round (3000)
  --rounds N       rounds at each size; medians are told (3)
  --rate N         reports a second while waiting times are measured, at the last size (300)
  --seconds S      for how long (20)
  --burst N        reports about one matter (5000)
  --profile DIR    keep a CPU profile of the linker
  --page FILE      put the table between the markers of a page (docs/speed.md)

The last line is JSON: growth (time per link at the last size as a ratio to the first), rate (reports/s at the last size),
p95_ms (from a report's commit until its case is seen), burst_ratio (reports/s of the burst as a ratio to the rate), cpu_growth
(CPU per report, linker and PostgreSQL together, at the last size as a ratio to the first).
Linux only: CPU is read from /proc.`

const { values } = parseArgs({
  options: {
    stored: { type: 'string', default: '100000,1000000' },
    reports: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '20' },
    burst: { type: 'string', default: '5000' },
    profile: { type: 'string' },
    page: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const say = (line: string) => console.error(line)
const round = (value: number, digits = 2) => Number(value.toFixed(digits))
const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
const median = (numbers: readonly number[]) =>
  quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  )

const sizes = values.stored.split(',').map(Number)
/** Reports from here on are new ones. */
const end = Math.max(...sizes)
let next = end

function newRows(count: number): SeedRow[] {
  const now = new Date()
  const from = next
  next += count
  return Array.from({ length: count }, (_, index) => rowOf(from + index, now))
}

/** Several rounds; the first, in which nothing is in memory yet, does not count. */
async function rates(house: BenchHouse, linker: Linker, stored: number): Promise<Drained> {
  const reports = Number(values.reports)
  await drain(house, linker, newRows(reports))
  const rounds: Drained[] = []
  for (let n = 0; n < Number(values.rounds); n++) rounds.push(await drain(house, linker, newRows(reports)))
  const middle = {
    perS: median(rounds.map(({ perS }) => perS)),
    nodeMs: median(rounds.map(({ nodeMs }) => nodeMs)),
    postgresMs: median(rounds.map(({ postgresMs }) => postgresMs)),
  }
  const all = rounds.map(({ perS }) => Math.round(perS)).join(', ')
  say(
    `${stored} stored: ${Math.round(middle.perS)} reports/s (${all}); CPU a report: node ${round(middle.nodeMs)} ms, PostgreSQL ${round(middle.postgresMs)} ms`,
  )
  return middle
}

async function burst(house: BenchHouse, linker: Linker): Promise<Figures['burst']> {
  const count = Number(values.burst)
  const now = new Date()
  const root = next
  next += count
  const rows = Array.from({ length: count }, (_, index) => burstRowOf(root + index, root, now))
  const { perS, nodeMs, postgresMs } = await drain(house, linker, rows)
  const [found] = await house.sql<{ cases: number; largest: number }[]>`
    with counted as (select case_id, count(*)::int as reports from reports where id = any(${rows.map(({ id }) => id)}::uuid[]) group by case_id)
    select count(*)::int as cases, max(reports) as largest from counted`
  say(
    `a burst of ${count} on one matter: ${Math.round(perS)} reports/s, ${found?.cases} cases, ${found?.largest} reports in the largest; CPU a report: node ${round(nodeMs)} ms, PostgreSQL ${round(postgresMs)} ms`,
  )
  return { perS, reports: count, cases: found?.cases ?? 0 }
}

async function measure(house: BenchHouse): Promise<Figures> {
  const sizesMeasured: Figures['sizes'][number][] = []
  let linker: Linker | undefined
  let first = end
  try {
    for (const stored of sizes) {
      await linker?.stop()
      await grow(house.sql, { url: house.url, from: end - stored, to: first, end }, say)
      first = end - stored
      linker = await house.startLinker()
      sizesMeasured.push({ stored, ...(await rates(house, linker, stored)) })
    }
    if (linker === undefined) throw new Error('No size was given.')
    const ratePerS = Number(values.rate)
    const lags = await lagsAt(house, newRows(ratePerS * Number(values.seconds)), ratePerS)
    const lag = { ratePerS, p50Ms: quantile(lags, 0.5), p95Ms: quantile(lags, 0.95), maxMs: lags.at(-1) ?? 0 }
    say(`at ${ratePerS} reports/s: p50 ${round(lag.p50Ms, 1)} ms, p95 ${round(lag.p95Ms, 1)} ms`)
    const hot = await burst(house, linker)
    const [keys] = await house.sql<
      { n: number }[]
    >`select reltuples::float8 as n from pg_class where relname = 'link_keys'`
    return { sizes: sizesMeasured, lag, burst: hot, storedKeys: keys?.n ?? 0 }
  } finally {
    await linker?.stop()
  }
}

function lastLine({ sizes: [small, ...others], lag, burst: hot, storedKeys }: Figures): object {
  const large = others.at(-1) ?? small
  const rate = large?.perS ?? 0
  return {
    growth: round((small?.perS ?? 0) / rate),
    rate: Math.round(rate),
    p95_ms: round(lag.p95Ms, 1),
    p50_ms: round(lag.p50Ms, 1),
    at_rate: lag.ratePerS,
    burst_ratio: round(hot.perS / rate),
    burst_cases: hot.cases,
    cpu_growth: round(cpuOf(large) / cpuOf(small)),
    node_cpu_ms: round(large?.nodeMs ?? 0),
    postgres_cpu_ms: round(large?.postgresMs ?? 0),
    stored_keys: storedKeys,
  }
}

const cpuOf = (size: Figures['sizes'][number] | undefined) => (size?.nodeMs ?? 0) + (size?.postgresMs ?? 0)

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  const house = await startBenchHouse(values.profile)
  try {
    const figures = await measure(house)
    if (values.page !== undefined)
      writeFileSync(values.page, pageWithLinking(readFileSync(values.page, 'utf8'), figures))
    console.log(JSON.stringify(lastLine(figures)))
  } finally {
    await house.stop()
  }
}

await main()
