import { bucketCount, featureReader, type ClassifiedText, type Features } from './features.ts'

/** A linear classifier, one plane for each category. Its arrays are never changed. */
export interface Model {
  /** Labels of the categories, in code-unit order. */
  readonly categories: readonly string[]
  /** The buckets that it looks at, rising, each once; row i of what follows is about `buckets[i]`. */
  readonly buckets: Uint32Array
  /** How much each bucket counts in the length of a text. */
  readonly gains: Float32Array
  /** Row by row, for each category, in steps of its `scales`. */
  readonly weights: Int8Array
  readonly scales: Float32Array
  readonly biases: Float32Array
  /** How fast scores turn into confidence; see calibrate.ts. */
  readonly sharpness: number
}

export interface Proposal {
  readonly category: string
  /** From 0 to 1; over all categories 1. */
  readonly probability: number
}

/** Scores a text's features: how far on each category's side it lies. Undefined where the model knows none of them. */
export type Scorer = (features: Features) => Float64Array | undefined

/** A model made ready: a table of one number for each bucket finds its row. */
export function scorerOf(model: Model): Scorer {
  const { gains, weights } = model
  const width = model.categories.length
  const rowOf = new Int32Array(bucketCount).fill(-1)
  for (const [row, bucket] of model.buckets.entries()) rowOf[bucket] = row
  return ({ buckets, counts }) => {
    const sums = new Float64Array(width)
    let squares = 0
    for (let index = 0; index < buckets.length; index++) {
      const row = rowOf[buckets[index] ?? 0] ?? -1
      if (row < 0) continue
      const value = (counts[index] ?? 0) * (gains[row] ?? 0)
      squares += value * value
      const start = row * width
      for (let category = 0; category < width; category++)
        sums[category] = (sums[category] ?? 0) + value * (weights[start + category] ?? 0)
    }
    if (squares === 0) return undefined
    const length = Math.sqrt(squares)
    return sums.map(
      (sum, category) => (sum / length) * (model.scales[category] ?? 0) + (model.biases[category] ?? 0),
    )
  }
}

/** Scores as probabilities: softmax of `sharpness` times the score. */
export function probabilitiesOf(scores: Float64Array, sharpness: number): Float64Array {
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  const powers = scores.map((score) => Math.exp(sharpness * (score - highest)))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/** A model as a function: the categories of a text, the likeliest first. None for a text of which it knows nothing. */
export function classifierOf(model: Model): (text: ClassifiedText) => Proposal[] {
  const score = scorerOf(model)
  const read = featureReader()
  return (text) => {
    const scores = score(read(text))
    if (scores === undefined) return []
    return Array.from(probabilitiesOf(scores, model.sharpness), (probability, index) => ({
      category: model.categories[index] ?? '',
      probability,
    })).toSorted((a, b) => b.probability - a.probability)
  }
}
