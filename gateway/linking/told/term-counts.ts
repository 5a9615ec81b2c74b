import type { Terms } from './terms.ts'
import type { Words } from './words.ts'

const rows = 2
const columns = 1 << 18
const largest = 0xffff
/** Fewer stored reports say nothing about a share. */
const fewestTexts = 200
/**
 * From this share on a gram is common here: the name of the district, say. Below it the shipped terms are the better judge: counted in
 * full, the names of large events told too little.
 */
const commonShare = 0.03
/** When so many texts were counted, all counts are halved: what became rare again is rare again. */
const mostTexts = 60_000

/**
 * Terms that learn from what this gateway stored: a gram that many of its reports have tells less than the shipped terms say. Memory is
 * bounded (1 MB, a count-min sketch: it never counts too few). Empty, it says what the shipped terms say.
 */
export class TermCounts implements Terms {
  readonly topicSize: number
  readonly #shipped: Terms
  readonly #counts = new Uint16Array(rows * columns)
  #texts = 0

  constructor(shipped: Terms) {
    this.#shipped = shipped
    this.topicSize = shipped.topicSize
  }

  /** How many texts it has counted, less what was halved. */
  get texts(): number {
    return this.#texts
  }

  /** Counts each gram of a stored report once. */
  add({ said: { codes } }: { readonly said: Pick<Words, 'codes'> }): void {
    if (this.#texts >= mostTexts) this.#halve()
    this.#texts++
    for (const code of codes)
      for (let row = 0; row < rows; row++) {
        const place = placeOf(code, row)
        const count = this.#counts[place] as number
        if (count < largest) this.#counts[place] = count + 1
      }
  }

  rarity(code: number): number {
    const shipped = this.#shipped.rarity(code)
    if (this.#texts < fewestTexts) return shipped
    const count = this.#count(code)
    if (count < this.#texts * commonShare) return shipped
    return Math.min(shipped, Math.log2(this.#texts / count))
  }

  addTopic(code: number, weight: number, into: Float32Array): void {
    this.#shipped.addTopic(code, weight, into)
  }

  #count(code: number): number {
    let least = largest
    for (let row = 0; row < rows; row++) least = Math.min(least, this.#counts[placeOf(code, row)] as number)
    return least
  }

  #halve(): void {
    this.#texts = Math.floor(this.#texts / 2)
    for (let place = 0; place < this.#counts.length; place++)
      this.#counts[place] = (this.#counts[place] as number) >> 1
  }
}

function placeOf(code: number, row: number): number {
  return row * columns + (row === 0 ? code >>> 14 : Math.imul(code, 0x9e3779b1) >>> 14)
}
