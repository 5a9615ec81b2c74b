/** Counts pairs by the levels they reach, so that any number of pairs takes little memory. */
import type { Levels } from './scoring-table.ts'

/** Pairs that reach the same levels. */
export interface Pattern {
  readonly levels: Levels
  /** How the pairs were found: the kind of their key. */
  readonly under: string
  readonly pairs: number
}

/** More kinds of pairs than this tell nothing more; those that come later are left out, and counted. */
const mostPatterns = 30_000

export class Tally {
  readonly #patterns = new Map<string, { levels: Levels; under: string; pairs: number }>()
  pairs = 0
  leftOut = 0

  add(levels: Levels, under: string): void {
    const key = keyOf(levels, under)
    const known = this.#patterns.get(key)
    if (known === undefined && this.#patterns.size >= mostPatterns) {
      this.leftOut += 1
      return
    }
    this.pairs += 1
    if (known !== undefined) known.pairs += 1
    else this.#patterns.set(key, { levels, under, pairs: 1 })
  }

  /** In an order that depends on the patterns alone. */
  patterns(): Pattern[] {
    return [...this.#patterns]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { levels, under, pairs }]) => ({ levels, under, pairs }))
  }
}

function keyOf(levels: Levels, under: string): string {
  const fields = Object.entries(levels).map(([field, level]) => `${field}=${level}`)
  return `${under}\n${fields.toSorted().join('\n')}`
}
