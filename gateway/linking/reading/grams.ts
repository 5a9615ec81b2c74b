// Runs of two and three characters, whatever their order: 广铁 and 铁广 are one name written by two people. A run of Latin letters and digits counts as one character, so 1813班 is one
// gram that differs from 1814班.

/** Distinct grams of a text, ascending by code, so that two texts are compared by merging. */
export interface Grams {
  codes: Uint32Array
  counts: Uint8Array
}

// No name contains them, and next to them chance makes rare grams.
const separators = new Set(
  Array.from(' 的了是在我你您他她们这那吗呢吧啊', (character) => character.charCodeAt(0)),
)

/** One number for each character, one for each run of Latin letters and digits, 0 for what separates. */
export function tokensOf(normalised: string): Uint32Array {
  const tokens = new Uint32Array(normalised.length)
  let size = 0
  for (let index = 0; index < normalised.length;) {
    const code = normalised.charCodeAt(index)
    if (!isLatin(code)) {
      tokens[size++] = separators.has(code) ? 0 : code
      index++
      continue
    }
    let run = 0
    while (index < normalised.length && isLatin(normalised.charCodeAt(index)))
      run = (Math.imul(run, 0x01000193) ^ normalised.charCodeAt(index++)) >>> 0
    tokens[size++] = (mixed(run) | 0x80000000) >>> 0
  }
  return tokens.slice(0, size)
}

/** Letters and digits of a normalised (lower case) text. */
function isLatin(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a)
}

/** The grams of a normalised text, each with how often it occurs (at most 255 times). */
export function gramsOf(normalised: string): Grams {
  return gramsUpTo(3, tokensOf(normalised))
}

/** Those of one and two characters alone. */
export function pairsOf(normalised: string): Grams {
  return gramsUpTo(2, tokensOf(normalised))
}

// One text is read after the other: what reading one needs is kept for the next.
let scratch = new Uint32Array(8192)
let counts = new Uint8Array(8192)

function gramsUpTo(longest: 2 | 3, tokens: Uint32Array): Grams {
  if (tokens.length * 3 > scratch.length) {
    scratch = new Uint32Array(tokens.length * 6)
    counts = new Uint8Array(tokens.length * 6)
  }
  let size = 0
  for (let index = 0; index < tokens.length; index++) {
    const first = tokens[index] ?? 0
    if (first === 0) continue
    if (first >= 0x80000000) scratch[size++] = first
    const second = tokens[index + 1] ?? 0
    if (second === 0) continue
    scratch[size++] = pairCode(first, second)
    const third = tokens[index + 2] ?? 0
    if (longest === 3 && third !== 0) scratch[size++] = tripleCode(first, second, third)
  }
  scratch.subarray(0, size).sort()
  return counted(size)
}

/** Each of the sorted codes in `scratch` once. */
function counted(found: number): Grams {
  let size = 0
  for (let start = 0; start < found;) {
    const code = scratch[start] as number
    let end = start + 1
    while (end < found && scratch[end] === code) end++
    scratch[size] = code
    counts[size++] = Math.min(255, end - start)
    start = end
  }
  return { codes: scratch.slice(0, size), counts: counts.slice(0, size) }
}

/** Code of two characters next to each other. */
export function pairCode(a: number, b: number): number {
  return a < b ? mixed(mixed(a) ^ (b + 0x7f4a7c15)) : mixed(mixed(b) ^ (a + 0x7f4a7c15))
}

/** Code of three characters next to each other. */
export function tripleCode(a: number, b: number, c: number): number {
  // A symmetrical sum of mixed characters: no order, and few collisions.
  return mixed((mixed(a + 0x165667b1) + mixed(b + 0x165667b1) + mixed(c + 0x165667b1)) | 0)
}

/** Finaliser of MurmurHash3 for 32 bits. */
export function mixed(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
