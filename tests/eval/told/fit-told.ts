/** Fits the weights of told reports to labelled pairs: logistic regression on the levels, then a scale on which the two thresholds hold. */
import { compare } from '../../../gateway/linking/compare.ts'
import shipped from '../../../gateway/linking/model/told.json' with { type: 'json' }
import type { ScoringTable } from '../../../gateway/linking/model/scoring-table.ts'
import type { Features } from '../../../gateway/linking/types.ts'
import { toldFields } from '../../../gateway/linking/told/compare-told.ts'
import { fitLogistic } from './logistic.ts'
import type { Found } from './stream.ts'

export interface Gold {
  clusters: readonly { cluster: number; users: number; ids: readonly number[] }[]
  pairs: readonly { a: number; b: number; dup: 0 | 1 | null; kind: string }[]
}

export interface LabelledPair {
  ids: readonly [number, number]
  levels: ReadonlyMap<string, string>
  same: boolean
  weight: number
  clusters: readonly [number, number]
  isNegative: boolean
}

/** Unlabelled pairs may be one matter; read ones are sure. */
const weightOf = { unlabelled: 0.5, negative: 2, otherCluster: 1 } as const

/** Pairs that keys find, and all pairs within a cluster one of which they find. Pairs that a gate closes teach nothing. */
export function labelledPairs(reports: readonly Features[], found: Found, gold: Gold): LabelledPair[] {
  const clusterOf = new Map(
    gold.clusters.flatMap((cluster) => cluster.ids.map((id) => [id, cluster] as const)),
  )
  const indexOf = new Map(reports.map(({ report }, index) => [Number(report.id), index]))
  const negatives = new Set(
    gold.pairs.filter(({ dup }) => dup === 0).flatMap(({ a, b }) => [`${a},${b}`, `${b},${a}`]),
  )
  return reports.flatMap((features, index) => {
    const repeats = [...(found[index] ?? [])].filter(([, kinds]) => kinds.includes('person')).length
    const mine = clusterOf.get(Number(features.report.id))
    const others = new Set(found[index]?.keys())
    if (mine !== undefined && [...others].some((other) => clusterOf.get(idOf(reports, other)) === mine))
      for (const id of mine.ids) if ((indexOf.get(id) ?? index) < index) others.add(indexOf.get(id) as number)
    return [...others].flatMap((other): LabelledPair[] => {
      const theirs = clusterOf.get(idOf(reports, other))
      const { parts, gate, sameReference } = compare(features, reports[other] as Features, { repeats })
      const levels = new Map(parts.map(({ field, level }) => [field as string, level]))
      if (gate !== 'open' || sameReference || !levels.has('topic')) return []
      const ids = [Number(features.report.id), idOf(reports, other)] as const
      const same = mine !== undefined && mine === theirs
      const isNegative = negatives.has(ids.join(','))
      const labelled = mine !== undefined && theirs !== undefined
      const weight = same
        ? Math.min(1, 2 / mine.ids.length)
        : isNegative
          ? weightOf.negative
          : labelled
            ? weightOf.otherCluster
            : weightOf.unlabelled
      return [{ ids, levels, same, weight, clusters: [mine?.cluster ?? 0, theirs?.cluster ?? 0], isNegative }]
    })
  })
}

function idOf(reports: readonly Features[], index: number): number {
  return Number(reports[index]?.report.id)
}

export interface Cuts {
  /** Natural log odds from which to link, and from which to ask. */
  link: number
  review: number
}

/** The table whose thresholds lie at the cuts. Hand-set fields stay as they are shipped. `without` leaves a field out. */
export function fitTold(pairs: readonly LabelledPair[], cuts: Cuts, without = ''): ScoringTable {
  const fields = toldFields.filter((field) => field !== without)
  const columns = new Map<string, number>()
  const neighbours: [number, number][] = []
  for (const field of fields)
    Object.keys(shipped.weights[field]).forEach((level, index) => {
      columns.set(`${field}.${level}`, columns.size)
      if (field in shipped.bounds && index > 0) neighbours.push([columns.size - 2, columns.size - 1])
    })
  const { intercept, weights } = fitLogistic(
    pairs.map(({ levels, same, weight }) => ({
      columns: fields.flatMap((field) => columns.get(`${field}.${levels.get(field)}`) ?? []),
      same,
      weight,
    })),
    { columns: columns.size, ridge: 2, smoothing: 6, neighbours },
  )
  const bitsAt = (share: number) => Math.log2(share / (1 - share))
  const { link, review } = shipped.thresholds
  const scale = (bitsAt(link) - bitsAt(review)) / (cuts.link - cuts.review)
  const offset = bitsAt(link) - scale * (cuts.link - intercept) - shipped.prior
  const bits = (field: string, level: string) =>
    Math.round(
      100 *
        (scale * (weights[columns.get(`${field}.${level}`) ?? -1] ?? 0) + (field === 'topic' ? offset : 0)),
    ) / 100
  return {
    ...shipped,
    weights: Object.fromEntries(
      Object.entries(shipped.weights).map(([field, levels]) => [
        field,
        (toldFields as readonly string[]).includes(field)
          ? Object.fromEntries(Object.keys(levels).map((level) => [level, bits(field, level)]))
          : levels,
      ]),
    ),
  }
}
