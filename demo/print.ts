import { join } from 'node:path'
import type { Cast } from './cast.ts'
import type { DemoOptions } from './options.ts'
import type { Reconciliation } from './reconcile.ts'
import { byPlatform, tableOf } from './table.ts'

export interface DemoResult extends Reconciliation {
  /** Kill points that were passed, or how a gateway died otherwise. */
  readonly deaths: readonly string[]
  readonly killPointsLeft: readonly string[]
  readonly durationS: number
  readonly folder: string
}

/** What came out: the table, the sentence, the differences; the object where asked for. */
export function printResult(result: DemoResult, options: DemoOptions): void {
  const { even, lost, doubled, told, differences, deaths, durationS, folder } = result
  if (!options.keep) console.log(tableOf(result))
  console.log(
    `\n${even ? 'Even' : 'NOT EVEN'}: ${lost} lost, ${doubled} doubled; told of acceptance ${percent(told.accepted)}, of the result ${percent(told.result)}. ${durationS} s${deaths.length > 0 ? `, gateways killed: ${deaths.join(', ')}` : ''}.`,
  )
  for (const difference of differences) console.log(`  ${difference}`)
  if (!even) console.log(`  Ledgers, journals and logs: ${folder}`)
  if (options.json)
    console.log(
      JSON.stringify({
        platforms: byPlatform(result),
        even,
        lost,
        doubled,
        told,
        differences,
        deaths,
        durationS,
      }),
    )
}

/** Where everything is that `--keep` leaves up. */
export function printAddresses(cast: Cast, result: DemoResult): void {
  console.log(tableOf(result))
  console.log(
    `\nAll of it stays up until Ctrl-C.\n  gateway          ${cast.gateways.addresses().join('  ')}`,
  )
  for (const { name, address } of cast.partners) console.log(`  ${name.padEnd(16)} ${address}`)
  console.log(`  look inside      GUIYI_VAR=${join(result.folder, 'gateway')} ./guiyi db url\n`)
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`
}
