import { readFile } from 'node:fs/promises'
import { isScalar, LineCounter, parseAllDocuments, visit, type Document } from 'yaml'
import { FaultList, MappingDefinitionError, pointerTo, type DefinitionPlace } from './definition-error.ts'

/** One YAML document as read, and where its parts stand. */
export interface YamlDocument {
  readonly value: unknown
  readonly place: DefinitionPlace
}

/** Reads a YAML file of one document. Throws MappingDefinitionError with file and line. */
export async function readYaml(file: string): Promise<YamlDocument> {
  const documents = await readYamlDocuments(file)
  const [only] = documents
  if (only === undefined || documents.length > 1) {
    throw new MappingDefinitionError([
      { file, path: '', detail: `The file holds ${documents.length} YAML documents; one is expected.` },
    ])
  }
  return only
}

export async function readYamlDocuments(file: string): Promise<YamlDocument[]> {
  return parseYaml(await readFile(file, 'utf8'), file)
}

/** Keys are texts as written, so that `0101:` stays 0101. Throws MappingDefinitionError with file and line. */
export function parseYaml(text: string, file: string): YamlDocument[] {
  try {
    return parseDocuments(text, file)
  } catch (cause) {
    if (cause instanceof MappingDefinitionError) throw cause
    // Too many aliases, or nested until the stack is full.
    const detail = `The YAML cannot be read: ${cause instanceof Error ? cause.message : 'it is too deep'}. Write it without alias upon alias, and less deep.`
    throw new MappingDefinitionError([{ file, path: '', detail }], { cause })
  }
}

/** Brackets within brackets: the parser takes seconds for a million, and then has no stack left. */
const maxDepth = 200

function isTooDeep(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (bracket === '[' || bracket === '{' ? 1 : -1))
    if (depth > maxDepth) return true
  }
  return false
}

function parseDocuments(text: string, file: string): YamlDocument[] {
  if (isTooDeep(text)) throw new Error(`More than ${maxDepth} brackets are open at once.`)
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    stringKeys: true,
    merge: true,
    version: '1.2',
    // Its own look for double keys takes minutes for 80,000.
    uniqueKeys: false,
    prettyErrors: false,
  })
  const list: readonly Document[] = 'empty' in documents ? [] : documents
  const faults = list
    .flatMap((document) => [...document.errors, ...doubleKeys(document)])
    .map((error) => ({
      file,
      path: '',
      line: lines.linePos(error.pos[0]).line,
      detail: `The YAML cannot be read: ${error.message}`,
    }))
  if (faults.length > 0) throw new MappingDefinitionError(faults)
  return list.map((document) => {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    const place = { file, lineOf: (pointer: string) => lineOf(document, lines, pointer) }
    const unfit = placeOfUnfit(value, '')
    if (unfit !== undefined) {
      const faulty = new FaultList(place)
      faulty.add(unfit, 'The text holds a NUL, or half of a character (a lone surrogate). Remove it.')
      faulty.throwIfAny()
    }
    return { value, place }
  })
}

/** Keys that stand in one map twice: the first of them would be lost. */
function doubleKeys(document: Document): { message: string; pos: readonly [number] }[] {
  const faults: { message: string; pos: readonly [number] }[] = []
  visit(document, {
    Map: (_key, { items }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : undefined
        if (!isScalar(key) || name === '<<') continue
        if (seen.has(name))
          faults.push({ message: `The key "${String(name)}" is given twice.`, pos: [key.range?.[0] ?? 0] })
        seen.add(name)
      }
    },
  })
  return faults.slice(0, 20)
}

/** Where a text, or a key, holds what PostgreSQL's jsonb does not take. */
function placeOfUnfit(value: unknown, at: string): string | undefined {
  if (typeof value === 'string') return isFit(value) ? undefined : at
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, member] of Object.entries(value)) {
    if (!isFit(key)) return at
    const found = placeOfUnfit(member, pointerTo(at, key))
    if (found !== undefined) return found
  }
  return undefined
}

const isFit = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/** The line of the nearest node that exists on the way to the pointer. */
function lineOf(document: Document, lines: LineCounter, pointer: string): number | undefined {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  for (let length = steps.length; length >= 0; length--) {
    const node: unknown = document.getIn(steps.slice(0, length), true)
    if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
      continue
    const start: unknown = node.range[0]
    if (typeof start === 'number') return lines.linePos(start).line
  }
  return undefined
}
