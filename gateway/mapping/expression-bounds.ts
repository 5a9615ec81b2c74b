import { RE2JS } from 're2js'
import type { Meter } from './run.ts'

/** A pattern costs up to 5 µs a character, mark-up 0.3. */
export const MATCH_COST = 5
const MAX_PATTERN = 500
const MAX_CACHED_PATTERNS = 100
/** Characters of a joined text or of a whole result. */
const MAX_CHARACTERS = 1_000_000
const MAX_SPLIT = 200_000
const MAX_VALUES = 10_000
const MAX_DEPTH = 50
/** Characters that one step of a comprehension looks through for one unit of the meter. */
const CHARACTERS_A_UNIT = 50

/** What goes beyond its bounds. */
class TooMuch extends Error {}

interface Running {
  readonly variables: { readonly [name: string]: unknown }
  readonly meter: Meter
  /** Characters of the variables; counted where a comprehension needs it. */
  size: number | undefined
  exceeded: boolean
}

/** The functions that CEL runs instead of its own, and what the expression that runs now may still cost. */
export class CelBounds {
  readonly #patterns = new Map<string, RE2JS>()
  #running: Running | undefined

  /** Runs an expression within its meter. `exceeded` says that a bound stopped it. */
  run<T>(
    variables: { readonly [name: string]: unknown },
    meter: Meter,
    program: () => T,
  ): { readonly value: T } | { readonly error: unknown; readonly exceeded: boolean } {
    const running: Running = { variables, meter, size: undefined, exceeded: false }
    this.#running = running
    try {
      return { value: program() }
    } catch (error) {
      return { error, exceeded: running.exceeded || error instanceof TooMuch }
    }
  }

  readonly matches = (text: string, pattern: string): boolean => {
    this.#spend(text.length * MATCH_COST)
    if (pattern.length > MAX_PATTERN) this.#stop()
    let compiled = this.#patterns.get(pattern)
    if (compiled === undefined) {
      compiled = RE2JS.compile(pattern)
      if (this.#patterns.size < MAX_CACHED_PATTERNS) this.#patterns.set(pattern, compiled)
    }
    return compiled.test(text)
  }

  /** A list that is gone through with so many nodes an item: its cost is taken beforehand. */
  readonly list = (value: unknown, nodes: bigint): unknown => {
    const length = Array.isArray(value) ? value.length : sizeOfMap(value)
    const running = this.#running
    if (length === 0 || running === undefined) return value
    running.size ??= charactersOf(running.variables)
    this.#spend((length * Number(nodes) * (running.size + 100)) / CHARACTERS_A_UNIT)
    return value
  }

  readonly join = (list: unknown, separator = ''): string => {
    const parts = Array.isArray(list) ? list : []
    let length = 0
    for (const part of parts) {
      if (typeof part !== 'string') throw new Error('A joined list holds texts only.')
      length += part.length + separator.length
      if (length > MAX_CHARACTERS) this.#stop()
    }
    return parts.join(separator)
  }

  readonly split = (text: string, separator: string): string[] => {
    if (text.length > MAX_SPLIT) this.#stop()
    this.#spend(text.length)
    return text.split(separator)
  }

  #spend(units: number): void {
    const running = this.#running
    if (running === undefined) return
    running.meter.left -= units
    if (running.meter.left < 0) this.#stop()
  }

  #stop(): never {
    if (this.#running !== undefined) this.#running.exceeded = true
    throw new TooMuch('The expression takes too much work, or makes too much.')
  }
}

const sizeOfMap = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : 0

/** Characters of every text within a value, and one for each other part; stops counting at ten million. */
function charactersOf(root: unknown): number {
  const waiting: unknown[] = [root]
  let count = 0
  while (waiting.length > 0 && count < 10_000_000) {
    const value = waiting.pop()
    count += typeof value === 'string' ? value.length : 1
    if (typeof value === 'object' && value !== null)
      for (const item of Object.values(value)) waiting.push(item)
  }
  return count
}

interface Room {
  characters: number
  values: number
}

/** CEL's integers as numbers, its times as text, its optionals opened. Throws where a result is larger or deeper than any field. */
export function boundedValue(
  value: unknown,
  room: Room = { characters: MAX_CHARACTERS, values: MAX_VALUES },
  depth = 0,
): unknown {
  room.values--
  if (typeof value === 'string') room.characters -= value.length
  if (room.characters < 0 || room.values < 0 || depth > MAX_DEPTH)
    throw new TooMuch('The result is too large.')
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map((item) => boundedValue(item, room, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  if ('hasValue' in value && typeof value.hasValue === 'function') {
    return value.hasValue() === true && 'value' in value && typeof value.value === 'function'
      ? boundedValue(value.value(), room, depth + 1)
      : undefined
  }
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [String(key), boundedValue(item, room, depth + 1)]))
}
