/**
 * Puts the partners' own ledgers beside what the gateway says. Even means: every report that was sent is there once, every
 * record ended where its sender was told, every case is closed, every source was told of acceptance and result, once, and
 * every case that was handed over was worked.
 */
import { Differences } from './differences.ts'
import type { Evidence } from './evidence.ts'
import { casesOf, checkCounts, checkFetched, figuresOf, type ChannelFigures } from './figures.ts'
import { checkHandled } from './handlers.ts'
import type { Partner } from './partners/partner.ts'
import type { LedgerLine } from './peers/ledger.ts'
import { checkSources, type Sources } from './sources.ts'

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

export function reconcile(evidence: Evidence): Reconciliation {
  const differences = new Differences()
  const redone = casesRedone(evidence)
  const parts = evidence.channels.map((channel) => {
    const lines = evidence.ledgers.get(channel.channel) ?? []
    const listed = evidence.listed.get(channel.channel) ?? []
    checkEnds(channel, lines, differences)
    checkFetched(channel, { lines, counts: evidence.counts, differences })
    checkHandled(channel, lines, differences)
    return {
      sources: checkSources(channel, { lines, listed, redone, differences }),
      figures: figuresOf(channel, lines, evidence.counts.channels),
    }
  })
  for (const { figures } of parts) checkCounts(figures, evidence, differences)
  for (const [state, count] of Object.entries(evidence.counts.cases))
    if (state !== 'closed') differences.add('case not closed', `${count} ${state}`)
  const all = parts.map(({ sources }) => sources)
  const sum = (value: (sources: Sources) => number) =>
    all.reduce((total, sources) => total + value(sources), 0)
  const many = Math.max(
    1,
    sum(({ sent }) => sent.size),
  )
  const words = differences.inWords()
  return {
    channels: parts.map(({ figures }) => figures),
    cases: casesOf(evidence),
    even: words.length === 0,
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    told: {
      accepted: share(
        sum(({ accepted }) => accepted),
        many,
      ),
      result: share(
        sum(({ result }) => result),
        many,
      ),
    },
    differences: words,
  }
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
      const number =
        line.kind === 'sent' && line.item.endsWith('/redo') ? caseOf.get(line.externalId) : undefined
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
function checkEnds(
  { channel, fetched }: Partner,
  lines: readonly LedgerLine[],
  differences: Differences,
): void {
  const ends = new Map(
    lines.flatMap((line) => (line.kind === 'acknowledged' ? [[line.item, line.end] as const] : [])),
  )
  for (const line of lines) {
    if (line.kind === 'refused')
      differences.add('item refused', `${channel} ${line.item} (${line.status} ${line.code})`)
    if (line.kind !== 'sent') continue
    const end = ends.get(line.item)
    if (end === undefined) {
      if (!fetched.has(line.what)) differences.add('item not acknowledged', `${channel} ${line.item}`)
    } else if (!rightEnds[line.what]?.includes(end))
      differences.add('item in the wrong place', `${channel} ${line.item}: ${line.what} ended as ${end}`)
  }
}
