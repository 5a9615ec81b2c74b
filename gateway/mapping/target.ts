import type { TSchema } from 'typebox'
import { suggestion } from './definition-error.ts'
import { parsePath } from './path.ts'
import { isObject } from './value.ts'

type TargetPath = readonly (string | number)[]

/** Where a field's value goes in the canonical form, and what type it has there. */
export interface Target {
  readonly path: TargetPath
  readonly type: string | undefined
}

interface SchemaNode {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: { readonly [name: string]: SchemaNode }
  readonly patternProperties?: { readonly [pattern: string]: SchemaNode }
  readonly items?: SchemaNode
  readonly maxItems?: number
}

/** Finds a target path in a schema of `schemas/`, or says which name is not known there. */
export function resolveTarget(
  schema: TSchema,
  text: string,
): { kind: 'target'; target: Target } | { kind: 'fault'; detail: string } {
  const parsed = parsePath(text)
  if (parsed.kind === 'fault') return parsed
  let node: SchemaNode = schema
  const path: (string | number)[] = []
  for (const step of parsed.path) {
    if (step === '__proto__') return { kind: 'fault', detail: 'The name "__proto__" cannot be used.' }
    if (typeof step === 'symbol' || (typeof step === 'number' && (step < 0 || step >= (node.maxItems ?? 50))))
      return {
        kind: 'fault',
        detail: `The target "${text}" has no such place: places of a list are numbered from [0] to [${(node.maxItems ?? 50) - 1}].`,
      }
    const next: SchemaNode | undefined = typeof step === 'number' ? node.items : childOf(node, step)
    if (next === undefined) {
      return {
        kind: 'fault',
        detail: `"${step}" of the target "${text}" is not known.${suggestion(String(step), Object.keys(node.properties ?? {}))}`,
      }
    }
    path.push(step)
    node = next
  }
  const type =
    node.type ?? (node.enum?.every((value) => typeof value === 'string') === true ? 'string' : undefined)
  return { kind: 'target', target: { path, type } }
}

function childOf(node: SchemaNode, name: string): SchemaNode | undefined {
  if (node.properties !== undefined && Object.hasOwn(node.properties, name)) return node.properties[name]
  return Object.values(node.patternProperties ?? {})[0]
}

/** Words about two targets (JSON Pointers) of which one would stand within the other; undefined where there are none. */
export function overlapOf(pointers: readonly string[]): string | undefined {
  for (const outer of pointers) {
    const within = pointers.find((other) => other.startsWith(`${outer}/`))
    if (within !== undefined)
      return `${within} stands within ${outer}, which is a target, too. Keep one of them.`
  }
  return undefined
}

type Container = { [key: string]: unknown }

interface Slot {
  readonly parent: number
  readonly key: string | number
  readonly isList: boolean
}

/** The objects and lists that a rule's targets stand in; each is made where one of its targets has a value. */
export class TargetTree {
  readonly #slots: Slot[] = []

  /** Where a target is written: the number of its container, -1 the content itself, and its key there. */
  placeOf(path: TargetPath): { readonly slot: number; readonly key: string | number } {
    let slot = -1
    for (const [index, key] of path.slice(0, -1).entries()) {
      const parent = slot
      slot = this.#slots.findIndex((one) => one.parent === parent && one.key === key)
      if (slot >= 0) continue
      slot = this.#slots.length
      this.#slots.push({ parent, key, isList: typeof path[index + 1] === 'number' })
    }
    return { slot, key: path.at(-1) ?? '' }
  }

  /** The container of that number, made with those around it. `made` has those of this content. */
  container(slot: number, content: Container, made: Container[]): Container {
    if (slot < 0) return content
    const known = made[slot]
    if (known !== undefined) return known
    const { parent, key, isList } = this.#slots[slot] as Slot
    const fresh = (isList ? [] : {}) as Container
    made[slot] = fresh
    this.container(parent, content, made)[key] = fresh
    return fresh
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
