import type { Words } from './words.ts'

/** Below this a gram is a common word. */
const fewestKeyBits = 6
/** A text of two words meets too many others. */
const fewestGrams = 4
/** Of the keys, for the title. */
const titleShare = 0.66
const mostRanked = 64
const codes32 = 2 ** 32

/** How many are stored with a report, and how many are sought. */
const most = { stored: 14, sought: 24 } as const

/** The grams by which reports of one matter are likely to find each other, names of the title first. */
export interface TellingGrams {
  /** To store with a report: at most 14 codes. */
  readonly stored: readonly number[]
  /** To look up: those that are stored and others, at most 38. */
  readonly sought: readonly number[]
}

export function tellingGramsOf(words: Words): TellingGrams {
  const { titled, others } = rankedGrams(words)
  const pick = (size: number) => {
    const first = Math.min(titled.length, Math.floor(size * titleShare))
    const rest = [...titled.slice(first, size), ...others.slice(0, size)].toSorted(descending)
    return [...titled.slice(0, first), ...rest.slice(0, size - first)].map(codeOf)
  }
  const stored = pick(most.stored)
  return { stored, sought: [...new Set([...stored, ...pick(most.sought)])] }
}

/** Rare grams of the title and the others, best first; each as one number: its worth above, its code below. */
function rankedGrams({ codes, counts, rarity, marks }: Words): {
  titled: readonly number[]
  others: readonly number[]
} {
  if (codes.length < fewestGrams) return { titled: [], others: [] }
  const titled: number[] = []
  const others = new Float64Array(codes.length)
  let size = 0
  for (let index = 0; index < codes.length; index++) {
    const bits = rarity[index] as number
    if (bits < fewestKeyBits) continue
    const count = counts[index] as number
    const worth = bits + (count === 1 ? 0 : 1.5 * Math.log2(count))
    if (marks[index] === 0) others[size++] = ranked(worth, codes[index] as number)
    else titled.push(ranked(worth + 2, codes[index] as number))
  }
  return {
    titled: titled.toSorted(descending),
    others: Array.from(others.subarray(0, size).toSorted().subarray(-mostRanked)).toReversed(),
  }
}

function ranked(worth: number, code: number): number {
  return Math.round(worth * 16) * codes32 + (codes32 - 1 - code)
}

function codeOf(rank: number): number {
  return codes32 - 1 - (rank % codes32)
}

function descending(a: number, b: number): number {
  return b - a
}
