/** Small changes to a channel's YAML text that leave every other byte as its author wrote it. */
import { isDeepStrictEqual } from 'node:util'
import { isMap, isScalar, isSeq, parseAllDocuments, type Document, type YAMLMap } from 'yaml'

type Path = readonly string[]

/** Sets one text at a path of the channel (the first document), making what is missing on the way. */
export function setInText(text: string, path: Path, value: string): string {
  const root = channelDocument(text)
  const wanted = withSet(root.toJS(), path, value)
  return editedOr(
    text,
    wanted,
    () => replaced(text, root, path, value),
    () => rewritten(text, path, value),
  )
}

/** Adds one text to a list of the channel, where it is not in it. */
export function addToListInText(text: string, path: Path, value: string): string {
  const root = channelDocument(text)
  const list: unknown = root.toJS() === null ? undefined : root.getIn(path, false)
  const items = isSeq(list) ? list.toJSON() : []
  if (items.includes(value)) return text
  const whole = [...items, value]
  const wanted = withSet(root.toJS(), path, whole)
  return editedOr(
    text,
    wanted,
    () => appended(text, root, path, value),
    () => rewritten(text, path, whole),
  )
}

const parse = (text: string) => {
  const documents = parseAllDocuments(text, { stringKeys: true, merge: true, version: '1.2' })
  return 'empty' in documents ? [] : [...documents]
}

function channelDocument(text: string): Document.Parsed {
  const [root] = parse(text)
  if (root === undefined) throw new Error('The text is empty.')
  return root
}

/** The small edit where it says what it should, else the whole document written anew. */
function editedOr(
  text: string,
  wanted: unknown,
  edit: () => string | undefined,
  rewrite: () => string,
): string {
  const edited = edit()
  if (edited !== undefined) {
    const [root, ...rest] = parse(edited)
    const same = parse(text).length - 1 === rest.length
    if (root?.errors.length === 0 && same && isDeepStrictEqual(plain(root.toJS()), plain(wanted)))
      return edited
  }
  return rewrite()
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function withSet(root: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  const members = typeof root === 'object' && root !== null ? (root as { [name: string]: unknown }) : {}
  return { ...members, [key]: withSet(members[key], rest, value) }
}

function rewritten(text: string, path: Path, value: unknown): string {
  const documents = parse(text)
  documents[0]?.setIn(path, value)
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('')
}

/** The innermost map on the way that stands in the text itself, and what of the path it lacks. */
function deepest(root: Document.Parsed, path: Path): { map: YAMLMap; rest: Path } | undefined {
  let map: unknown = root.contents
  for (let depth = 0; isMap(map); depth++) {
    const key = path[depth]
    const child: unknown = key === undefined ? undefined : map.get(key, true)
    if (!isMap(child)) return { map, rest: path.slice(depth) }
    map = child
  }
  return undefined
}

function replaced(text: string, root: Document.Parsed, path: Path, value: string): string | undefined {
  const found = deepest(root, path)
  if (found === undefined) return undefined
  const { map, rest } = found
  const [key = ''] = rest
  const child: unknown = map.get(key, true)
  if (rest.length === 1 && isScalar(child) && child.range)
    return spliced(text, child.range[0], child.range[1], scalar(value))
  return child === undefined ? inserted(text, map, rest, scalar(value)) : undefined
}

function appended(text: string, root: Document.Parsed, path: Path, value: string): string | undefined {
  const list = root.getIn(path, true)
  if (isSeq(list) && list.range) {
    if (list.flow === true) {
      const end = list.range[1] - 1
      const before = text.slice(0, end).trimEnd()
      return `${before}${list.items.length === 0 ? '' : ', '}${scalar(value)}${text.slice(end)}`
    }
    return undefined
  }
  const found = deepest(root, path)
  return found && found.map.get(found.rest[0] ?? '', true) === undefined
    ? inserted(text, found.map, found.rest, `[${scalar(value)}]`)
    : undefined
}

/** New keys at the end of a map, in its own style. */
function inserted(text: string, map: YAMLMap, rest: Path, value: string): string | undefined {
  if (!map.range) return undefined
  if (map.flow === true) {
    const nested = rest.reduceRight((inner, key, depth) => {
      const pair = `${scalar(key)}: ${inner}`
      return depth === 0 ? pair : `{ ${pair} }`
    }, value)
    const end = map.range[1] - 1
    const before = text.slice(0, end).trimEnd()
    return map.items.length === 0
      ? `${before} ${nested} ${text.slice(end)}`
      : `${before}, ${nested} ${text.slice(end)}`
  }
  const [first, last] = [map.items[0]?.key, map.items.at(-1)]
  const start = (first as { range?: readonly number[] } | undefined)?.range?.[0]
  const end = endOf(last?.value) ?? endOf(last?.key)
  if (start === undefined || end === undefined) return undefined
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1)
  const line = text.indexOf('\n', Math.max(0, end - 1))
  const at = line === -1 ? text.length : line
  const lines = rest.map((key, depth) => {
    const head = `${' '.repeat(indent + depth * 2)}${scalar(key)}:`
    return depth === rest.length - 1 ? `${head} ${value}` : head
  })
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const head = text.slice(0, at).replace(/\r$/, '')
  return `${head}${eol}${lines.join(eol)}${line === -1 ? eol : text.slice(at - (text[at - 1] === '\r' ? 1 : 0))}`
}

const endOf = (node: unknown): number | undefined =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? (node.range[1] as number)
    : undefined

const spliced = (text: string, from: number, to: number, part: string): string =>
  text.slice(0, from) + part + text.slice(to)

const PLAIN = /^[A-Za-z\p{Script=Han}][\w\p{Script=Han}-]*$/u
const SPECIAL = /^(true|false|null|yes|no|on|off|y|n)$/i

/** A text as YAML writes it: plain where nothing could be read into it, else in quotes. */
function scalar(value: string): string {
  if (PLAIN.test(value) && !SPECIAL.test(value)) return value
  return /[\n\t\\\p{Cc}]/u.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`
}
