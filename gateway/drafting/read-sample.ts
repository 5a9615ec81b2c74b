import { DecodeError } from '../../adapters/adapter.ts'
import { readCsv } from './read-csv.ts'
import { readJson } from './read-json.ts'
import { readSheet } from './read-sheet.ts'
import { readXml } from './read-xml.ts'
import { sampleBounds, tooWide, unreadable, type Sample, type SampleForm } from './sample.ts'
import { sampleText } from './sample-text.ts'
import { leavesOf } from './source-fields.ts'

/** How the file is called and what its sender said it is: hints only, its first bytes decide. */
export interface AboutSample {
  readonly name?: string
  readonly mediaType?: string
}

/**
 * Reads a sample of a source: JSON (one object, a list, a list somewhere inside, one object a line), XML, CSV or TSV, XLSX or XLS.
 * Throws GatewayError `sample.unreadable`.
 */
export async function readSample(bytes: Uint8Array, about: AboutSample): Promise<Sample> {
  if (bytes.length > sampleBounds.bytes)
    throw unreadable(
      `The sample has ${bytes.length} bytes; ${sampleBounds.bytes} are read. Send a part of it: a hundred records are plenty.`,
    )
  try {
    return bounded(await readAs(bytes, about))
  } catch (error) {
    if (error instanceof DecodeError) throw unreadable(error.message, { cause: error })
    throw error
  }
}

async function readAs(bytes: Uint8Array, about: AboutSample): Promise<Sample> {
  if (isWorkbook(bytes)) return readSheet(bytes)
  const { text, notes } = sampleText(bytes, about.mediaType)
  const start = text.trimStart()
  if (start === '')
    throw unreadable('The sample is empty. Send a file with at least one record, as the source sends it.')
  switch (formOf(start, about)) {
    case 'xml':
      return readXml(text, notes)
    case 'json':
      return readJson(text, notes)
    default:
      return readCsv(text, notes)
  }
}

/** A zip (XLSX) or a compound file (XLS). */
function isWorkbook(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes
  return (
    (first === 0x50 && second === 0x4b && third === 0x03 && fourth === 0x04) ||
    (first === 0xd0 && second === 0xcf && third === 0x11 && fourth === 0xe0)
  )
}

function formOf(start: string, { name = '', mediaType = '' }: AboutSample): SampleForm {
  if (/\.(csv|tsv)$/i.test(name) || /csv|tab-separated/i.test(mediaType)) return 'csv'
  if (start.startsWith('<')) return 'xml'
  return start.startsWith('{') || start.startsWith('[') ? 'json' : 'csv'
}

/** Takes the first records where there are more; refuses what is too wide or too deep to be a record. */
function bounded(sample: Sample): Sample {
  const { records, notes } = sample
  if (records.length === 0)
    throw unreadable('The sample holds no record. Send a file with at least one, as the source sends it.')
  const kept = records.slice(0, sampleBounds.records)
  const names = new Set<string>()
  for (const record of kept) {
    for (const { name } of leavesOf(record, sampleBounds.fields)) names.add(name)
    if (names.size > sampleBounds.fields) throw tooWide()
  }
  if (names.size === 0) throw unreadable('The records have no fields. Send records that are filled in.')
  return kept.length === records.length
    ? sample
    : {
        ...sample,
        records: kept,
        notes: [...notes, `样例有 ${records.length} 条，只看了前 ${kept.length} 条。`],
      }
}
