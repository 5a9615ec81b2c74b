/** Which record of a form each of its files belongs to. */
import type { SourceFile, SourceRecord } from '../adapter.ts'
import type { FormFile } from './form.ts'

/**
 * One record gets all files. Of several, each gets those that it names: by part name, `part:` address or file name, as a text
 * anywhere in it. A file that no record names stands apart, as one that could not be read. The record's tree tells of its
 * files in `_files`, ready for a mapping's `attachments`.
 */
export function assignFiles(
  records: readonly SourceRecord[],
  {
    files,
    extra,
  }: { readonly files: readonly FormFile[]; readonly extra: Readonly<Record<string, unknown>> },
): SourceRecord[] {
  const isAlone = records.length === 1
  const claimed = new Set<FormFile>()
  const assigned = records.map((record): SourceRecord => {
    if (record.kind === 'unreadable') return record
    const texts = isAlone ? undefined : textsIn(record.value)
    const own = files.filter((file) => texts === undefined || namesOf(file).some((name) => texts.has(name)))
    for (const file of own) claimed.add(file)
    return own.length === 0 && Object.keys(extra).length === 0 ? record : withFiles(record, own, extra)
  })
  const left = isAlone ? [] : files.filter((file) => !claimed.has(file))
  return [
    ...assigned,
    ...left.map(({ url }): SourceRecord => ({
      kind: 'unreadable',
      position: url,
      detail: 'No record of this form names this file. Name its part in the record that it belongs to.',
    })),
  ]
}

function withFiles(
  record: Extract<SourceRecord, { kind: 'record' }>,
  files: readonly FormFile[],
  extra: Readonly<Record<string, unknown>>,
): SourceRecord {
  const told = files.map(({ url, name, mediaType, part, bytes }) => ({
    url,
    ...(name !== undefined && { name }),
    part,
    type: mediaType,
    size: bytes.length,
  }))
  return {
    ...record,
    value: { ...(record.value as object), ...extra, ...(told.length > 0 && { _files: told }) },
    files: [...(record.files ?? []), ...files.map(fileOf)],
  }
}

function fileOf({ part: _part, ...file }: FormFile): SourceFile {
  return file
}

function namesOf({ url, name, part }: FormFile): string[] {
  return [url, `part:${part}`, part, ...(name === undefined ? [] : [name])]
}

/** Every short text of a tree. */
function textsIn(tree: unknown, into = new Set<string>()): Set<string> {
  if (typeof tree === 'string') {
    if (tree.length <= 310) into.add(tree)
  } else if (typeof tree === 'object' && tree !== null) {
    for (const member of Object.values(tree)) textsIn(member, into)
  }
  return into
}
