import { EVERY, type Path } from './path.ts'
import { isObject } from './value.ts'

/** Of a list's items so many are looked at for new fields. */
const ITEMS_SEEN = 3
/** New fields of one record that are seen. */
const MOST_SEEN = 20

interface Known {
  /** What stands before the names here: `contact.` */
  readonly prefix: string
  /** The mapping reads or ignores all of it. */
  whole: boolean
  readonly children: Map<string, Known>
}

const known = (prefix: string): Known => ({ prefix, whole: false, children: new Map() })

/** The fields of a record that a mapping names, and which of a record's fields it does not. */
export class KnownFields {
  readonly #root = known('')

  /** Places in lists are passed by: the items of a list have the same fields. */
  add(path: Path): void {
    let node = this.#root
    for (const step of path) {
      if (typeof step === 'number' || step === EVERY) continue
      const child = node.children.get(step) ?? known(`${node.prefix}${step}.`)
      node.children.set(step, child)
      node = child
    }
    node.whole = true
  }

  /** Whether any path begins with this name. */
  has(name: string): boolean {
    return this.#root.children.has(name)
  }

  /** Calls `see` for each field that is not known: a top-level one, or one beside fields that the mapping names. */
  eachNew(record: unknown, see: (prefix: string, key: string) => void): void {
    if (isObject(record)) lookInto(record, this.#root, { left: MOST_SEEN, see })
  }
}

interface Look {
  left: number
  readonly see: (prefix: string, key: string) => void
}

function lookInto(value: { [key: string]: unknown }, { children, prefix }: Known, look: Look): void {
  for (const key of Object.keys(value)) {
    const child = children.get(key)
    if (child === undefined) {
      if (look.left === 0) return
      look.left--
      look.see(prefix, key)
    } else if (!child.whole) lookBelow(value[key], child, look)
  }
}

function lookBelow(value: unknown, node: Known, look: Look): void {
  if (!Array.isArray(value)) {
    if (isObject(value)) lookInto(value, node, look)
    return
  }
  for (let at = 0; at < value.length && at < ITEMS_SEEN; at++) {
    const item: unknown = value[at]
    if (isObject(item)) lookInto(item, node, look)
  }
}
