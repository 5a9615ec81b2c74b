/** The page's measured part. What explains it is written by hand around the markers. */
import type { Figures } from './figures.ts'
import { asMarkdown, ratioTable, speedTable, stepsTable } from './print.ts'

/** The page with each `<!-- measured: NAME -->` part made of the figures. Throws where a marker is missing. */
export function pageWith(page: string, figures: Figures): string {
  const parts: { readonly [name: string]: string } = {
    run: runOf(figures),
    speed: asMarkdown(speedTable(figures)),
    ratios: asMarkdown(ratioTable(figures)),
    memory: memoryOf(figures),
    steps: asMarkdown(stepsTable(figures.steps)),
  }
  return Object.entries(parts).reduce((text, [name, part]) => {
    const marker = new RegExp(`(<!-- measured: ${name} -->\n)[\\s\\S]*?(<!-- /measured -->)`)
    if (!marker.test(text))
      throw new Error(`The page has no part "<!-- measured: ${name} -->" … "<!-- /measured -->".`)
    return text.replace(marker, (_, begin: string, end: string) => `${begin}\n${part}\n\n${end}`)
  }, page)
}

function runOf({ measuredOn, machine, orderBytes, rounds }: Figures): string {
  return `${measuredOn}, ${machine.cores} cores, Node ${machine.node}, PostgreSQL ${machine.postgres}, ${rounds.length} rounds, payloads of ${orderBytes} bytes.`
}

function memoryOf({ memory }: Figures): string {
  if (memory === null) return 'Not measured in this run.'
  return `Over ${memory.reports} reports the gateway's resident memory was ${memory.firstQuarterMb.toFixed(0)} MB on average in the first quarter and ${memory.lastQuarterMb.toFixed(0)} MB in the last; in the second half it changed by ${memory.slopeMbPer10k.toFixed(1)} MB per 10,000 reports. At the end: ${(memory.samplesMb.at(-1) ?? 0).toFixed(0)} MB.`
}
