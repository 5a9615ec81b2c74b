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

/** How much of a name the text of another address holds, 0 to 1: 1 where it stands there whole. */
export function heldIn(name: string, { text, pairs, characters }: AddressGrams, rarity: GramRarity): number {
  if (text.includes(name)) return 1
  let all = 0
  let held = 0
  for (let index = 0; index < name.length; index++) {
    const one = rarity.one.get(name[index] ?? '') ?? rarity.unseen
    all += 0.4 * one
    if (characters.has(name.charCodeAt(index))) held += 0.4 * one
    if (index === 0) continue
    const two = rarity.two.get(name.slice(index - 1, index + 1)) ?? rarity.unseen
    all += 0.6 * two
    if (pairs.has(name.charCodeAt(index - 1) * 0x1_0000 + name.charCodeAt(index))) held += 0.6 * two
  }
  return (0.99 * held) / (all || 1)
}

/** What of one address lies in no pair of characters that the other has too; in bits of rarity where nothing else is said. */
export interface LeftOver {
  /** Squared rarity of the pairs in common. */
  common: number
  /** Share of all. */
  share: number
  letters: number
  /** Count of characters. */
  digits: number
  pieces: number
  longest: number
  /** What stands before the first pair in common, and behind the last one. */
  head: number
  tail: number
}

export interface GramOverlap {
  /** Cosine of pairs, weighted by rarity; 0 to 1. */
  cosine: number
  /** Of the one with less to say, how much the other says too: by pairs and by characters. */
  contained: number
  characters: number
  /** Rarity of all pairs in common (root of the sum of squares), and of the rarest common piece. */
  common: number
  longest: number
  rests: [LeftOver, LeftOver]
}

export function overlapOf(a: AddressGrams, b: AddressGrams): GramOverlap {
  const rests: [LeftOver, LeftOver] = [leftOver(a, b), leftOver(b, a)]
  const { common } = rests[0]
  let shared = 0
  for (let index = 0; index < a.codes.length; index++)
    if (a.isFirst[index] === 1 && b.characters.has(a.codes[index] ?? 0)) shared += (a.rarity[index] ?? 0) ** 2
  return {
    cosine: common / (Math.sqrt(a.pairMass * b.pairMass) || 1),
    contained: common / (Math.min(a.pairMass, b.pairMass) || 1),
    characters: shared / (Math.min(a.characterMass, b.characterMass) || 1),
    common: Math.sqrt(common),
    longest: longestCommon(a, b),
    rests,
  }
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39

function leftOver(a: AddressGrams, b: AddressGrams): LeftOver {
  const { length } = a.codes
  const left = { common: 0, share: 0, letters: 0, digits: 0, pieces: 0, longest: 0, head: 0, tail: 0 }
  let all = 0
  let rest = 0
  let piece = 0
  let isHere = false
  let isAnyCommon = false
  for (let index = 0; index < length; index++) {
    const code = a.codes[index] ?? 0
    if (isHere && a.isFirstPair[index] === 1) left.common += (a.pairRarity[index] ?? 0) ** 2
    const isNext = index + 1 < length && b.pairs.has(code * 0x1_0000 + (a.codes[index + 1] ?? 0))
    const rarity = a.rarity[index] ?? 0
    all += rarity
    if (isHere || isNext) {
      isAnyCommon = true
      piece = 0
    } else {
      rest += rarity
      if (piece === 0) left.pieces++
      piece += rarity
      left.longest = Math.max(left.longest, piece)
      if (isDigit(code)) left.digits++
      else left.letters += rarity
      if (!isAnyCommon) left.head += rarity
    }
    isHere = isNext
  }
  left.share = rest / (all || 1)
  left.tail = piece
  return left
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
