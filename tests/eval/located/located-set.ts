/** The 311 set as located reports, with the pairs that city staff wrote down. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import type { Features } from '../../../gateway/linking/types.ts'
import { linkingSets, readJsonLines, slugOf } from '../linking/entries.ts'

export interface GoldPair {
  /** Positions in `reports`, the earlier one first. */
  readonly a: number
  readonly b: number
  readonly dup: boolean
  readonly crossChannel: boolean
  readonly crossType: boolean
}

export interface LocatedSet {
  /** Oldest first. */
  readonly reports: readonly Features[]
  readonly pairs: readonly GoldPair[]
  /** Of each report, the first one of those that staff took for one matter. */
  readonly cluster: readonly number[]
  /** The set's own group of each category code. */
  readonly groups: { readonly [category: string]: string }
  readonly entries: readonly string[]
}

/** The code by which the evaluation names a type of request, as the trained parameters know it. */
export const categoryCode = slugOf

/** Reads DIR/boston311. Throws DataError where a file is missing. */
export function readLocatedSet(data: string): LocatedSet {
  const entries = linkingSets['311']?.entries(data) ?? []
  const reports = entries.map(({ id, channel, at, record }) => featuresOf(id, { channel, at, record }))
  const places = new Map(entries.map(({ id }, index) => [id, index]))
  const pairs = readJsonLines<{
    a: string
    b: string
    dup: 0 | 1
    cross_channel: boolean
    cross_type: boolean
  }>(join(data, 'boston311/pairs.jsonl')).flatMap((pair) => {
    const [a, b] = [places.get(pair.a), places.get(pair.b)]
    if (a === undefined || b === undefined) return []
    const dup = pair.dup === 1
    return [
      {
        a: Math.min(a, b),
        b: Math.max(a, b),
        dup,
        crossChannel: pair.cross_channel,
        crossType: pair.cross_type,
      },
    ]
  })
  return {
    reports,
    pairs,
    cluster: clustersOf(reports.length, pairs),
    groups: groupsOf(data),
    entries: [...new Set(entries.map(({ channel }) => channel))].toSorted(),
  }
}

/** What comparing located reports reads of features, and no more. */
function featuresOf(
  id: string,
  { channel, at, record }: { channel: string; at: Date; record: object },
): Features {
  const { category, location } = record as {
    category: string
    location: { address?: string; point?: { x: string; y: string } }
  }
  const report = {
    id,
    channelId: `eval-${channel}`,
    category,
    submittedAt: at,
    personKeys: [],
    location: {
      ...(location.address !== undefined && { address: location.address }),
      ...(location.point && {
        point: { longitude: Number(location.point.x), latitude: Number(location.point.y) },
      }),
    },
  }
  return { report, submittedAtMs: at.getTime() } as unknown as Features
}

function clustersOf(count: number, pairs: readonly GoldPair[]): number[] {
  const first = Array.from({ length: count }, (_, index) => index)
  const find = (index: number): number => {
    let at = index
    while (first[at] !== at) at = first[at] as number
    return at
  }
  for (const { a, b, dup } of pairs) {
    if (!dup) continue
    const [x, y] = [find(a), find(b)]
    first[Math.max(x, y)] = Math.min(x, y)
  }
  return first.map((_, index) => find(index))
}

function groupsOf(data: string): { [category: string]: string } {
  const rows: { type: string; reason: string }[] = parse(
    gunzipSync(readFileSync(join(data, 'boston311/requests.csv.gz'))),
    { columns: true, skip_empty_lines: true, relax_quotes: true },
  )
  const groups = new Map(rows.map(({ type, reason }) => [categoryCode(type), slugOf(reason)]))
  return Object.fromEntries([...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
