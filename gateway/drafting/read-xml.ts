import { readXml as readDocument } from '../../adapters/reading/xml-read.ts'
import { findRecords } from './find-records.ts'
import { sampleBounds, unreadable, type Sample } from './sample.ts'

const bounds = { maxDepth: sampleBounds.depth, maxElements: 200_000 }
const words = {
  noun: 'sample',
  whenCutOff: 'Send the whole file.',
  whenDtd: 'Send plain XML without a document type.',
}

/** The repeated element, or the one that looks like a record. Throws `sample.unreadable` or DecodeError. */
export function readXml(text: string, notes: readonly string[]): Sample {
  if (/^\s*<(!doctype\s+html|html|table|meta)\b/i.test(text))
    throw unreadable(
      'The sample is a web page, as some systems export it under the name .xls. Open it in a spreadsheet and save it as XLSX or CSV.',
    )
  const { name, value } = readDocument(text, { words, bounds })
  const found = findRecords(value)
  if (found === undefined)
    throw unreadable(
      'The XML holds no element with elements in it, so no record. Send a whole message of the source.',
    )
  const { path, records, skipped } = found
  const more = skipped === 0 ? [] : [`有 ${skipped} 个同名元素没有子元素，已略过。`]
  return {
    form: 'xml',
    records,
    notes: [...notes, path === '' ? `根元素 ${name} 就是一条。` : `条目是 ${path} 元素。`, ...more],
    ...(path !== '' && { recordsPath: path }),
  }
}
