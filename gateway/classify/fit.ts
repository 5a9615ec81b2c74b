import { bucketCount, type Features } from './features.ts'
import type { Model } from './model.ts'
import { separate, type SparseRows } from './svm.ts'

/** Examples as a classifier learns from them: what stands in each, and the number of its category. */
export interface Lessons {
  readonly categories: readonly string[]
  readonly features: readonly Features[]
  readonly labels: readonly number[]
}

/** What stands in fewer examples is chance, or is about one person. */
const minExamplesOfBucket = 3
/** Weight of the prior in a bucket's share of each category, in examples. */
const priorExamples = 1
/** A stored model has at most this many bytes before it is packed; the buckets that say least go first. */
const maxModelBytes = 4 * 1024 * 1024
const bytesOfRow = 8

/** The labels of the examples that each bucket stands in: those of bucket b from `starts[b]` to before `starts[b + 1]`. */
function postingsOf({ features, labels }: Lessons): { starts: Uint32Array; labels: Uint16Array } {
  const starts = new Uint32Array(bucketCount + 1)
  for (const { buckets } of features)
    for (const bucket of buckets) starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1
  for (let bucket = 0; bucket < bucketCount; bucket++)
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0)
  const next = starts.slice()
  const posted = new Uint16Array(starts[bucketCount] ?? 0)
  for (const [index, { buckets }] of features.entries())
    for (const bucket of buckets) {
      const at = next[bucket] ?? 0
      posted[at] = labels[index] ?? 0
      next[bucket] = at + 1
    }
  return { starts, labels: posted }
}

/**
 * How much each bucket counts, 0 where it counts nothing: inverse document frequency, times the fourth root of what it tells about the category
 * (relative entropy of the categories of its examples against those of all).
 */
function gainsOf(lessons: Lessons): Float64Array {
  const examples = lessons.features.length
  const { starts, labels } = postingsOf(lessons)
  const priors = new Float64Array(lessons.categories.length)
  for (const label of lessons.labels) priors[label] = (priors[label] ?? 0) + 1 / examples
  const gains = new Float64Array(bucketCount)
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    const found = labels.subarray(starts[bucket], starts[bucket + 1])
    if (found.length < minExamplesOfBucket) continue
    const inverseFrequency = Math.log((examples + 1) / (found.length + 1)) + 1
    gains[bucket] = inverseFrequency * Math.max(relativeEntropy(found, priors), 1e-6) ** 0.25
  }
  return gains
}

/** Of the categories in `labels` against `priors`, in nats, as if `priorExamples` more of all categories had been seen. */
function relativeEntropy(labels: Uint16Array, priors: Float64Array): number {
  const counts = new Uint32Array(priors.length)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  return priors.reduce((sum, prior, category) => {
    const share = ((counts[category] ?? 0) + priorExamples * prior) / (labels.length + priorExamples)
    return share > 0 ? sum + share * Math.log(share / prior) : sum
  }, 0)
}

/** Counts times gains, each row of length one. */
function rowsOf(
  features: readonly Features[],
  { gains, columnOf, width }: { gains: Float64Array; columnOf: Int32Array; width: number },
): SparseRows {
  const known = features.map(({ buckets }) =>
    buckets.reduce((sum, bucket) => sum + ((columnOf[bucket] ?? -1) < 0 ? 0 : 1), 0),
  )
  const total = known.reduce((sum, count) => sum + count, 0)
  const starts = new Uint32Array(features.length + 1)
  const columns = new Uint32Array(total)
  const values = new Float32Array(total)
  let at = 0
  for (const [row, { buckets, counts }] of features.entries()) {
    let squares = 0
    for (const [index, bucket] of buckets.entries()) {
      const column = columnOf[bucket] ?? -1
      if (column < 0) continue
      const value = (counts[index] ?? 0) * (gains[bucket] ?? 0)
      squares += value * value
      columns[at] = column
      values[at++] = value
    }
    const length = Math.sqrt(squares) || 1
    for (let index = starts[row] ?? 0; index < at; index++) values[index] = (values[index] ?? 0) / length
    starts[row + 1] = at
  }
  return { starts, columns, values, width }
}

/** Learns a model. Deterministic: the same lessons give the same bytes. `onCategory` is called after each category. */
export function fit(lessons: Lessons, onCategory: () => void = () => undefined): Omit<Model, 'sharpness'> {
  const { categories, labels } = lessons
  const gains = gainsOf(lessons)
  const columnOf = new Int32Array(bucketCount).fill(-1)
  const buckets = Uint32Array.from(gainful(gains))
  for (const [column, bucket] of buckets.entries()) columnOf[bucket] = column
  const rows = rowsOf(lessons.features, { gains, columnOf, width: buckets.length })
  const strength = new Float32Array(buckets.length)
  const planes = categories.map((_, category) => {
    const { weights, bias } = separate(rows, (row) => labels[row] === category)
    for (const [column, weight] of weights.entries())
      strength[column] = Math.max(strength[column] ?? 0, Math.abs(weight))
    onCategory()
    return { bias, ...inSteps(weights) }
  })
  const kept = strongest(strength, Math.floor(maxModelBytes / (bytesOfRow + categories.length)))
  return {
    categories,
    buckets: kept.map((column) => buckets[column] ?? 0),
    gains: Float32Array.from(kept, (column) => gains[buckets[column] ?? 0] ?? 0),
    weights: Int8Array.from({ length: kept.length * categories.length }, (_, index) => {
      const column = kept[Math.floor(index / categories.length)] ?? 0
      return planes[index % categories.length]?.steps[column] ?? 0
    }),
    scales: Float32Array.from(planes, ({ scale }) => scale),
    biases: Float32Array.from(planes, ({ bias }) => bias),
  }
}

/** Buckets that count, rising. */
function gainful(gains: Float64Array): number[] {
  const buckets: number[] = []
  for (let bucket = 0; bucket < gains.length; bucket++) if (gains[bucket] !== 0) buckets.push(bucket)
  return buckets
}

/** Weights in 255 steps: an eighth of the bytes, and the figures stay within chance. */
function inSteps(weights: Float64Array): { scale: number; steps: Int8Array } {
  const scale = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127 || 1
  return { scale, steps: Int8Array.from(weights, (weight) => Math.round(weight / scale)) }
}

/** The columns with the largest weights, at most `limit`, rising. */
function strongest(strength: Float32Array, limit: number): Uint32Array {
  const columns = Uint32Array.from(strength.keys())
  if (columns.length <= limit) return columns
  return columns
    .toSorted((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0))
    .slice(0, limit)
    .toSorted()
}
