import type { Differences } from './differences.ts'
import type { Partner } from './partners/partner.ts'
import type { LedgerLine } from './peers/ledger.ts'

/** Each case that was handed over to a partner's unit was worked there to its end, or taken back. */
export function checkHandled(
  { channel, codes: { given, takenBack } }: Partner,
  lines: readonly LedgerLine[],
  differences: Differences,
): void {
  const items = new Set(lines.flatMap((line) => (line.kind === 'sent' ? [line.item] : [])))
  const toldOne = (codes: ReadonlySet<string> | undefined): Set<string> =>
    new Set(
      lines.flatMap((line) =>
        line.kind === 'told' && codes?.has(line.code) === true ? [line.externalId] : [],
      ),
    )
  const back = toldOne(takenBack)
  for (const number of toldOne(given))
    if (!items.has(`${number}/done`) && !back.has(number))
      differences.add('case handed over, but not worked', `${channel} ${number}`)
}
