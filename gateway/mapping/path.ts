/** Every item of a list: `[*]`. */
export const EVERY = Symbol('[*]')

/** A path, split once: names of object keys, places in arrays (-1: the last), and `EVERY`. */
export type Path = readonly (string | number | typeof EVERY)[]
export type ParsedPath = { kind: 'path'; path: Path } | { kind: 'fault'; detail: string }

/** A path with `[*]` gives at most so many values. */
export const MAX_ITEMS = 1000

const PLACE = /^\[(\*|-1|\d{1,6})\]/
const PLAIN = /^[^.[\]'"\s]+/

/** Splits `a.b`, `a[0].b`, `a[-1]`, `a[*].b`, `'odd key'.b`. */
export function parsePath(text: string): ParsedPath {
  const path: (string | number | typeof EVERY)[] = []
  let rest = text
  while (rest.length > 0) {
    const place = PLACE.exec(rest)
    if (place !== null && path.length > 0) {
      path.push(place[1] === '*' ? EVERY : Number(place[1]))
      rest = rest.slice(place[0].length)
      continue
    }
    if (path.length > 0) {
      if (!rest.startsWith('.')) return fault(text, rest)
      rest = rest.slice(1)
    }
    const quoted = quotedKey(rest)
    const key = quoted ?? PLAIN.exec(rest)?.[0]
    if (key === undefined) return fault(text, rest)
    path.push(key)
    rest = rest.slice(quoted === undefined ? key.length : key.length + 2)
  }
  return path.length === 0 ? fault(text, text) : { kind: 'path', path }
}

function quotedKey(text: string): string | undefined {
  const quote = text[0]
  if (quote !== "'" && quote !== '"') return undefined
  const end = text.indexOf(quote, 1)
  return end > 1 ? text.slice(1, end) : undefined
}

const fault = (text: string, rest: string): ParsedPath => ({
  kind: 'fault',
  detail: `The path "${text}" cannot be read at "${rest}". Write a.b, a[0].b, a[-1], a[*].b, or 'odd key'.b.`,
})

/** What a path with `[*]` reads that finds too much, or looks at too much. */
export const TOO_MANY = Symbol('too many')
/** Items that such a path looks at, over all its lists. */
const MAX_LOOKED_AT = 10_000

/**
 * Reads own keys only, so that `__proto__` or `constructor` find nothing. `[0]`, `[-1]` and `[*]` of what is no list are the value
 * itself. With `[*]` a list of the values that are there, or `TOO_MANY`.
 */
export function readPath(root: unknown, path: Path): unknown {
  return readFrom(root, path, 0, { left: MAX_LOOKED_AT })
}

interface Looks {
  left: number
}

function readFrom(root: unknown, path: Path, from: number, looks: Looks): unknown {
  let value = root
  for (let at = from; at < path.length; at++) {
    const step = path[at]
    if (step === EVERY) return readEvery(value, path, at + 1, looks)
    if (typeof step === 'number') {
      if (Array.isArray(value)) value = step < 0 ? value.at(step) : value[step]
      else if (step > 0) return undefined
      continue
    }
    if (step === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined
    value = (value as { [key: string]: unknown })[step]
  }
  return value
}

function readEvery(
  value: unknown,
  path: Path,
  next: number,
  looks: Looks,
): unknown[] | typeof TOO_MANY | undefined {
  if (value === undefined || value === null) return undefined
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  const nested = path.includes(EVERY, next)
  const found: unknown[] = []
  for (const item of items) {
    if (looks.left-- <= 0) return TOO_MANY
    const read = readFrom(item, path, next, looks)
    if (read === TOO_MANY) return TOO_MANY
    if (nested && Array.isArray(read)) for (const one of read) found.push(one)
    else if (read !== undefined && read !== null && read !== '') found.push(read)
    if (found.length > MAX_ITEMS) return TOO_MANY
  }
  return found.length === 0 ? undefined : found
}

/** A getter for one path, with the two shortest forms unrolled. */
export function compilePath(path: Path): (root: unknown) => unknown {
  const [first, second] = path
  if (path.length === 1 && typeof first === 'string') return (root) => readKey(root, first)
  if (path.length === 2 && typeof first === 'string' && typeof second === 'string') {
    return (root) => readKey(readKey(root, first), second)
  }
  return (root) => readPath(root, path)
}

function readKey(root: unknown, key: string): unknown {
  if (typeof root !== 'object' || root === null || !Object.hasOwn(root, key)) return undefined
  return (root as { [key: string]: unknown })[key]
}
