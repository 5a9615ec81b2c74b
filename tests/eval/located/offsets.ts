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
}

/** Links each report to the case of its best pair at or above the setting's offset; figures of that. */
export function linkedAt(
  set: LocatedSet,
  { learning, scores, rows }: Scored & { rows: Int32Array },
  offsets: Offsets,
): Linked {
  const nearest = new Int32Array(set.reports.length).fill(-1)
  const margins = new Float64Array(set.reports.length)
  for (const row of rows) {
    const margin = (scores[row] as number) - (offsets[learning.setting[row] as number] as number)
    const later = learning.b[row] as number
    if (margin < 0 || margin < (margins[later] as number)) continue
    margins[later] = margin
    nearest[later] = learning.a[row] as number
  }
  const cases: number[] = []
  for (const [own, other] of nearest.entries()) cases.push(other === -1 ? own : (cases[other] as number))
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
  samePlace: [900, 1300, 1700, 2100, 2600, 3200, 4000],
  near: [6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 40, 45],
  otherCategory: [20, 60, 120, 200, 300, 400, 520],
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
  const rows = Int32Array.from(scores.keys()).filter(
    (row) => (scores[row] as number) >= (least[learning.setting[row] as number] as number),
  )
  const best: (Linked | undefined)[] = bounds.map(() => undefined)
  const grid = places.flatMap((one) =>
    near.flatMap((two) => others.map((three): Offsets => [one, two, three])),
  )
  for (const offsets of grid) {
    const found = linkedAt(set, { ...scored, rows }, offsets)
    bounds.forEach(({ falseMerges, joined }, index) => {
      if (found.falseMerges > falseMerges || found.joined > joined) return
      const known = best[index]
      if (known === undefined || worthOf(found) > worthOf(known)) best[index] = found
    })
  }
  return best
}
