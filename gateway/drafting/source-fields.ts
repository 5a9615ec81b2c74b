import { isAbsent, isObject } from '../mapping/value.ts'
import { sampleBounds, unreadable, type SampleRecord } from './sample.ts'

/** One field of the source over all records of a sample. */
export interface SourceField {
  /** As a mapping writes its path; undefined where no path can name it, or its name may be personal. */
  readonly path: string | undefined
  /** Keys on the way, for people: `caller.phone`. */
  readonly name: string
  readonly key: string
  readonly parents: readonly string[]
  /** Its values where it has one, in the order of the records. */
  readonly values: readonly unknown[]
  /** How many records the sample has. */
  readonly rows: number
}

interface Leaf {
  readonly steps: readonly string[]
  readonly name: string
  readonly value: unknown
}

/**
 * Every value of a record that is no object, with the names on the way to it; a list is one value. Of more than `most` it gives
 * one more. Throws `sample.unreadable`.
 */
export function leavesOf(record: SampleRecord, most: number = sampleBounds.fields): Leaf[] {
  const leaves: Leaf[] = []
  walk(record, [], { leaves, most })
  return leaves
}

function walk(value: SampleRecord, steps: readonly string[], into: { leaves: Leaf[]; most: number }): void {
  if (steps.length >= sampleBounds.depth)
    throw unreadable(`A record is nested deeper than ${sampleBounds.depth} levels. Send flatter records.`)
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') continue
    if (into.leaves.length > into.most) return
    const path = [...steps, key]
    if (isObject(child) && Object.keys(child).length > 0) walk(child, path, into)
    else into.leaves.push({ steps: path, name: path.join('.'), value: child })
  }
}

/** The fields of all records, in the order in which they first stand there. */
export function sourceFields(records: readonly SampleRecord[]): SourceField[] {
  const fields = new Map<string, { steps: readonly string[]; values: unknown[] }>()
  for (const record of records) {
    for (const { steps, value } of leavesOf(record)) {
      const key = JSON.stringify(steps)
      const field = fields.get(key) ?? { steps, values: [] }
      fields.set(key, field)
      if (!isAbsent(value)) field.values.push(value)
    }
  }
  return [...fields.values()].map(({ steps, values }) => ({
    path: looksPersonal(steps.join('.')) ? undefined : pathOf(steps),
    name: steps.join('.'),
    key: steps.at(-1) ?? '',
    parents: steps.slice(0, -1),
    values,
    rows: records.length,
  }))
}

/** The schema takes paths of 300 characters. */
const maxPath = 300

/** A path in a mapping's words; undefined where a name is empty, too long, or no mapping can write it. */
export function pathOf(steps: readonly string[]): string | undefined {
  const parts = steps.map(stepOf)
  const path = parts.join('.')
  return parts.includes(undefined) || path.length > maxPath ? undefined : path
}

function stepOf(key: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- a name with control characters is written by no person
  if (key === '' || !key.isWellFormed() || /[\u0000-\u001f]/.test(key)) return undefined
  if (/^[^.[\]'"\s$]+$/.test(key)) return key
  if (!key.includes("'")) return `'${key}'`
  return key.includes('"') ? undefined : `"${key}"`
}

/** A name that may itself be personal (a phone, an identity number) stands in no draft. */
export const looksPersonal = (name: string): boolean =>
  /1[3-9]\d{9}|\d{15,}/.test(name.normalize('NFKC').replaceAll(/[\s-]/g, ''))
