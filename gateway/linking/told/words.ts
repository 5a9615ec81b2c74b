import { gramsOf, type Grams } from '../reading/grams.ts'
import type { Terms } from './terms.ts'

/** What a report says, as far as comparing needs it: the grams of title and text with what they tell, and what both are about. */
export interface Words {
  /** Ascending. */
  codes: Uint32Array
  counts: Uint8Array
  /** Bits each gram tells. */
  rarity: Float32Array
  /** Damped counts times rarity, of length one. */
  weights: Float32Array
  /** Bits of `in…` below. */
  marks: Uint8Array
  /** Squared bits of the title. */
  titleSquares: number
  /** Bits of the title's rare grams; of those that the text says again; of what the title says beside names. */
  titleBits: number
  ownBits: number
  happenedBits: number
  /** Length of the weights of common grams alone. */
  commonLength: number
  /** Directions of what title and text, and the title alone, are about, of length one; zeros where nothing is known. */
  topic: Float32Array
  titleTopic: Float32Array
  /** Characters of title and text. */
  size: number
}

export const inTitle = 1
/** In the title and in the text again. */
export const inBoth = 2
/** In the title, and not part of a place's name. */
export const inWhatHappened = 4

/** From how many bits on a gram may be part of a name; what more texts share is a common word. */
export const nameBits = 6.5
/** Below this a gram tells nothing: 有关, 问题. */
export const fewestBits = 2.5

/** Renamed cities and districts, and provinces: every other text of a gateway has them, so they are compared as places alone. */
export function withoutAreas(normalised: string): string {
  return normalised.replace(
    /(?<![a-z0-9])[a-z](?:市|\d{1,2}[市区县])|(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,3}省(?!直)/g,
    ' ',
  )
}

export interface Written {
  /** Normalised title, with the address. */
  title: string
  /** Normalised text. */
  text: string
  /** Places that both name. */
  names: readonly string[]
}

/** Reads the words of a report. */
export function wordsOf(written: Written, terms: Terms): Words {
  const title = withoutAreas(written.title)
  const text = withoutAreas(written.text)
  const all = gramsOf(`${title} ${text}`)
  const rarity = new Float32Array(all.codes.length)
  const weights = new Float32Array(all.codes.length)
  const topic = new Float32Array(terms.topicSize)
  let common = 0
  let squares = 0
  for (let index = 0; index < rarity.length; index++) {
    const code = all.codes[index] as number
    const bits = terms.rarity(code)
    const weight = bits * damped(all.counts[index])
    rarity[index] = bits
    weights[index] = weight
    squares += weight * weight
    if (isCommon(bits)) common += weight * weight
    terms.addTopic(code, weight, topic)
  }
  toLengthOne(weights)
  const inTheTitle = gramsOf(title)
  const beside = written.names.reduce((rest, name) => rest.replaceAll(name, ' '), title)
  return {
    codes: all.codes,
    counts: all.counts,
    rarity,
    weights,
    ...marked(all, {
      title: inTheTitle,
      beside: beside === title ? inTheTitle : gramsOf(beside),
      rarity,
      terms,
    }),
    commonLength: Math.sqrt(common / (squares || 1)) || 1,
    topic: toLengthOne(topic),
    size: title.length + text.length,
  }
}

/** Marks what the title says, and adds it up. */
function marked(
  all: Grams,
  { title, beside, rarity, terms }: { title: Grams; beside: Grams; rarity: Float32Array; terms: Terms },
): Pick<Words, 'marks' | 'titleSquares' | 'titleBits' | 'ownBits' | 'happenedBits' | 'titleTopic'> {
  const marks = new Uint8Array(all.codes.length)
  const titleTopic = new Float32Array(terms.topicSize)
  const sums = { titleSquares: 0, titleBits: 0, ownBits: 0, happenedBits: 0 }
  for (let index = 0, i = 0, j = 0; i < title.codes.length && index < all.codes.length; index++) {
    const code = all.codes[index] as number
    if (code !== title.codes[i]) continue
    const times = title.counts[i++] as number
    const bits = rarity[index] as number
    terms.addTopic(code, bits * damped(times), titleTopic)
    marks[index] = inTitle
    sums.titleSquares += bits * bits
    if (bits >= nameBits) {
      sums.titleBits += bits
      if ((all.counts[index] as number) > times) {
        marks[index] = inTitle | inBoth
        sums.ownBits += bits
      }
    }
    while (j < beside.codes.length && (beside.codes[j] as number) < code) j++
    if (beside.codes[j] !== code || bits < fewestBits) continue
    marks[index] = (marks[index] as number) | inWhatHappened
    sums.happenedBits += bits
  }
  return { marks, ...sums, titleTopic: toLengthOne(titleTopic) }
}

function isCommon(bits: number): boolean {
  return bits < nameBits && bits >= fewestBits
}

function damped(count = 1): number {
  return count === 1 ? 1 : 1 + Math.log(count)
}

function toLengthOne(vector: Float32Array): Float32Array {
  let squares = 0
  for (const value of vector) squares += value * value
  const length = Math.sqrt(squares) || 1
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] as number) / length
  return vector
}
