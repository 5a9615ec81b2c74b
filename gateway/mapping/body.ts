import type { Field } from '../../schemas/mapping.ts'
import { pointerTo } from './definition-error.ts'
import { compileField, isFieldRule } from './field.ts'
import type { FieldScope, Run } from './run.ts'
import { isObject, safeText } from './value.ts'

/** Makes a body; undefined: nothing in it has a value. */
export type CompiledBody = (run: Run) => unknown

/**
 * A tree whose text leaves are paths, whose objects with a field rule's keys are fields, and whose numbers and booleans stand
 * for themselves. An absent leaf is left out of its object or list.
 */
export function compileBody(tree: unknown, at: string, scope: FieldScope): CompiledBody {
  if (tree === undefined) return () => undefined
  if (typeof tree === 'string') return compileLeaf(tree, at, scope)
  if (isFieldRule(tree)) return compileLeaf(tree, at, scope)
  if (Array.isArray(tree)) {
    const items = tree.map((item: unknown, index: number) => compileBody(item, pointerTo(at, index), scope))
    return (run) => items.map((item) => item(run)).filter((value) => value !== undefined)
  }
  if (!isObject(tree)) return () => tree
  const members = Object.entries(tree).map(
    ([key, member]) => [key, compileBody(member, pointerTo(at, key), scope)] as const,
  )
  return (run) => {
    const made: { [key: string]: unknown } = {}
    for (const [key, member] of members) {
      const value = member(run)
      if (value !== undefined) made[key] = value
    }
    return made
  }
}

function compileLeaf(field: Field, at: string, scope: FieldScope): CompiledBody {
  const compiled = compileField(field, at, at.replace(/^.*\/body/, '/body'), scope)
  return (run) => {
    const value = compiled.read(run)
    return typeof value === 'string' ? safeText(value) : value
  }
}
