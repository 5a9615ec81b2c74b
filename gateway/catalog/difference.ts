/** What is different between two versions: line by line in the text, and value by value in what it means. */
import { createTwoFilesPatch } from 'diff'
import { isObject } from '../mapping/value.ts'

export interface Change {
  /** JSON Pointer into the merged definition, such as `/codes/category/table/0419`. */
  readonly pointer: string
  /** Missing where it was added. */
  readonly from?: unknown
  /** Missing where it was removed. */
  readonly to?: unknown
}

export interface Difference {
  /** As `diff -u` says it; empty where the texts are equal. */
  readonly text: string
  /** Of the definitions, the platform's part included. At most 500. */
  readonly changes: readonly Change[]
}

const maxChanges = 500

/** One side of a comparison. */
export interface Side {
  readonly name: string
  readonly text: string
  /** Undefined where the text does not compile. */
  readonly definition: unknown
}

export function differenceOf(from: Side, to: Side): Difference {
  const text = from.text === to.text ? '' : createTwoFilesPatch(from.name, to.name, from.text, to.text)
  const known = from.definition !== undefined && to.definition !== undefined
  const changes = known ? [...changesOf(from.definition, to.definition, '')] : []
  return { text, changes: changes.slice(0, maxChanges) }
}

const step = (key: string | number): string => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Leaf by leaf; a list of another length, or a value of another type, as a whole. */
export function* changesOf(from: unknown, to: unknown, pointer: string): Generator<Change> {
  if (isObject(from) && isObject(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)]))
      yield* changesOf(from[key], to[key], `${pointer}${step(key)}`)
    return
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    for (const [index, item] of from.entries()) yield* changesOf(item, to[index], `${pointer}${step(index)}`)
    return
  }
  if (from === to || JSON.stringify(from) === JSON.stringify(to)) return
  yield { pointer, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}
