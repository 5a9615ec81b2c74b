/**
 * Puts the partners' own ledgers beside what the gateway says. Even means: every report that was sent is there once, every
 * record ended where its sender was told, every case is closed, and every source was told of acceptance and result, once.
 */
import { codesOf, platforms, type DistrictChannel } from './district.ts'
import type { ChannelCounts, Counts, ListedReport } from './gateway-admin.ts'
import type { LedgerLine, ToldLine } from './peers/ledger.ts'

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

export interface Reconciliation {
  readonly channels: readonly ChannelFigures[]
  /** Distinct cases by platform, and of `all`: one case has sources in several channels. */
  readonly cases: Readonly<Record<string, number>>
  readonly even: boolean
  readonly lost: number
  readonly doubled: number
  /** Shares of all sources. */
  readonly told: { readonly accepted: number; readonly result: number }
  /** In words, the first of each kind. */
  readonly differences: readonly string[]
}

export interface Evidence {
  readonly channels: readonly DistrictChannel[]
  readonly ledgers: ReadonlyMap<string, readonly LedgerLine[]>
  readonly listed: ReadonlyMap<string, readonly ListedReport[]>
  readonly counts: Counts
}

interface Sources {
  readonly sent: ReadonlySet<string>
  readonly accepted: number
  readonly result: number
  readonly lost: number
  readonly doubled: number
}

/** Collects what does not fit, at most a few of each kind by name. */
class Differences {
  readonly found = new Map<string, string[]>()

  add(kind: string, what: string): void {
    this.found.set(kind, [...(this.found.get(kind) ?? []), what])
  }

  inWords(): string[] {
    const shown = 5
    return [...this.found].map(([kind, all]) => `${all.length} × ${kind}: ${all.slice(0, shown).join(', ')}${all.length > shown ? ' …' : ''}`)
  }
}

export function reconcile(evidence: Evidence): Reconciliation {
  const differences = new Differences()
  const redone = casesRedone(evidence)
  const parts = evidence.channels.map((channel) => {
    const lines = evidence.ledgers.get(channel.channel) ?? []
    const listed = evidence.listed.get(channel.channel) ?? []
    checkEnds(channel, lines, differences)
    return { sources: checkSources(channel, { lines, listed, redone, differences }), figures: figuresOf(channel, lines, evidence.counts.channels) }
  })
  for (const { figures } of parts) checkCounts(figures, evidence, differences)
  for (const [state, count] of Object.entries(evidence.counts.cases)) if (state !== 'closed') differences.add('case not closed', `${count} ${state}`)
  const all = parts.map(({ sources }) => sources)
  const sum = (value: (sources: Sources) => number) => all.reduce((total, sources) => total + value(sources), 0)
  const many = Math.max(1, sum(({ sent }) => sent.size))
  const words = differences.inWords()
  return {
    channels: parts.map(({ figures }) => figures),
    cases: casesOf(evidence),
    even: words.length === 0,
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    told: { accepted: share(sum(({ accepted }) => accepted), many), result: share(sum(({ result }) => result), many) },
    differences: words,
  }
}

function casesOf({ channels, listed }: Evidence): Record<string, number> {
  const numbers = channels.flatMap((channel) => (listed.get(channel.channel) ?? []).flatMap((report) => (report.case === null ? [] : [[platforms[channel.kind] as string, report.case] as const])))
  const distinct = (of: readonly (readonly [string, string])[]) => new Set(of.map(([, number]) => number)).size
  const byPlatform = [...Map.groupBy(numbers, ([platform]) => platform)].map(([platform, of]) => [platform, distinct(of)] as const)
  return { ...Object.fromEntries(byPlatform), all: distinct(numbers) }
}

/** 1 only where it is all of them. */
function share(part: number, whole: number): number {
  return part === whole ? 1 : Math.min(0.9999, Math.round((part / whole) * 10_000) / 10_000)
}

/** How often a case was to be done again: its sources are told of a result once more each time. */
function casesRedone({ channels, ledgers, listed }: Evidence): Map<string, number> {
  const redone = new Map<string, number>()
  for (const { channel } of channels) {
    const caseOf = new Map(listed.get(channel)?.map((report) => [report.externalId, report.case]))
    for (const line of ledgers.get(channel) ?? []) {
      const number = line.kind === 'sent' && line.item.endsWith('/redo') ? caseOf.get(line.externalId) : undefined
      if (number !== undefined && number !== null) redone.set(number, (redone.get(number) ?? 0) + 1)
    }
  }
  return redone
}

