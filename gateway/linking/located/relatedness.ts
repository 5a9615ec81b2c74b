/** How related categories are, in bits: learned from judged pairs, or without any judgement from what is reported side by side. */
import { metresBetween } from '../reading/distance.ts'

/** Bits by pair of category codes, as `pairOf` names it. */
export interface Relatedness {
  readonly [pair: string]: number
}

/** One name for both orders. */
export function pairOf(a: string, b: string): string {
  return a <= b ? `${a}|${b}` : `${b}|${a}`
}

export interface JudgedPair {
  readonly a: string
  readonly b: string
  readonly same: boolean
}

/**
 * Log2 odds that reports of two categories are one matter, against the odds of all pairs given. A pair of categories with few judged pairs is drawn to zero:
 * `strength` counts as so many pairs at the common odds.
 */
export function relatednessFromPairs(pairs: readonly JudgedPair[], strength = 8): Relatedness {
  const share = pairs.filter(({ same }) => same).length / Math.max(1, pairs.length)
  if (share === 0 || share === 1) return {}
  const counts = new Map<string, { same: number; all: number }>()
  for (const { a, b, same } of pairs) {
    const count = counts.get(pairOf(a, b)) ?? { same: 0, all: 0 }
    counts.set(pairOf(a, b), { same: count.same + (same ? 1 : 0), all: count.all + 1 })
  }
  const common = Math.log2(share / (1 - share))
  return sorted(
    [...counts].map(([pair, { same, all }]) => {
      const odds = (same + strength * share) / (all - same + strength * (1 - share))
      return [pair, Math.log2(odds) - common]
    }),
  )
}

export interface PlacedReport {
  readonly category: string
  readonly latitude: number
  readonly longitude: number
  readonly atMs: number
}

export interface Nearness {
  readonly metres: number
  readonly hours: number
  /** Counts as so many neighbours as chance brings. */
  readonly strength: number
}

const usualNearness: Nearness = { metres: 100, hours: 72, strength: 5 }
const metresPerDegree = 111_195
const hourMs = 3_600_000

/**
 * Log2 of how much more often reports of two different categories lie near each other in place and time than chance would bring together reports that have
 * neighbours of another category at all. Without labels, and cheap: reports are compared within cells of the given size only.
 */
export function relatednessFromNeighbours(
  reports: readonly PlacedReport[],
  nearness: Partial<Nearness> = {},
): Relatedness {
  const { metres, hours, strength } = { ...usualNearness, ...nearness }
  const met = new Map<string, number>()
  const ends = new Map<string, number>()
  let all = 0
  eachNeighbours(reports, { metres, hours }, (a, b) => {
    if (a.category === b.category) return
    const pair = pairOf(a.category, b.category)
    met.set(pair, (met.get(pair) ?? 0) + 1)
    for (const { category } of [a, b]) ends.set(category, (ends.get(category) ?? 0) + 1)
    all++
  })
  const among = [...ends.values()].reduce((sum, count) => sum + (count / (2 * all)) ** 2, 0)
  const bits: [string, number][] = []
  for (const [a, ofA] of ends)
    for (const [b, ofB] of ends) {
      if (a >= b) continue
      const byChance = (all * 2 * (ofA / (2 * all)) * (ofB / (2 * all))) / Math.max(1e-9, 1 - among)
      bits.push([pairOf(a, b), Math.log2(((met.get(pairOf(a, b)) ?? 0) + strength) / (byChance + strength))])
    }
  return sorted(bits)
}

/** Groups of categories that hang together by at least so many bits, named by their first code; where a scheme of categories has no groups of its own. */
export function groupsOfRelated(related: Relatedness, leastBits = 2): { [category: string]: string } {
  const first = new Map<string, string>()
  const rootOf = (code: string): string => {
    const parent = first.get(code) ?? code
    return parent === code ? code : rootOf(parent)
  }
  for (const [pair, bits] of Object.entries(related)) {
    const [a, b] = pair.split('|').map(rootOf) as [string, string]
    if (bits < leastBits || a === b) continue
    first.set(a < b ? b : a, a < b ? a : b)
    first.set(a < b ? a : b, a < b ? a : b)
  }
  return Object.fromEntries([...first.keys()].toSorted().map((code) => [code, rootOf(code)]))
}

/** Each pair of reports within reach, once. */
function eachNeighbours(
  reports: readonly PlacedReport[],
  { metres, hours }: { metres: number; hours: number },
  each: (a: PlacedReport, b: PlacedReport) => void,
): void {
  const cells = new Map<string, PlacedReport[]>()
  for (const report of reports) {
    const row = Math.floor((report.latitude * metresPerDegree) / metres)
    const column = Math.floor((report.longitude * eastOf(row, metres)) / metres)
    for (const near of around(report, metres))
      for (const other of cells.get(near) ?? [])
        if (Math.abs(report.atMs - other.atMs) <= hours * hourMs && metresBetween(report, other) <= metres)
          each(report, other)
    const cell = `${row}/${column}`
    const list = cells.get(cell)
    if (list === undefined) cells.set(cell, [report])
    else list.push(report)
  }
}

/** Metres per degree of longitude: one value for a row of cells. */
function eastOf(row: number, metres: number): number {
  return metresPerDegree * Math.cos((((row + 0.5) * metres) / metresPerDegree) * (Math.PI / 180))
}

/** Cells that hold whatever lies within reach: three in its own row and in those above and below. */
function around({ latitude, longitude }: PlacedReport, metres: number): string[] {
  const own = Math.floor((latitude * metresPerDegree) / metres)
  return [own - 1, own, own + 1].flatMap((row) => {
    const column = Math.floor((longitude * eastOf(row, metres)) / metres)
    return [column - 1, column, column + 1].map((near) => `${row}/${near}`)
  })
}

function sorted(bits: readonly (readonly [string, number])[]): Relatedness {
  return Object.fromEntries(bits.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
