import { Field, type FieldRule } from '../../schemas/mapping.ts'
import { pointerTo, suggestion, type FaultList } from './definition-error.ts'
import { isObject } from './value.ts'
import { compileValidator, explainErrors } from './validation.ts'

const RULE_KEYS = new Set(['from', 'value', 'join', 'with', 'cel', 'when', 'match', 'codes', 'as', 'default'])
export const SOURCE_KEYS = ['from', 'value', 'join', 'cel'] as const

/** A rule, told from a tree that merely has other keys: only rule keys, and one that says where the value comes from. */
export function isFieldRule(value: unknown): value is FieldRule {
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  if (keys.length === 0 || !keys.every((key) => RULE_KEYS.has(key))) return false
  return SOURCE_KEYS.some((key) => Object.hasOwn(value, key)) || Object.hasOwn(value, 'as')
}

const isField = compileValidator<Field>(Field)

/** Checks a field of a body or a join, which the schema of the whole leaves open. Faults where it is none. */
export function checkedField(value: unknown, at: string, faults: FaultList): Field | undefined {
  if (isField(value)) return value
  for (const { pointer, detail } of explainErrors(isField.errors ?? [])) faults.add(at + pointer, detail)
  return undefined
}

/** In a body: a key that is nearly one of a field's beside real ones makes a tree of what was meant as a field. */
export function warnMisspelt(tree: { readonly [key: string]: unknown }, at: string, faults: FaultList): void {
  const keys = Object.keys(tree)
  const odd = keys.filter((key) => !RULE_KEYS.has(key))
  const [only] = odd
  if (
    only === undefined ||
    odd.length !== 1 ||
    keys.length < 2 ||
    !SOURCE_KEYS.some((key) => keys.includes(key))
  )
    return
  const words = suggestion(only, RULE_KEYS)
  if (words.startsWith(' Did')) faults.add(pointerTo(at, only), `"${only}" is no key of a field.${words}`)
}
