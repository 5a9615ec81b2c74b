import type { Address } from './address.ts'

/** How rare characters and pairs of characters are in written addresses: bits, so that what is in every second one says 1. */
export interface GramRarity {
  readonly one: ReadonlyMap<string, number>
  readonly two: ReadonlyMap<string, number>
  /** For what the table does not hold. */
  readonly unseen: number
}

/** What comparing needs of an address's letters, computed once for each address. */
export interface AddressGrams {
  /** Without blanks and signs; at most `comparedLength` characters. */
  readonly text: string
  readonly codes: Uint16Array
  /** 1 where a character, or the pair that it ends, stands for the first time. */
  readonly isFirst: Uint8Array
  readonly isFirstPair: Uint8Array
  /** Rarity of each character; of each pair, at its second character; their sums up to each place. */
  readonly rarity: Float32Array
  readonly pairRarity: Float32Array
  readonly pairSums: Float32Array
  readonly characters: ReadonlySet<number>
  readonly pairs: ReadonlySet<number>
  readonly characterMass: number
  readonly pairMass: number
}

export const comparedLength = 80

export function gramsOf({ text }: Address, rarity: GramRarity): AddressGrams {
  const plain = text.replace(/[^\p{L}\p{N}]+/gu, '').slice(0, comparedLength)
  const length = plain.length
  const codes = new Uint16Array(length)
  const isFirst = new Uint8Array(length)
  const isFirstPair = new Uint8Array(length)
  const ones = new Float32Array(length)
  const twos = new Float32Array(length)
  const sums = new Float32Array(length + 1)
  const characters = new Set<number>()
  const pairs = new Set<number>()
  let characterMass = 0
  let pairMass = 0
  for (let index = 0; index < length; index++) {
    const code = plain.charCodeAt(index)
    codes[index] = code
    const one = rarity.one.get(plain[index] ?? '') ?? rarity.unseen
    ones[index] = one
    if (!characters.has(code)) {
      characterMass += one * one
      isFirst[index] = 1
    }
    characters.add(code)
    const two = index === 0 ? 0 : (rarity.two.get(plain.slice(index - 1, index + 1)) ?? rarity.unseen)
    twos[index] = two
    sums[index + 1] = (sums[index] ?? 0) + two
    if (index === 0) continue
    const pair = (codes[index - 1] ?? 0) * 0x1_0000 + code
    if (!pairs.has(pair)) {
      pairMass += two * two
      isFirstPair[index] = 1
    }
    pairs.add(pair)
  }
  return {
    text: plain,
    codes,
    isFirst,
    isFirstPair,
    rarity: ones,
    pairRarity: twos,
    pairSums: sums,
    characters,
    pairs,
    characterMass,
    pairMass,
  }
}

/** Sum of the rarities of a name's pairs: how much it says that two addresses share it. */
export function nameRarity(name: string, rarity: GramRarity): number {
  if (name.length < 2) return name === '' ? 0 : (rarity.one.get(name) ?? rarity.unseen)
  let sum = 0
  for (let index = 0; index + 1 < name.length; index++)
    sum += rarity.two.get(name.slice(index, index + 2)) ?? rarity.unseen
  return sum
}

export interface GramOverlap {
  /** Cosine of pairs, weighted by rarity; 0 to 1. */
  cosine: number
  /** Of the one with less to say, how much the other says too: by pairs and by characters. */
  contained: number
  containedCharacters: number
  /** Rarity of all pairs in common (root of the sum of squares), and of the rarest common piece. */
  common: number
  longest: number
  /** Shares of both texts that the other does not cover, by rarity. */
  rests: [number, number]
}

export function overlapOf(a: AddressGrams, b: AddressGrams): GramOverlap {
  const [common, restA] = covered(a, b)
  const [, restB] = covered(b, a)
  let shared = 0
  for (let index = 0; index < a.codes.length; index++)
    if (a.isFirst[index] === 1 && b.characters.has(a.codes[index] ?? 0)) shared += (a.rarity[index] ?? 0) ** 2
  return {
    cosine: common / (Math.sqrt(a.pairMass * b.pairMass) || 1),
    contained: common / (Math.min(a.pairMass, b.pairMass) || 1),
    containedCharacters: shared / (Math.min(a.characterMass, b.characterMass) || 1),
    common: Math.sqrt(common),
    longest: longestCommon(a, b),
    rests: [restA, restB],
  }
}

/** Squared rarity of the pairs of `a` that `b` has, and the share of `a` that lies in none of them. */
function covered(a: AddressGrams, b: AddressGrams): [number, number] {
  const { length } = a.codes
  let common = 0
  let rest = 0
  let all = 0
  let isHere = false
  for (let index = 0; index < length; index++) {
    if (isHere && a.isFirstPair[index] === 1) common += (a.pairRarity[index] ?? 0) ** 2
    const isNext =
      index + 1 < length && b.pairs.has((a.codes[index] ?? 0) * 0x1_0000 + (a.codes[index + 1] ?? 0))
    const rarity = a.rarity[index] ?? 0
    all += rarity
    if (!isHere && !isNext) rest += rarity
    isHere = isNext
  }
  return [common, rest / (all || 1)]
}

/** Rarity of the piece in common that says most. */
function longestCommon(a: AddressGrams, b: AddressGrams): number {
  const width = b.codes.length
  let previous = new Uint8Array(width + 1)
  let current = new Uint8Array(width + 1)
  let best = 0
  for (let i = 0; i < a.codes.length; i++) {
    const code = a.codes[i] ?? 0
    if (!b.characters.has(code)) {
      previous.fill(0)
      continue
    }
    for (let j = 0; j < width; j++) {
      const run = b.codes[j] === code ? (previous[j] ?? 0) + 1 : 0
      current[j + 1] = run
      if (run < 2) continue
      const rarity = (a.pairSums[i + 1] ?? 0) - (a.pairSums[i + 2 - run] ?? 0)
      if (rarity > best) best = rarity
    }
    ;[previous, current] = [current, previous]
  }
  return best
}
