/** The figures of the table: the gateway's counts, and what the partners' ledgers say. */
import type { Differences } from './differences.ts'
import type { Evidence } from './evidence.ts'
import type { ChannelCounts, Counts } from './gateway-admin.ts'
import type { Partner } from './partners/partner.ts'
import type { LedgerLine } from './peers/ledger.ts'

export interface ChannelFigures {
  readonly channel: string
  readonly name: string
  readonly platform: string
  /** Items the partner's ledger says it sent, each once however often it was repeated. */
  readonly sent: number
  readonly receipts: number
  readonly records: number
  readonly reports: number
  readonly versions: number
  readonly messages: number
  readonly repeats: number
  readonly filtered: number
  readonly quarantined: number
  readonly cases: number
  /** Statuses and replies that took effect, by the partner's ledger. */
  readonly told: number
}

export function figuresOf(
  channel: Partner,
  lines: readonly LedgerLine[],
  counts: readonly ChannelCounts[],
): ChannelFigures {
  const found = counts.find((one) => one.channel === channel.channel)
  const ends = found?.records ?? {}
  const end = (name: string) => ends[name] ?? 0
  return {
    channel: channel.channel,
    name: channel.name,
    platform: channel.platform,
    sent: lines.filter(({ kind }) => kind === 'sent').length,
    receipts: found?.receipts ?? 0,
    records: Object.values(ends).reduce((sum, count) => sum + count, 0),
    reports: found?.reports ?? 0,
    versions: end('version'),
    messages: end('message'),
    repeats: end('repeat'),
    filtered: end('filtered'),
    quarantined: end('quarantined'),
    cases: found?.cases ?? 0,
    told: lines.filter((line) => line.kind === 'told' && line.effect).length,
  }
}

const fetchedEnds = {
  change: 'version',
  repeat: 'repeat',
  message: 'message',
  broken: 'quarantined',
  test: 'filtered',
} as const

/**
 * What nobody acknowledged, because the gateway came for it: as many ended where they belong as the partner wrote. A row
 * that makes nothing (a repeat, unusable, a test) is seen again whenever its page is read again.
 */
export function checkFetched(
  { channel, fetched }: Partner,
  { lines, counts, differences }: { lines: readonly LedgerLine[]; counts: Counts; differences: Differences },
): void {
  const ends = counts.channels.find((one) => one.channel === channel)?.records ?? {}
  for (const [what, end] of Object.entries(fetchedEnds)) {
    if (!fetched.has(what as keyof typeof fetchedEnds)) continue
    const written = lines.filter((line) => line.kind === 'sent' && line.what === what).length
    const found = ends[end] ?? 0
    const isRight = what === 'change' || what === 'message' ? found === written : found >= written
    if (!isRight)
      differences.add('items not fetched once each', `${channel}: ${found} ${end} of ${written} ${what}`)
  }
}

/** One record made each report, and no more records ended as a report than there are. */
export function checkCounts(
  { channel, reports }: ChannelFigures,
  { counts }: Evidence,
  differences: Differences,
): void {
  const made = counts.channels.find((one) => one.channel === channel)?.records['report'] ?? 0
  if (made !== reports)
    differences.add('counts that do not add up', `${channel}: ${made} records made ${reports} reports`)
}

/** Distinct cases by platform, and of `all`. */
export function casesOf({ channels, listed }: Evidence): Record<string, number> {
  const numbers = channels.flatMap((channel) =>
    (listed.get(channel.channel) ?? []).flatMap((report) =>
      report.case === null ? [] : [[channel.platform, report.case] as const],
    ),
  )
  const distinct = (of: readonly (readonly [string, string])[]) =>
    new Set(of.map(([, number]) => number)).size
  const byPlatform = [...Map.groupBy(numbers, ([platform]) => platform)].map(
    ([platform, of]) => [platform, distinct(of)] as const,
  )
  return { ...Object.fromEntries(byPlatform), all: distinct(numbers) }
}
