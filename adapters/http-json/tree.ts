/** Reads a parsed JSON tree by dotted paths. */

/** The value at `data.list`; own names only. Undefined where it is missing. */
export function valueAt(tree: unknown, path: string): unknown {
  let value = tree
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

/** Text, or a number as text. Undefined where it is neither, or blank. */
export function textAt(tree: unknown, path: string): string | undefined {
  const value = valueAt(tree, path)
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
  return text === '' ? undefined : text
}
