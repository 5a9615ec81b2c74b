import type { TSchema } from 'typebox'
import { suggestion } from './definition-error.ts'
import { parsePath, type Path } from './path.ts'
import { isObject } from './value.ts'

/** Where a field's value goes in the canonical form, and what type it has there. */
export interface Target {
  readonly path: Path
  readonly type: string | undefined
}

interface SchemaNode {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: { readonly [name: string]: SchemaNode }
  readonly patternProperties?: { readonly [pattern: string]: SchemaNode }
  readonly items?: SchemaNode
}

/** Finds a target path in a schema of `schemas/`, or says which name is not known there. */
export function resolveTarget(
  schema: TSchema,
  text: string,
): { kind: 'target'; target: Target } | { kind: 'fault'; detail: string } {
  const parsed = parsePath(text)
  if (parsed.kind === 'fault') return parsed
  let node: SchemaNode = schema
  for (const step of parsed.path) {
    if (step === '__proto__') return { kind: 'fault', detail: 'The name "__proto__" cannot be used.' }
    const next: SchemaNode | undefined = typeof step === 'number' ? node.items : childOf(node, step)
    if (next === undefined) {
      return {
        kind: 'fault',
        detail: `"${step}" of the target "${text}" is not known.${suggestion(String(step), Object.keys(node.properties ?? {}))}`,
      }
    }
    node = next
  }
  const type =
    node.type ?? (node.enum?.every((value) => typeof value === 'string') === true ? 'string' : undefined)
  return { kind: 'target', target: { path: parsed.path, type } }
}

function childOf(node: SchemaNode, name: string): SchemaNode | undefined {
  if (node.properties !== undefined && Object.hasOwn(node.properties, name)) return node.properties[name]
  return Object.values(node.patternProperties ?? {})[0]
}

type Container = { [key: string]: unknown }

/** Writes a value at the path, making objects and lists on the way. */
export function compileSetter(path: Path): (root: Container, value: unknown) => void {
  const [first] = path
  if (path.length === 1 && typeof first === 'string') {
    return (root, value) => {
      root[first] = value
    }
  }
  const last = path.at(-1) ?? ''
  const parents = path
    .slice(0, -1)
    .map((step, index) => ({ step, isList: typeof path[index + 1] === 'number' }))
  return (root, value) => {
    let node = root
    for (const { step, isList } of parents) node = (node[step] ??= isList ? [] : {}) as Container
    node[last] = value
  }
}

/**
 * Removes what absent values left half made: holes in lists, references without number, files without address, and person keys
 * of which only the site or account is known.
 */
export function compactContent(content: Container): void {
  for (const name of ['references', 'attachments', 'tags']) {
    const list = content[name]
    if (!Array.isArray(list)) continue
    const kept = list.filter((item: unknown) => isWhole(name, item))
    if (kept.length === 0) delete content[name]
    else content[name] = kept
  }
  const reporter = content['reporter']
  if (!isObject(reporter)) return
  for (const name of ['openid', 'siteUser']) {
    const key = reporter[name]
    if (isObject(key) && key['id'] === undefined) delete reporter[name]
  }
  if (Object.keys(reporter).length === 0) delete content['reporter']
}

function isWhole(name: string, item: unknown): boolean {
  if (item === undefined || item === null) return false
  if (name === 'tags' || typeof item !== 'object') return true
  return name === 'references' ? 'number' in item : 'url' in item
}
