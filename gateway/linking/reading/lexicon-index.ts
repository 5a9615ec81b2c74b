/** Names to be found in texts: by their first two characters, then by the lengths that names with that beginning have. */
export class NameIndex<T> {
  readonly #values = new Map<string, T>()
  /** How many names there are with this beginning, by length. */
  readonly #lengths = new Map<number, Map<number, number>>()

  get size(): number {
    return this.#values.size
  }

  get(name: string): T | undefined {
    return this.#values.get(name)
  }

  /** A name has two characters or more. */
  set(name: string, value: T): void {
    if (name.length < 2) return
    if (!this.#values.has(name)) {
      const lengths = this.#lengths.get(beginningAt(name, 0)) ?? new Map<number, number>()
      lengths.set(name.length, (lengths.get(name.length) ?? 0) + 1)
      this.#lengths.set(beginningAt(name, 0), lengths)
    }
    this.#values.set(name, value)
  }

  delete(name: string): void {
    if (!this.#values.delete(name)) return
    const start = beginningAt(name, 0)
    const lengths = this.#lengths.get(start)
    const left = (lengths?.get(name.length) ?? 1) - 1
    if (left > 0) lengths?.set(name.length, left)
    else lengths?.delete(name.length)
    if (lengths?.size === 0) this.#lengths.delete(start)
  }

  entries(): IterableIterator<[string, T]> {
    return this.#values.entries()
  }

  /** The longest name that begins at a place of a text and is wanted. */
  longestAt(
    text: string,
    index: number,
    isWanted: (name: string, value: T) => boolean = () => true,
  ): { name: string; value: T } | undefined {
    const lengths = this.#lengths.get(beginningAt(text, index))
    if (lengths === undefined) return undefined
    let longest: { name: string; value: T } | undefined
    for (const length of lengths.keys()) {
      if (length <= (longest?.name.length ?? 0) || index + length > text.length) continue
      const name = text.slice(index, index + length)
      const value = this.#values.get(name)
      if (value !== undefined && isWanted(name, value)) longest = { name, value }
    }
    return longest
  }
}

/** Two characters as one number. */
function beginningAt(text: string, index: number): number {
  return text.charCodeAt(index) * 0x1_0000 + text.charCodeAt(index + 1)
}
