import { existsSync, readFileSync } from 'node:fs'

export interface AddressPair {
  readonly a: string
  readonly b: string
  readonly match: 'exact' | 'partial' | 'none'
}

const matches = ['exact', 'partial', 'none']

/** Reads JSON lines of two addresses and how they match. Throws an Error that names the file and, where there is one, the line; never what stands in it. */
export function readAddressPairs(file: string): AddressPair[] {
  if (!existsSync(file))
    throw new Error(
      `There is no file ${file}. It holds a line for each pair: {"a": …, "b": …, "match": "exact"}.`,
    )
  const pairs = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [pairOf(line, `${file}, line ${index + 1}`)]))
  if (pairs.length === 0) throw new Error(`${file} is empty. It needs one pair of addresses in each line.`)
  return pairs
}

function pairOf(line: string, where: string): AddressPair {
  let pair: Partial<Record<keyof AddressPair, unknown>> | null
  try {
    pair = JSON.parse(line) as Partial<Record<keyof AddressPair, unknown>> | null
  } catch {
    throw new Error(`${where}: this is no JSON. Each line holds one object.`)
  }
  if (typeof pair?.a !== 'string' || typeof pair.b !== 'string')
    throw new Error(`${where}: "a" and "b" must be texts, the two addresses.`)
  if (typeof pair.match !== 'string' || !matches.includes(pair.match))
    throw new Error(`${where}: "match" must be exact, partial or none.`)
  return pair as AddressPair
}

/** A number for each pair: the same wherever a chain of pairs with addresses in common leads from one to the other. */
export function componentsOf(pairs: readonly AddressPair[]): string[] {
  const parents = new Map<string, string>()
  const rootOf = (address: string): string => {
    let root = address
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root))
      root = next
    parents.set(address, root)
    return root
  }
  for (const { a, b } of pairs) parents.set(rootOf(a), rootOf(b))
  return pairs.map(({ a }) => rootOf(a))
}

export interface BinaryFigures {
  readonly f1: number
  readonly precision: number
  readonly recall: number
}

export function binaryFigures(said: readonly boolean[], truth: readonly boolean[]): BinaryFigures {
  let hits = 0
  let falseAlarms = 0
  let missed = 0
  truth.forEach((isTrue, index) => {
    if (isTrue && said[index] === true) hits++
    else if (isTrue) missed++
    else if (said[index] === true) falseAlarms++
  })
  return {
    f1: (2 * hits) / (2 * hits + falseAlarms + missed || 1),
    precision: hits / (hits + falseAlarms || 1),
    recall: hits / (hits + missed || 1),
  }
}

/** The score from which on saying yes gives the best F1. */
export function bestThreshold(scores: readonly number[], truth: readonly boolean[]): number {
  const order = scores.map((_, index) => index).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  const all = truth.filter(Boolean).length
  let hits = 0
  let best = 0
  let threshold = Infinity
  order.forEach((index, said) => {
    if (truth[index] === true) hits++
    const f1 = (2 * hits) / (said + 1 + all)
    if (f1 <= best) return
    best = f1
    threshold = scores[index] ?? Infinity
  })
  return threshold
}

/** Mean F1 of the three classes. */
export function macroF1(said: readonly string[], pairs: readonly Pick<AddressPair, 'match'>[]): number {
  const each = matches.map(
    (match) =>
      binaryFigures(
        said.map((one) => one === match),
        pairs.map((pair) => pair.match === match),
      ).f1,
  )
  return each.reduce((sum, f1) => sum + f1, 0) / matches.length
}

/** Plain character overlap: share of the pairs of characters that two texts have in common (Jaccard). */
export function characterOverlap({ a, b }: AddressPair): number {
  const [mine, theirs] = [bigrams(a), bigrams(b)]
  let common = 0
  for (const gram of mine) if (theirs.has(gram)) common++
  return common / (mine.size + theirs.size - common || 1)
}

function bigrams(text: string): Set<string> {
  const plain = text.normalize('NFKC').replace(/[\s\p{P}\p{S}]+/gu, '')
  return new Set(
    Array.from({ length: Math.max(0, plain.length - 1) }, (_, index) => plain.slice(index, index + 2)),
  )
}
