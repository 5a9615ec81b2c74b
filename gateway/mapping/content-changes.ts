/** What is different between two versions of a report or message, told without what a person said. */
import { shownCode } from './value.ts'

/** JSON Pointers into the canonical form, at most a hundred, and the values of codes and times. Empty: nothing is different. */
export interface ContentChanges {
  readonly added?: readonly string[]
  readonly removed?: readonly string[]
  readonly changed?: readonly string[]
  /** How many more places differ. */
  readonly more?: number
  readonly values?: { readonly [pointer: string]: { readonly before?: Leaf; readonly after?: Leaf } }
}

type Leaf = string | number | boolean
type Leaves = Map<string, Leaf>

const asIs = (leaf: Leaf): Leaf => leaf
const asCode = (leaf: Leaf): Leaf => (typeof leaf === 'string' ? shownCode(leaf) : leaf)
/** Leaves whose values may be shown, and how. Of all others only the place is told. */
const shown: { readonly [pointer: string]: (leaf: Leaf) => Leaf } = {
  '/externalId': asIs,
  '/submittedAt': asIs,
  '/occurredAt': asIs,
  '/category': asIs,
  '/kind': asIs,
  '/urgency': asIs,
  '/sensitive': asIs,
  '/sourceCategory': asCode,
  '/location/district': asCode,
  '/location/street': asCode,
  '/location/community': asCode,
}
const maxPointers = 100

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Each leaf by its JSON Pointer (RFC 6901). An empty list or object has none. */
function leavesOf(value: unknown, at: string, into: Leaves): Leaves {
  if (Array.isArray(value)) value.forEach((member, index) => leavesOf(member, `${at}/${index}`, into))
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) leavesOf(member, `${at}/${escaped(key)}`, into)
  else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    into.set(at, value)
  return into
}

function valuesOf(pointers: readonly string[], before: Leaves, after: Leaves): ContentChanges['values'] {
  const entries = pointers.flatMap((pointer) => {
    const show = Object.hasOwn(shown, pointer) ? shown[pointer] : undefined
    if (show === undefined) return []
    const [was, is] = [before.get(pointer), after.get(pointer)]
    const value = {
      ...(was !== undefined && { before: show(was) }),
      ...(is !== undefined && { after: show(is) }),
    }
    return [[pointer, value] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

export function changesBetween(former: object, now: object): ContentChanges {
  const before = leavesOf(former, '', new Map())
  const after = leavesOf(now, '', new Map())
  const lists = {
    changed: [...after].flatMap(([at, leaf]) => (before.has(at) && before.get(at) !== leaf ? [at] : [])),
    added: [...after.keys()].filter((pointer) => !before.has(pointer)),
    removed: [...before.keys()].filter((pointer) => !after.has(pointer)),
  }
  const all = [...lists.changed, ...lists.added, ...lists.removed]
  if (all.length === 0) return {}
  let room = maxPointers
  const told: { [how in keyof typeof lists]?: string[] } = {}
  for (const how of ['changed', 'added', 'removed'] as const) {
    const part = lists[how].toSorted().slice(0, room)
    room -= part.length
    if (part.length > 0) told[how] = part
  }
  const values = valuesOf(all.toSorted(), before, after)
  return {
    ...told,
    ...(all.length > maxPointers && { more: all.length - maxPointers }),
    ...(values !== undefined && { values }),
  }
}
