/** A path, split once: names of object keys, and places in arrays. */
export type Path = readonly (string | number)[]
export type ParsedPath = { kind: 'path'; path: Path } | { kind: 'fault'; detail: string }

const PLACE = /^\[(\d{1,6})\]/
const PLAIN = /^[^.[\]'"\s]+/

/** Splits `a.b`, `a[0].b`, `'odd key'.b`. */
export function parsePath(text: string): ParsedPath {
  const path: (string | number)[] = []
  let rest = text
  while (rest.length > 0) {
    const place = PLACE.exec(rest)
    if (place !== null && path.length > 0) {
      path.push(Number(place[1]))
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
  detail: `The path "${text}" cannot be read at "${rest}". Write a.b, a[0].b, or 'odd key'.b.`,
})

/** Reads own keys only, so that `__proto__` or `constructor` find nothing. `[0]` of what is no list is the value itself. */
export function readPath(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof step === 'number') {
      if (Array.isArray(value)) value = value[step]
      else if (step !== 0) return undefined
      continue
    }
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as { [key: string]: unknown })[step]
  }
  return value
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
