import { pointerTo } from './definition-error.ts'
import { compileField } from './field.ts'
import { checkedField, isFieldRule, warnMisspelt } from './field-rule.ts'
import type { FieldScope, Run } from './run.ts'
import { isObject, safeText } from './value.ts'

/** Makes a body; undefined: nothing in it has a value. */
export type CompiledBody = (run: Run) => unknown

const MAX_DEPTH = 20
const MAX_NODES = 2000

/**
 * A tree whose text leaves are paths, whose objects with a field rule's keys are fields, and whose numbers and booleans stand
 * for themselves. An absent leaf is left out of its object or list.
 */
export function compileBody(tree: unknown, at: string, scope: FieldScope): CompiledBody {
  return compileNode(tree, at, { scope, depth: 0, room: { nodes: MAX_NODES } })
}

interface Place {
  readonly scope: FieldScope
  readonly depth: number
  readonly room: { nodes: number }
}

function compileNode(tree: unknown, at: string, place: Place): CompiledBody {
  const { scope, depth, room } = place
  if (tree === undefined) return () => undefined
  if (depth > MAX_DEPTH || room.nodes-- <= 0) {
    scope.faults.add(
      at,
      depth > MAX_DEPTH
        ? `A body is at most ${MAX_DEPTH} levels deep. Make it flatter.`
        : `A body has at most ${MAX_NODES} parts. Make it smaller.`,
    )
    return () => undefined
  }
  if (typeof tree === 'string' || isFieldRule(tree)) return compileLeaf(tree, at, scope)
  const below = { ...place, depth: depth + 1 }
  if (Array.isArray(tree)) {
    const items = tree.map((item: unknown, index: number) => compileNode(item, pointerTo(at, index), below))
    return (run) => items.map((item) => item(run)).filter((value) => value !== undefined)
  }
  if (!isObject(tree)) return () => tree
  warnMisspelt(tree, at, scope.faults)
  return compileMembers(tree, at, below)
}

function compileMembers(tree: { readonly [key: string]: unknown }, at: string, place: Place): CompiledBody {
  if (Object.hasOwn(tree, '__proto__'))
    place.scope.faults.add(pointerTo(at, '__proto__'), 'The name "__proto__" cannot be used.')
  const members = Object.entries(tree)
    .filter(([key]) => key !== '__proto__')
    .map(([key, member]) => [key, compileNode(member, pointerTo(at, key), place)] as const)
  return (run) => {
    const made: { [key: string]: unknown } = {}
    for (const [key, member] of members) {
      const value = member(run)
      if (value !== undefined) made[key] = value
    }
    return made
  }
}

function compileLeaf(leaf: unknown, at: string, scope: FieldScope): CompiledBody {
  const field = checkedField(leaf, at, scope.faults)
  if (field === undefined) return () => undefined
  const compiled = compileField(field, at, at.replace(/^.*?\/body/, '/body'), scope)
  return (run) => {
    const value = compiled.read(run)
    return typeof value === 'string' ? safeText(value) : value
  }
}
