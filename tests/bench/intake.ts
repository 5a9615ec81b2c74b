/**
 * Intake at speed: the gateway against a service written by hand and against the machine's own limit, interleaved.
 *
 *   npm run bench intake -- [--rounds 5] [--seconds 5] [--rss-reports 100000] [--json FILE] [--draw FILE.svg] [--page FILE.md]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { createEnvelope } from '../../gateway/store/envelope.ts'
import { drawing } from './intake/draw.ts'
import { mediansOf, type Figures } from './intake/figures.ts'
import { measureMemory } from './intake/memory.ts'
import { orderOf } from './intake/orders.ts'
import { pageWith } from './intake/page.ts'
import { asText, ratioTable, speedTable, stepsTable } from './intake/print.ts'
import { measureRounds, startSender } from './intake/rounds.ts'
import { compareKept } from './intake/same-work.ts'
import { gatewayEnvironment, startGateway, startHandwritten, startServer } from './intake/services.ts'
import { measureSteps } from './intake/steps.ts'

const help = `How fast reports are taken in, against a service written by hand and against bare batches of rows.

  npm run bench intake -- [options]

  --rounds N         interleaved rounds; medians are told (5)
  --seconds S        length of each measurement (5)
  --rss-reports N    reports over which the gateway's memory is watched; 0 leaves it out (100000)
  --json FILE        keep every figure
  --from FILE        measure nothing: take the figures of an earlier --json
  --draw FILE        draw the figures as SVG (docs/intake-speed.svg)
  --page FILE        put the tables between the markers of a page (docs/speed.md)

The last line is JSON: reports/s of the gateway as a ratio to the hand-written service's with 64 connections and with one,
CPU per report as a ratio to its, reports/s as a ratio to bare batches, and the gateway's resident megabytes at the end.
Linux only: CPU and memory are read from /proc.`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    'rss-reports': { type: 'string', default: '100000' },
    json: { type: 'string' },
    from: { type: 'string' },
    draw: { type: 'string' },
    page: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const say = (line: string) => console.error(line)

async function measure(): Promise<Figures> {
  const rounds = Number(values.rounds)
  const seconds = Number(values.seconds)
  const server = await startServer()
  const stops = [() => server.stop()]
  try {
    const [limitUrl, handUrl, gatewayUrl, stepsUrl] = [
      await server.createDatabase('limit_rows'),
      await server.createDatabase('handwritten'),
      await server.createDatabase('gateway'),
      await server.createDatabase('steps'),
    ]
    const sender = startSender(server)
    stops.push(async () => sender.stop())
    const handwritten = await startHandwritten(server, handUrl)
    stops.push(() => handwritten.stop())
    const gateway = await startGateway(server, gatewayUrl)
    stops.push(() => gateway.stop())
    for (const service of [handwritten, gateway])
      await sender.measure(service, { connections: 1, seconds: 10, requests: 1, from: 0 })
    const masterKey = Buffer.from(gatewayEnvironment(server.folder)['GUIYI_MASTER_KEY'] ?? '', 'base64')
    await compareKept([handUrl, gatewayUrl], orderOf(0).number, createEnvelope(masterKey))
    say('both services keep the same of an order; warming up')
    // Long enough that the rows for the batches are there as well.
    for (const service of [handwritten, gateway])
      await sender.measure(service, { connections: 64, seconds: 60, requests: 4_000 * seconds })
    for (const service of [handwritten, gateway])
      await sender.measure(service, { connections: 1, seconds: 2 })
    const measured = await measureRounds({
      server,
      sender,
      gateway,
      handwritten,
      limitUrl,
      rowsUrl: gatewayUrl,
      rounds,
      seconds,
      say,
    })
    const reports = Number(values['rss-reports'])
    const memory = reports === 0 ? null : await measureMemory({ server, sender, gateway, reports, say })
    await gateway.stop()
    await handwritten.stop()
    return {
      measuredOn: new Date().toISOString().slice(0, 10),
      machine: { cores: availableParallelism(), node: process.version, postgres: await versionOf(stepsUrl) },
      orderBytes: Buffer.byteLength(orderOf(1).body),
      rounds: measured,
      ...mediansOf(measured),
      memory,
      steps: await measureSteps(server, stepsUrl),
    }
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

async function versionOf(url: string): Promise<string> {
  const sql = postgres(url, { max: 1 })
  const [row] = await sql<{ server_version: string }[]>`show server_version`
  await sql.end()
  return row?.server_version ?? ''
}

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  if (process.platform !== 'linux') throw new Error('This bench reads /proc: it runs on Linux only.')
  const figures =
    values.from === undefined ? await measure() : (JSON.parse(readFileSync(values.from, 'utf8')) as Figures)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)
  if (values.draw !== undefined) writeFileSync(values.draw, drawing(figures))
  if (values.page !== undefined)
    writeFileSync(values.page, pageWith(readFileSync(values.page, 'utf8'), figures))
  for (const table of [speedTable(figures), ratioTable(figures), stepsTable(figures.steps)])
    say(`\n${asText(table)}`)
  const { memory, ratios } = figures
  if (memory !== null)
    say(
      `\nresident over ${memory.reports} reports: first quarter ${memory.firstQuarterMb.toFixed(0)} MB, last ${memory.lastQuarterMb.toFixed(0)} MB, ${memory.slopeMbPer10k.toFixed(1)} MB per 10,000 reports in the second half; ${memory.perS.toFixed(0)} reports/s`,
    )
  const two = (value: number) => Math.round(value * 100) / 100
  console.log(
    JSON.stringify({
      handwritten: two(ratios.handwritten),
      handwritten_at_1: two(ratios.handwritten_at_1),
      cpu: two(ratios.cpu),
      limit: two(ratios.limit),
      rss_mb: memory === null ? null : Math.round(memory.samplesMb.at(-1) ?? 0),
    }),
  )
}

await main()