const rightEnds: Readonly<Record<string, readonly string[]>> = {
  report: ['report', 'repeat'],
  change: ['version', 'repeat'],
  repeat: ['repeat', 'report', 'version'],
  message: ['message', 'repeat'],
  broken: ['quarantined', 'repeat'],
  test: ['filtered', 'repeat'],
}

/** Each pushed item was acknowledged, and ended where such an item belongs; `repeat` where the answer to a first try was lost. */
function checkEnds({ channel, kind }: DistrictChannel, lines: readonly LedgerLine[], differences: Differences): void {
  const ends = new Map(lines.flatMap((line) => (line.kind === 'acknowledged' ? [[line.item, line.end] as const] : [])))
  for (const line of lines) {
    if (line.kind === 'refused') differences.add('item refused', `${channel} ${line.item} (${line.status} ${line.code})`)
    if (line.kind !== 'sent') continue
    const end = ends.get(line.item)
    const isPolled = kind === 'forum' && line.what === 'report'
    if (end === undefined) {
      if (!isPolled) differences.add('item not acknowledged', `${channel} ${line.item}`)
    } else if (!rightEnds[line.what]?.includes(end)) differences.add('item in the wrong place', `${channel} ${line.item}: ${line.what} ended as ${end}`)
  }
}

function checkSources(
  channel: DistrictChannel,
  { lines, listed, redone, differences }: { lines: readonly LedgerLine[]; listed: readonly ListedReport[]; redone: ReadonlyMap<string, number>; differences: Differences },
): Sources {
  const sent = new Set(lines.flatMap((line) => (line.kind === 'sent' && line.what === 'report' ? [line.externalId] : [])))
  const reports = new Map(listed.map((report) => [report.externalId, report]))
  const told = Map.groupBy(
    lines.filter((line) => line.kind === 'told'),
    ({ externalId }) => externalId,
  )
  const tally = { sent, accepted: 0, result: 0, lost: 0, doubled: listed.length - reports.size }
  if (tally.doubled > 0) differences.add('report twice', channel.channel)
  for (const externalId of reports.keys()) if (!sent.has(externalId)) differences.add('report that nobody sent', `${channel.channel} ${externalId}`)
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
  return tally
}

/** What one source heard. Being refused or answered at once is being told of both. */
function hearing(channel: DistrictChannel, told: readonly ToldLine[], redone: number): { isAccepted: boolean; hasResult: boolean; doubled: string[] } {
  const codes = codesOf(channel)
  const effective = told.filter(({ effect }) => effect)
  const accepted = effective.filter(({ code }) => codes.accepted.has(code))
  const results = effective.filter(({ code }) => codes.result.has(code))
  const sameKey = [...Map.groupBy(effective, ({ code, key }) => `${code} ${key}`)].flatMap(([what, times]) => (times.length > 1 ? [what] : []))
  const doubled = [
    ...sameKey,
    ...(sameKey.length === 0 && accepted.length > 1 ? [`acceptance × ${accepted.length}`] : []),
    ...(sameKey.length === 0 && results.length > 1 + redone ? [`result × ${results.length}`] : []),
  ]
  return { isAccepted: accepted.length > 0 || results.length > 0, hasResult: results.length > 0, doubled }
}

function figuresOf(channel: DistrictChannel, lines: readonly LedgerLine[], counts: readonly ChannelCounts[]): ChannelFigures {
  const found = counts.find((one) => one.channel === channel.channel)
  const ends = found?.records ?? {}
  const end = (name: string) => ends[name] ?? 0
  return {
    channel: channel.channel,
    name: channel.name,
    platform: platforms[channel.kind],
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

/** One record made each report, and no more records ended as a report than there are. */
function checkCounts({ channel, reports }: ChannelFigures, { counts }: Evidence, differences: Differences): void {
  const made = counts.channels.find((one) => one.channel === channel)?.records['report'] ?? 0
  if (made !== reports) differences.add('counts that do not add up', `${channel}: ${made} records made ${reports} reports`)
}
