/** A JSON payload's records, alone or in a form with files. */
import { DecodeError, type RawPayload, type SourceFile, type SourceRecord } from '../adapter.ts'
import { assignFiles } from './assign-files.ts'
import { readForm, type Form } from './form.ts'
import { liftFiles } from './inline-files.ts'
import { parseJson } from './parse-json.ts'
import type { HttpJsonSettings } from './settings.ts'
import { valueAt } from './tree.ts'

export const defaultMaxBytes = 10_485_760
export const maxRecords = 1_000

/** Throws DecodeError for the payload as a whole; its message holds no text of the payload. */
export function recordsOf({ bytes, headers }: RawPayload, settings: HttpJsonSettings): SourceRecord[] {
  const { maxBytes = defaultMaxBytes, formPart = 'data', inlineFiles = [] } = settings
  if (bytes.length > maxBytes) {
    throw new DecodeError(
      'payload.too-large',
      `The payload has ${bytes.length} bytes; ${maxBytes} are allowed. Send it in smaller parts.`,
    )
  }
  const form = readForm(bytes, headers['content-type'], formPart)
  const tree =
    form === null
      ? parseJson(bytes, headers['content-type'])
      : parseJson(form.json.bytes, form.json.contentType)
  const records = itemsOf(tree, settings.records).map(({ value, position }) =>
    recordOf(value, position, inlineFiles),
  )
  return form === null ? records : assignFiles(records, withFields(form))
}

/** The list at this path, or the one object there, each with its JSON Pointer. Throws DecodeError. */
export function itemsOf(tree: unknown, path: string | undefined): { value: unknown; position: string }[] {
  const { value, pointer } = path === undefined ? { value: tree, pointer: '' } : listAt(tree, path)
  if (!Array.isArray(value)) return [{ value, position: pointer }]
  if (value.length > maxRecords) {
    throw new DecodeError(
      'payload.too-many-records',
      `The payload holds ${value.length} records; ${maxRecords} are allowed. Send them in several requests.`,
      pointer,
    )
  }
  return value.map((item: unknown, index) => ({ value: item, position: `${pointer}/${index}` }))
}

function listAt(tree: unknown, path: string): { value: unknown; pointer: string } {
  const value = valueAt(tree, path)
  if (value === undefined)
    throw new DecodeError(
      'payload.no-records',
      `The payload has no "${path}", where this channel's records are expected. Send it, or correct the setting records.`,
    )
  return { value, pointer: `/${path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('.', '/')}` }
}

function recordOf(value: unknown, position: string, inlineFiles: readonly string[]): SourceRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
    return { kind: 'unreadable', position, detail: `A record must be a JSON object; this is ${kind}.` }
  }
  const files: SourceFile[] = []
  const fault = liftFiles(value, inlineFiles, files)
  if (fault !== undefined) return { kind: 'unreadable', position, detail: fault }
  return { kind: 'record', position, value, ...(files.length > 0 && { files }) }
}

/** What a form holds beside its JSON and files is shown to the mapping: nothing a partner sends is dropped unseen. */
function withFields({
  files,
  fields,
}: Form): Pick<Form, 'files'> & { extra: Readonly<Record<string, unknown>> } {
  return { files, extra: Object.keys(fields).length === 0 ? {} : { _fields: fields } }
}
