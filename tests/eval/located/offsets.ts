/** From what score on each setting links: as many duplicates as can be had at so many false merges and so much joined. */
import { settings } from '../../../gateway/linking/located/model.ts'
import type { LearningPairs } from './learn.ts'
import type { LocatedSet } from './located-set.ts'

/** By setting, natural logarithms of odds. */
export type Offsets = readonly [number, number, number]

export interface Linked {
  readonly offsets: Offsets
  readonly recall: number
  readonly crossChannel: number
  readonly crossType: number
  readonly falseMerges: number
  readonly joined: number
}

export interface Bounds {
  readonly falseMerges: number
  readonly joined: number
}

export interface Scored {
  readonly learning: LearningPairs
  readonly scores: Float64Array
  /** By so much may a report of a case speak against one near by. Natural logarithm. */
  readonly weakest: number
}

/** By later report, the range of its pairs. */
function rangesOf({ b }: LearningPairs): Map<number, readonly [number, number]> {
  const ranges = new Map<number, readonly [number, number]>()
  for (const [row, later] of b.entries()) ranges.set(later, [ranges.get(later)?.[0] ?? row, row + 1])
  return ranges
}

type Ranges = ReadonlyMap<number, readonly [number, number]>

/** Links each of the later reports given to the case of its best pair at or above the setting's offset, as the linker does; figures of that. */
function linkedAt(
  set: LocatedSet,
  { learning, scores, ranges, weakest }: Scored & { ranges: Ranges },
  offsets: Offsets,
): Linked {
  const cases = Array.from(set.reports.keys())
  const settingAt = (row: number) => learning.setting[row] as number
  const marginAt = (row: number) => (scores[row] as number) - (offsets[settingAt(row)] as number)
  const caseAt = (row: number) => cases[learning.a[row] as number] as number
  for (const [later, [from, to]] of ranges) {
    const best = new Map<number, number>()
    const least = new Map<number, number>()
    for (let row = from; row < to; row++) {
      const [id, margin] = [caseAt(row), marginAt(row)]
      const known = best.get(id)
      if (known === undefined || margin > marginAt(known)) best.set(id, row)
      least.set(id, Math.min(margin, least.get(id) ?? margin))
    }
    const open = [...best.values()].filter(
      (row) =>
        marginAt(row) >= 0 &&
        (settings[settingAt(row)] !== 'near' || (least.get(caseAt(row)) as number) >= -weakest),
    )
    const [first, ...others] = open
    if (first === undefined) continue
    cases[later] = caseAt(
      others.reduce((one, other) => (marginAt(other) > marginAt(one) ? other : one), first),
    )
  }
  return { offsets, ...figuresOf(set, cases) }
}

function figuresOf({ pairs }: LocatedSet, cases: readonly number[]): Omit<Linked, 'offsets'> {
  type Pair = LocatedSet['pairs'][number]
  const share = (take: (pair: Pair) => boolean) => {
    const of = pairs.filter(take)
    return of.length === 0 ? 0 : of.filter(({ a, b }) => cases[a] === cases[b]).length / of.length
  }
  return {
    recall: share(({ dup }) => dup),
    crossChannel: share(({ dup, crossChannel }) => dup && crossChannel),
    crossType: share(({ dup, crossType }) => dup && crossType),
    falseMerges: share(({ dup }) => !dup),
    joined: cases.filter((id, own) => id !== own).length / cases.length,
  }
}

const worthOf = ({ recall, crossChannel, crossType }: Linked) => recall + crossChannel + 0.1 * crossType

/** So many pairs of one place, judged negatives near by, and pairs of other categories may reach an offset. */
const counts = {
  samePlace: [1100, 1300, 1500, 1700, 1900, 2100, 2350, 2600],
  near: [9, 15, 20, 25, 30, 35, 40, 45, 50, 56, 63, 72],
  otherCategory: [60, 120, 180, 240, 300, 400, 520],
}

/** The best for each of the bounds, of a grid. */
export function bestOffsets(
  set: LocatedSet,
  scored: Scored,
  bounds: readonly Bounds[],
): (Linked | undefined)[] {
  const { learning, scores } = scored
  const [places, near, others] = settings.map((name, setting) => {
    const counted = scores
      .filter((_, row) =>
        name === 'near' ? learning.negative[row] === 1 : learning.setting[row] === setting,
      )
      .toSorted()
    return counts[name].flatMap((count) => counted.at(-count - 1) ?? [])
  }) as [number[], number[], number[]]
  const least = [Math.min(...places), Math.min(...near), Math.min(...others)]
  const mayLink = (row: number) =>
    (scores[row] as number) >= (least[learning.setting[row] as number] as number)
  const laters = new Set(
    scores
      .keys()
      .filter(mayLink)
      .map((row) => learning.b[row] as number),
  )
  const ranges = new Map([...rangesOf(learning)].filter(([later]) => laters.has(later)))
  const best: (Linked | undefined)[] = bounds.map(() => undefined)
  const grid = places.flatMap((one) =>
    near.flatMap((two) => others.map((three): Offsets => [one, two, three])),
  )
  for (const offsets of grid) {
    const found = linkedAt(set, { ...scored, ranges }, offsets)
    bounds.forEach(({ falseMerges, joined }, index) => {
      if (found.falseMerges > falseMerges || found.joined > joined) return
      const known = best[index]
      if (known === undefined || worthOf(found) > worthOf(known)) best[index] = found
    })
  }
  return best
}
