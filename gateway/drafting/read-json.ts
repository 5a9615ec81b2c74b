import { scanJson } from '../../adapters/http-json/json-scan.ts'
import { parseJson } from '../../adapters/http-json/parse-json.ts'
import { isObject } from '../mapping/value.ts'
import { findRecords } from './find-records.ts'
import { sampleBounds, unreadable, type Sample, type SampleRecord } from './sample.ts'

/** One object, a list, a list somewhere inside, or one object a line. Throws `sample.unreadable` or DecodeError. */
export function readJson(text: string, notes: readonly string[]): Sample {
  const scan = scanJson(text, sampleBounds.depth)
  if (scan.kind === 'ok') return recordsIn(treeOf(text), notes)
  const lines = readLines(text)
  if (lines !== undefined) return { form: 'json', records: lines, notes: [...notes, '一行一个 JSON 对象。'] }
  throw unreadable(
    scan.kind === 'too-deep'
      ? `The JSON is nested deeper than ${sampleBounds.depth} levels at character ${scan.at}. Send flatter records.`
      : `The sample is no JSON at character ${scan.at}: ${scan.kind === 'cut-off' ? `it ends ${scan.what}` : scan.what}. Send the whole text as the source sends it.`,
  )
}

/** Through the adapter's own parser, so that long numbers come as the mapping will see them. */
const treeOf = (text: string): unknown => parseJson(Buffer.from(text), undefined)

function recordsIn(tree: unknown, notes: readonly string[]): Sample {
  const found = findRecords(tree)
  if (found === undefined)
    throw unreadable(
      'The JSON holds no object that could be a record. Send one object, or a list of objects.',
    )
  const { path, records, skipped } = found
  const more = skipped === 0 ? [] : [`列表中有 ${skipped} 项不是对象，已略过。`]
  const where = path === '' ? [] : [`条目在 ${path} 之下。`]
  return {
    form: 'json',
    records,
    notes: [...notes, ...where, ...more],
    ...(path !== '' && { recordsPath: path }),
  }
}

/** Undefined where the first line alone is no object: then it is no such file. */
function readLines(text: string): SampleRecord[] | undefined {
  const lines = text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '')
  const [first] = lines
  if (first === undefined || lines.length < 2 || !first.line.startsWith('{')) return undefined
  if (scanJson(first.line, sampleBounds.depth).kind !== 'ok') return undefined
  return lines.map(({ line, number }) => {
    const scan = scanJson(line, sampleBounds.depth)
    const value = scan.kind === 'ok' ? treeOf(line) : undefined
    if (isObject(value)) return value
    throw unreadable(
      `Line ${number} of the sample is no JSON object of at most ${sampleBounds.depth} levels. Correct or remove the line.`,
    )
  })
}
