/** What linking costs, as the measured part of a page. */
import { availableParallelism } from 'node:os'
import type { Drained } from './measure.ts'

export interface Figures {
  readonly sizes: readonly (Drained & { readonly stored: number })[]
  readonly lag: {
    readonly ratePerS: number
    readonly p50Ms: number
    readonly p95Ms: number
    readonly maxMs: number
  }
  readonly burst: { readonly perS: number; readonly reports: number; readonly cases: number }
  readonly storedKeys: number
}

const marker = /(<!-- measured: link -->\n)[\s\S]*?(<!-- \/measured -->)/

/** The page with its part `<!-- measured: link -->` made of the figures. Throws where the marker is missing. */
export function pageWithLinking(page: string, figures: Figures): string {
  if (!marker.test(page))
    throw new Error('The page has no part "<!-- measured: link -->" … "<!-- /measured -->".')
  return page.replace(marker, (_, begin: string, end: string) => `${begin}\n${partOf(figures)}\n\n${end}`)
}

function partOf({ sizes, lag, burst, storedKeys }: Figures): string {
  const rows = sizes.map(
    ({ stored, perS, nodeMs, postgresMs }) =>
      `| ${stored.toLocaleString('en')} | ${perS.toFixed(0)} | ${nodeMs.toFixed(2)} | ${postgresMs.toFixed(2)} |`,
  )
  return [
    `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.version}, ${(storedKeys / 1e6).toFixed(1)} million keys at the end.`,
    '',
    '| reports stored | linked reports/s | node CPU ms per report | PostgreSQL CPU ms per report |',
    '| ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    `At ${lag.ratePerS} reports/s, from a report's commit until its case is seen: p50 ${lag.p50Ms.toFixed(0)} ms, p95 ${lag.p95Ms.toFixed(0)} ms, longest ${lag.maxMs.toFixed(0)} ms. A burst of ${burst.reports.toLocaleString('en')} reports on one matter: ${burst.perS.toFixed(0)} reports/s, ${burst.cases} cases.`,
  ].join('\n')
}
