/** What a partner's ledger says of each source it sent, beside what the gateway lists. */
import type { Differences } from './differences.ts'
import type { ListedReport } from './gateway-admin.ts'
import type { Partner } from './partners/partner.ts'
import type { LedgerLine, ToldLine } from './peers/ledger.ts'

export interface Sources {
  readonly sent: ReadonlySet<string>
  readonly accepted: number
  readonly result: number
  readonly lost: number
  readonly doubled: number
}

export function checkSources(
  channel: Partner,
  {
    lines,
    listed,
    redone,
    differences,
  }: {
    lines: readonly LedgerLine[]
    listed: readonly ListedReport[]
    redone: ReadonlyMap<string, number>
    differences: Differences
  },
): Sources {
  const sent = new Set(
    lines.flatMap((line) => (line.kind === 'sent' && line.what === 'report' ? [line.externalId] : [])),
  )
  const reports = new Map(listed.map((report) => [report.externalId, report]))
  const told = Map.groupBy(
    lines.filter((line) => line.kind === 'told'),
    ({ externalId }) => externalId,
  )
  const tally = { sent, accepted: 0, result: 0, lost: 0, doubled: listed.length - reports.size }
  if (tally.doubled > 0) differences.add('report twice', channel.channel)
  for (const externalId of reports.keys())
    if (!sent.has(externalId)) differences.add('report that nobody sent', `${channel.channel} ${externalId}`)
  for (const externalId of sent) {
    const name = `${channel.channel} ${externalId}`
    const report = reports.get(externalId)
    if (report === undefined) {
      tally.lost += 1
      differences.add('report lost', name)
    } else if (report.case === null) differences.add('report without a case', name)
    const heard = hearing(channel, told.get(externalId) ?? [], redone.get(report?.case ?? '') ?? 0)
    if (heard.isAccepted) tally.accepted += 1
    else differences.add('source not told of acceptance', name)
    if (heard.hasResult) tally.result += 1
    else differences.add('source not told of the result', name)
    tally.doubled += heard.doubled.length
    for (const what of heard.doubled) differences.add('source told twice', `${name} ${what}`)
  }
  for (const [number, calls] of told) {
    const twice = sent.has(number) ? [] : repeatsOf(calls)
    tally.doubled += twice.length
    for (const what of twice) differences.add('handler told twice', `${channel.channel} ${number} ${what}`)
  }
  return tally
}

/** What one source heard. Being refused or answered at once is being told of both. */
function hearing(
  channel: Partner,
  told: readonly ToldLine[],
  redone: number,
): { isAccepted: boolean; hasResult: boolean; doubled: string[] } {
  const { codes } = channel
  const effective = told.filter(({ effect }) => effect)
  const accepted = effective.filter(({ code }) => codes.accepted.has(code))
  const results = effective.filter(({ code }) => codes.result.has(code))
  const sameKey = repeatsOf(told)
  const doubled = [
    ...sameKey,
    ...(sameKey.length === 0 && accepted.length > 1 ? [`acceptance × ${accepted.length}`] : []),
    ...(sameKey.length === 0 && results.length > 1 + redone ? [`result × ${results.length}`] : []),
  ]
  return { isAccepted: accepted.length > 0 || results.length > 0, hasResult: results.length > 0, doubled }
}

/** What was said under one key more than once in effect. */
function repeatsOf(told: readonly ToldLine[]): string[] {
  const effective = told.filter(({ effect }) => effect)
  return [...Map.groupBy(effective, ({ code, key }) => `${code} ${key}`)].flatMap(([what, times]) =>
    times.length > 1 ? [what] : [],
  )
}
