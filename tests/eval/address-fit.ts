/** Gradient boosting for a yes-or-no question (Friedman 2001; Newton steps and histograms as in LightGBM): small trees, grown where they gain most. */
import type { PackedTrees } from '../../gateway/linking/reading/address-trees.ts'

export interface FitOptions {
  readonly trees: number
  /** Most leaves of one tree. */
  readonly leaves: number
  /** How much of what a tree says is believed. */
  readonly rate: number
  /** Fewest examples in a leaf. */
  readonly fewest: number
  /** Draws leaves towards 0, in examples of probability one half times four. */
  readonly shrink: number
  /** Shares of measures and of examples that each tree sees. */
  readonly measures: number
  readonly examples: number
}

const mostBins = 48

/** Chance that is the same in every run (mulberry32). */
function chance(): () => number {
  let state = 1
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A measure of all examples, as the bin that each falls in; `cuts[bin]` is the upper end of a bin. */
interface Binned {
  readonly cuts: readonly number[]
  readonly bins: Uint8Array
}

function binned(values: Float32Array): Binned {
  const sorted = values.toSorted()
  const different = [...new Set(sorted)]
  const cuts =
    different.length <= mostBins
      ? different.slice(1).map((value, index) => (value + (different[index] ?? value)) / 2)
      : [...new Set(Array.from({ length: mostBins - 1 }, (_, k) => quantile(sorted, (k + 1) / mostBins)))]
  const short = cuts.map((cut) => Math.fround(Number(cut.toPrecision(5))))
  return { cuts: short, bins: Uint8Array.from(values, (value) => binOf(value, short)) }
}

function quantile(sorted: Float32Array, share: number): number {
  return sorted[Math.floor(share * sorted.length)] ?? 0
}

function binOf(value: number, cuts: readonly number[]): number {
  let low = 0
  let high = cuts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value >= (cuts[middle] ?? Infinity)) low = middle + 1
    else high = middle
  }
  return low
}

/** Sums over the examples of a node: per bin of each measure the slope, the curvature and the count. */
type Histogram = Float64Array

interface Node {
  readonly examples: Int32Array
  readonly slope: number
  readonly curve: number
  histograms: Histogram[]
  split?: Split
  sides?: [Node, Node]
}

interface Split {
  readonly measure: number
  readonly bin: number
  readonly gain: number
}

class TreeGrower {
  private readonly columns: readonly Binned[]
  private readonly options: FitOptions
  readonly slopes: Float64Array
  readonly curves: Float64Array
  private seen: readonly number[] = []

  constructor(columns: readonly Binned[], count: number, options: FitOptions) {
    this.columns = columns
    this.options = options
    this.slopes = new Float64Array(count)
    this.curves = new Float64Array(count)
  }

  grow(examples: Int32Array, seen: readonly number[]): Node {
    this.seen = seen
    const root = this.node(examples)
    root.histograms = this.histograms(examples)
    this.findSplit(root)
    const open = [root]
    for (let leaves = 1; leaves < this.options.leaves; leaves++) {
      const next = open.reduce((best, node) => (gainOf(node) > gainOf(best) ? node : best), root)
      if (next.split === undefined || next.sides !== undefined) break
      const sides = this.divide(next, next.split)
      open.splice(open.indexOf(next), 1, ...sides)
    }
    return root
  }

  /** What a leaf adds to the log-odds. */
  value({ slope, curve }: Node): number {
    return (-this.options.rate * slope) / (curve + this.options.shrink)
  }

  private node(examples: Int32Array): Node {
    let slope = 0
    let curve = 0
    for (const example of examples) {
      slope += this.slopes[example] ?? 0
      curve += this.curves[example] ?? 0
    }
    return { examples, slope, curve, histograms: [] }
  }

  private histograms(examples: Int32Array): Histogram[] {
    return this.seen.map((measure) => {
      const { bins, cuts } = this.columns[measure] ?? { bins: new Uint8Array(), cuts: [] }
      const histogram = new Float64Array(3 * (cuts.length + 1))
      for (const example of examples) {
        const at = 3 * (bins[example] ?? 0)
        histogram[at] = (histogram[at] ?? 0) + (this.slopes[example] ?? 0)
        histogram[at + 1] = (histogram[at + 1] ?? 0) + (this.curves[example] ?? 0)
        histogram[at + 2] = (histogram[at + 2] ?? 0) + 1
      }
      return histogram
    })
  }

