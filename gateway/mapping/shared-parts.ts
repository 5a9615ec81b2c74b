import type { TSchema } from 'typebox'
import { isObject } from './value.ts'

/** Smaller parts are cheaper where they stand. */
const MIN_CHARACTERS = 1500

type Node = { [key: string]: unknown }

/**
 * The same schema with each large part that it repeats written once, under `$defs`: TypeBox writes a part out wherever it is used,
 * and ajv then compiles a mapping's field seventeen times. What it accepts is the same; the paths of its errors are not.
 */
export function withSharedParts(schema: TSchema): TSchema {
  const counts = new Map<string, number>()
  count(schema, counts)
  const definitions: Node = {}
  const names = new Map<string, string>()
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite)
    if (!isObject(value)) return value
    const text = JSON.stringify(value)
    if ((counts.get(text) ?? 0) < 2) return members(value)
    const known = names.get(text)
    if (known !== undefined) return { $ref: known }
    const name = `part${names.size}`
    names.set(text, `#/$defs/${name}`)
    definitions[name] = members(value)
    return { $ref: `#/$defs/${name}` }
  }
  // An own `$id` would make the references of a part look there.
  const members = (value: Node): Node =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([key, item]) => key !== '$id' || typeof item !== 'string')
        .map(([key, item]) => [key, MAPS.has(key) && isObject(item) ? each(item, rewrite) : rewrite(item)]),
    )
  const root = members(schema as Node)
  return { ...root, ...(names.size === 0 ? {} : { $defs: definitions }) }
}

/** Keywords whose value is no schema, but schemas by name. */
const MAPS = new Set(['properties', 'patternProperties'])

const each = (map: Node, change: (value: unknown) => unknown): Node =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]))

function count(value: unknown, counts: Map<string, number>): void {
  if (Array.isArray(value)) {
    for (const item of value) count(item, counts)
    return
  }
  if (!isObject(value)) return
  const text = JSON.stringify(value)
  if (text.length < MIN_CHARACTERS) return
  counts.set(text, (counts.get(text) ?? 0) + 1)
  for (const [key, item] of Object.entries(value)) {
    if (MAPS.has(key) && isObject(item)) for (const one of Object.values(item)) count(one, counts)
    else count(item, counts)
  }
}
