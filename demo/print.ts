import { join } from 'node:path'
import type { Cast } from './cast.ts'
import type { Whereabouts } from './partners/partner.ts'
import type { Reconciliation } from './reconcile.ts'
import { byPlatform, tableOf } from './table.ts'

export interface DemoResult extends Reconciliation {
  /** Kill points that were passed, or how a gateway died otherwise. */
  readonly deaths: readonly string[]
  readonly killPointsLeft: readonly string[]
  readonly durationS: number
  readonly folder: string
}

/** What came out: the table, the sentence, the differences. */
export function printResult(result: DemoResult): void {
  const { even, lost, doubled, told, differences, deaths, killPointsLeft, durationS, folder } = result
  const toldShares = `told of acceptance ${percent(told.accepted)}, of the result ${percent(told.result)}`
  console.log(tableOf(result))
  console.log(
    `\n${even ? 'Even' : 'NOT EVEN'}: ${lost} lost, ${doubled} doubled; ${toldShares}. ${durationS} s.`,
  )
  for (const difference of differences) console.log(`  ${difference}`)
  if (deaths.length > 0) console.log(`  Gateways killed: ${deaths.join(', ')}`)
  if (killPointsLeft.length > 0)
    console.log(`  Never passed, so not killed there: ${killPointsLeft.join(', ')}`)
  if (!even) console.log(`  Ledgers, journals and logs: ${folder}`)
}

/** The last line of `--json`. */
export function printJson(result: DemoResult): void {
  const { even, lost, doubled, told, differences, deaths, durationS } = result
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
  const lines = [
    [
      'gateway',
      cast.gateways
        .addresses()
        .map((address) => `${address}  (API: ${address}/docs)`)
        .join('  '),
    ],
    ['API key', `${cast.key}  (dispatch, admin)`],
    ...cast.partners.map(({ name, at }) => [name, whereOf(at)]),
    ['look inside', `psql "$(GUIYI_VAR=${join(result.folder, 'gateway')} ./guiyi db url)"`],
  ]
  console.log('\nAll of it stays up until Ctrl-C.')
  for (const [name = '', what] of lines) console.log(`  ${name.padEnd(18)} ${what}`)
}

function whereOf({ address, ports }: Whereabouts): string {
  return [address, ...Object.entries(ports).map(([name, port]) => `${name} 127.0.0.1:${port}`)]
    .join('  ')
    .trim()
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`
}
