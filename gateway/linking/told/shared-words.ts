import { fewestBits, inBoth, inTitle, inWhatHappened, nameBits, type Words } from './words.ts'

/** Fewer bits of own names tell nothing by not being shared. */
const fewestOwnBits = 10

/** How much two reports say alike. */
export interface SharedWords {
  /** Bits of rare grams that both have, and one of them in its title. */
  names: number
  /** Bits of rare grams that both have, and neither in its title. */
  texts: number
  /** The greater share of one title's rare bits that the other report says anywhere. */
  covered: number
  /** The same of the rare bits that a report says in its title and again in its text: the greater and the smaller share; -1 where it has none. */
  own: number
  leastOwn: number
  /** Bits that both titles say beside names, as a share of all. */
  titles: number
  titleCosine: number
  /** Cosines of all words, and of the common ones. */
  words: number
  common: number
  /** Cosines of what both are about, and of what each title and the other's text are about. */
  topic: number
  across: number
}

/** Compares the words of two reports. Symmetrical; one pass over both. */
export function sharedWords(a: Words, b: Words): SharedWords {
  const sums = sumsOf(a, b)
  const coveredA = sums.titleA / (a.titleBits || 1)
  const coveredB = sums.titleB / (b.titleBits || 1)
  const ownA = a.ownBits < fewestOwnBits ? -1 : sums.ownA / a.ownBits
  const ownB = b.ownBits < fewestOwnBits ? -1 : sums.ownB / b.ownBits
  return {
    names: sums.names,
    texts: sums.texts,
    covered: Math.max(coveredA, coveredB),
    own: Math.max(ownA, ownB),
    leastOwn: Math.min(ownA, ownB),
    titles: sums.happened / (Math.sqrt(a.happenedBits * b.happenedBits) || 1),
    titleCosine: sums.titles / (Math.sqrt(a.titleSquares * b.titleSquares) || 1),
    words: Math.min(1, sums.words),
    common: Math.min(1, sums.common / (a.commonLength * b.commonLength)),
    topic: product(a.topic, b.topic),
    across: (product(a.titleTopic, b.topic) + product(a.topic, b.titleTopic)) / 2,
  }
}

function sumsOf(a: Words, b: Words) {
  // Plain variables: fields of an object would be boxed at each addition.
  let names = 0
  let texts = 0
  let titleA = 0
  let titleB = 0
  let ownA = 0
  let ownB = 0
  let happened = 0
  let titles = 0
  let words = 0
  let common = 0
  const { slots, places } = indexOf(a)
  const mask = slots.length - 1
  const theirs = b.codes
  for (let j = 0; j < theirs.length; j++) {
    const code = theirs[j] as number
    let slot = (code >>> 8) & mask
    while (slots[slot] !== 0 && slots[slot] !== code) slot = (slot + 1) & mask
    if (slots[slot] === 0) continue
    const i = places[slot] as number
    const bits = a.rarity[i] as number
    const markA = a.marks[i] as number
    const markB = b.marks[j] as number
    const both = (a.weights[i] as number) * (b.weights[j] as number)
    words += both
    if ((markA & markB & inTitle) !== 0) titles += bits * bits
    if ((markA & markB & inWhatHappened) !== 0) happened += bits
    if (bits < nameBits) {
      if (bits >= fewestBits) common += both
      continue
    }
    if (markA !== 0) titleA += bits
    if (markB !== 0) titleB += bits
    if ((markA & inBoth) !== 0) ownA += bits
    if ((markB & inBoth) !== 0) ownB += bits
    if ((markA | markB) === 0) texts += bits
    else names += bits
  }
  return { names, texts, titleA, titleB, ownA, ownB, happened, titles, words, common }
}

interface Index {
  words: Words
  slots: Uint32Array
  places: Uint16Array
}

// A new report is compared with many: its index is made once, and stored ones need none.
let latest: Index | undefined

/** Where each gram of a report lies; the report before is forgotten. Seven slots of eight stay free: most look-ups end at the first. */
function indexOf(words: Words): Index {
  if (latest?.words === words) return latest
  let size = 64
  while (size < words.codes.length * 8) size *= 2
  const slots = new Uint32Array(size)
  const places = new Uint16Array(size)
  for (let index = 0; index < words.codes.length; index++) {
    const code = words.codes[index] as number
    let slot = (code >>> 8) & (size - 1)
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
    slots[slot] = code
    places[slot] = index
  }
  latest = { words, slots, places }
  return latest
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number)
  return sum
}
