/** Boosted regression trees: each tree adds a little to the log-odds by a few yes-or-no questions about measures. */

/** A tree as the model file holds it, node by node, a branch before its two sides: `[measure, cut, value]`, and `[value]` for a leaf. Below the cut goes left. */
export type PackedTree = readonly (readonly number[])[]

export interface PackedTrees {
  /** Log-odds in bits before anything is known. */
  readonly prior: number
  readonly trees: readonly PackedTree[]
}

export interface Trees {
  /** With what every tree says before its first question. */
  readonly prior: number
  readonly roots: readonly number[]
  /** Per node: measure, or -1 for a leaf; the cut; where the right side begins (the left one is the next node); bits. */
  readonly measure: Int16Array
  readonly cut: Float32Array
  readonly right: Int32Array
  readonly bits: Float64Array
}

/** Throws an Error where a tree ends before its branches do. */
export function unpackedTrees({ prior, trees }: PackedTrees): Trees {
  const nodes = trees.flat()
  const measure = new Int16Array(nodes.length)
  const right = new Int32Array(nodes.length)
  const unpack = (node: number): number => {
    const packed = nodes[node]
    if (packed === undefined) throw new Error('A tree of the address model ends before its branches do.')
    measure[node] = packed.length === 1 ? -1 : (packed[0] ?? 0)
    if (packed.length === 1) return node + 1
    right[node] = unpack(node + 1)
    return unpack(right[node] ?? 0)
  }
  const roots: number[] = []
  for (let node = 0; node < nodes.length; node = unpack(node)) roots.push(node)
  const bits = Float64Array.from(nodes, (packed) => packed.at(-1) ?? 0)
  return {
    prior: roots.reduce((sum, root) => sum + (bits[root] ?? 0), prior),
    roots,
    measure,
    cut: Float32Array.from(nodes, (packed) => packed[1] ?? 0),
    right,
    bits,
  }
}

/** Sum of the trees, in bits. Where `shares` is given, each measure's share of what is beyond the prior is added to its place. */
export function treesScore(trees: Trees, measures: Float32Array, shares?: Float64Array): number {
  const { measure, cut, right, bits } = trees
  let score = trees.prior
  for (const root of trees.roots) {
    let node = root
    for (let asked = measure[node] ?? -1; asked >= 0; asked = measure[node] ?? -1) {
      const next = (measures[asked] ?? 0) < (cut[node] ?? 0) ? node + 1 : (right[node] ?? 0)
      if (shares !== undefined) shares[asked] = (shares[asked] ?? 0) + (bits[next] ?? 0) - (bits[node] ?? 0)
      node = next
    }
    score += (bits[node] ?? 0) - (bits[root] ?? 0)
  }
  return score
}
