/** The figures as rows: for the terminal and, as Markdown, for the page. */
import { aims, cpuUs, type Figures, type Ratios } from './figures.ts'
import type { Steps } from './steps.ts'

type Table = readonly (readonly string[])[]

const whole = (value: number) => value.toFixed(0)
const one = (value: number) => value.toFixed(1)
const two = (value: number) => value.toFixed(2)

export function speedTable({ limit, handwritten, gateway, handwrittenAt1, gatewayAt1 }: Figures): Table {
  const row = (name: string, way: Figures['gateway']) => [
    name,
    whole(way.perS),
    whole(way.nodeUs),
    whole(way.postgresUs),
    whole(cpuUs(way)),
    one(way.p50Ms),
    one(way.p99Ms),
  ]
  return [
    ['', 'reports/s', 'node µs', 'PostgreSQL µs', 'CPU µs', 'p50 ms', 'p99 ms'],
    ['batches of bare rows, 2 connections', whole(limit.perS), '', whole(limit.postgresUs), '', '', ''],
    row('written by hand, 64 connections', handwritten),
    row('gateway, 64 connections', gateway),
    row('written by hand, 1 connection', handwrittenAt1),
    row('gateway, 1 connection', gatewayAt1),
  ]
}

export function ratioTable({ ratios, rounds }: Figures): Table {
  const row = (name: keyof Ratios, words: string, read: (round: Figures['rounds'][number]) => number) => {
    const all = rounds.map(read)
    return [
      words,
      two(ratios[name]),
      `${two(Math.min(...all))} – ${two(Math.max(...all))}`,
      `${name === 'cpu' ? '≤' : '≥'} ${aims[name]}`,
    ]
  }
  return [
    ['gateway against', 'median', 'rounds', 'aim'],
    row(
      'handwritten',
      'written by hand, reports/s, 64 connections',
      (round) => round.gateway.perS / round.handwritten.perS,
    ),
    row(
      'handwritten_at_1',
      'written by hand, reports/s, 1 connection',
      (round) => round.gatewayAt1.perS / round.handwrittenAt1.perS,
    ),
    row('cpu', 'written by hand, CPU per report', (round) => cpuUs(round.gateway) / cpuUs(round.handwritten)),
    row('limit', 'batches of bare rows, reports/s', (round) => round.gateway.perS / round.limit.perS),
  ]
}

export function stepsTable(steps: Steps): Table {
  return [
    ['step', 'µs per report'],
    ['check the signature', one(steps.signatureUs)],
    ['decode: charset, bounds, JSON', one(steps.decodeUs)],
    ['map', one(steps.mappingUs)],
    ['validate', one(steps.validationUs)],
    ['the rest of preparing: canonical text, hashes, ids, personal data', one(steps.contentUs)],
    ['encrypt the payload', one(steps.sealPayloadUs)],
    ['encrypt the report', one(steps.sealReportUs)],
    ['write, 100 in one transaction: in node', one(steps.commit100.nodeUs)],
    ['write, 100 in one transaction: in PostgreSQL', one(steps.commit100.postgresUs)],
    ['write, 100 in one transaction: on the clock', one(steps.commit100.wallUs)],
    ['write, one in a transaction: in node', one(steps.commit1.nodeUs)],
    ['write, one in a transaction: in PostgreSQL', one(steps.commit1.postgresUs)],
    ['write, one in a transaction: on the clock', one(steps.commit1.wallUs)],
  ]
}

/** Aligned columns, the first to the left. */
export function asText(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  )
  return table
    .map((row) =>
      row
        .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

export function asMarkdown([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}