  /** Of the two sides only the smaller one is counted; the other is what remains. */
  private divide(node: Node, { measure, bin }: Split): [Node, Node] {
    const bins = this.columns[measure]?.bins ?? new Uint8Array()
    const sides: [Node, Node] = [
      this.node(node.examples.filter((example) => (bins[example] ?? 0) <= bin)),
      this.node(node.examples.filter((example) => (bins[example] ?? 0) > bin)),
    ]
    const [small, large] = sides[0].examples.length < sides[1].examples.length ? sides : sides.toReversed()
    if (small === undefined || large === undefined) return sides
    small.histograms = this.histograms(small.examples)
    large.histograms = node.histograms.map((all, k) =>
      all.map((sum, at) => sum - (small.histograms[k]?.[at] ?? 0)),
    )
    node.histograms = []
    node.sides = sides
    for (const side of sides) this.findSplit(side)
    return sides
  }

  private findSplit(node: Node): void {
    const { fewest, shrink } = this.options
    const worth = (slope: number, curve: number) => (slope * slope) / (curve + shrink)
    const whole = worth(node.slope, node.curve)
    let best = 1e-6
    node.histograms.forEach((histogram, k) => {
      let slope = 0
      let curve = 0
      let count = 0
      for (let at = 0; at + 3 < histogram.length; at += 3) {
        slope += histogram[at] ?? 0
        curve += histogram[at + 1] ?? 0
        count += histogram[at + 2] ?? 0
        if (count < fewest) continue
        if (node.examples.length - count < fewest) break
        const gain = worth(slope, curve) + worth(node.slope - slope, node.curve - curve) - whole
        if (gain <= best) continue
        best = gain
        node.split = { measure: this.seen[k] ?? 0, bin: at / 3, gain }
      }
    })
  }
}

function gainOf({ split, sides }: Node): number {
  return split === undefined || sides !== undefined ? 0 : split.gain
}

const bitsOf = (value: number) => Number((value / Math.LN2).toFixed(4))

/** Trees over the columns, one per measure, each with a value for every example. Values are bits, to four decimals. */
export function fitTrees(
  columns: readonly Float32Array[],
  truth: readonly boolean[],
  options: FitOptions,
): PackedTrees {
  const all = columns.map(binned)
  const random = chance()
  const grower = new TreeGrower(all, truth.length, options)
  const yes = truth.filter(Boolean).length
  const prior = Math.log(yes / (truth.length - yes))
  const scores = new Float64Array(truth.length).fill(prior)
  const trees: number[][][] = []
  for (let count = 0; count < options.trees; count++) {
    scores.forEach((score, example) => {
      const probability = 1 / (1 + Math.exp(-score))
      grower.slopes[example] = probability - (truth[example] === true ? 1 : 0)
      grower.curves[example] = probability * (1 - probability)
    })
    const seen = [...all.keys()].filter(() => random() < options.measures)
    const root = grower.grow(
      Int32Array.from(scores.keys()).filter(() => random() < options.examples),
      seen,
    )
    trees.push(packed(root, grower, all))
    for (const example of scores.keys()) {
      let node = root
      while (node.sides !== undefined && node.split !== undefined) {
        const isLeft = (all[node.split.measure]?.bins[example] ?? 0) <= node.split.bin
        node = node.sides[isLeft ? 0 : 1]
      }
      scores[example] = (scores[example] ?? 0) + grower.value(node)
    }
  }
  return { prior: bitsOf(prior), trees }
}

function packed(node: Node, grower: TreeGrower, columns: readonly Binned[]): number[][] {
  const value = bitsOf(grower.value(node))
  if (node.sides === undefined || node.split === undefined) return [[value]]
  const { measure, bin } = node.split
  const cut = Number((columns[measure]?.cuts[bin] ?? 0).toPrecision(7))
  return [
    [measure, cut, value],
    ...packed(node.sides[0], grower, columns),
    ...packed(node.sides[1], grower, columns),
  ]
}
