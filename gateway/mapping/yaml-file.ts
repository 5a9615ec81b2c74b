import { readFile } from 'node:fs/promises'
import { LineCounter, parseAllDocuments, type Document } from 'yaml'
import { MappingDefinitionError, type DefinitionPlace } from './definition-error.ts'

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

/** Keys are texts as written, so that `0101:` stays 0101. */
export function parseYaml(text: string, file: string): YamlDocument[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    stringKeys: true,
    merge: true,
    version: '1.2',
    uniqueKeys: true,
    prettyErrors: false,
  })
  const list: readonly Document[] = 'empty' in documents ? [] : documents
  const faults = list
    .flatMap(({ errors }) => errors)
    .map((error) => ({
      file,
      path: '',
      line: lines.linePos(error.pos[0]).line,
      detail: `The YAML cannot be read: ${error.message}`,
    }))
  if (faults.length > 0) throw new MappingDefinitionError(faults)
  return list.map((document) => ({
    value: document.toJS({ maxAliasCount: 100 }),
    place: { file, lineOf: (pointer) => lineOf(document, lines, pointer) },
  }))
}

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
