import type { Attachment } from '../../../schemas/primitives.ts'
import { readPath, type Path } from '../path.ts'
import { isAbsent, isObject, scalarText } from '../value.ts'
import { absent, read, unreadable, type Reading, type ReadValue } from './reading.ts'

/** More than a report holds: a longer list is refused by the report's own limit, a boundless one here. */
const MAX_FILES = 1000
const TOO_MANY = unreadable(`a list of at most ${MAX_FILES} files`)
const WANTED = unreadable('a list of addresses, or of objects with one')

export interface AttachmentPaths {
  readonly url: Path
  readonly name: Path
}

/** A list of addresses or objects, one object, or addresses in one text parted by commas, semicolons or blanks. */
export function compileAttachmentsReader({ url, name }: AttachmentPaths): ReadValue {
  return (value) => {
    const items = itemsOf(value)
    if (items.length > MAX_FILES) return TOO_MANY
    const files: Attachment[] = []
    for (const item of items) {
      if (isAbsent(item)) continue
      const given = isObject(item) ? readPath(item, url) : item
      if (isAbsent(given)) continue
      const address = scalarText(given)
      if (address === undefined) return WANTED
      const label = isObject(item) ? scalarText(readPath(item, name)) : undefined
      const file: Attachment = { url: address.trim() }
      if (label !== undefined && !isAbsent(label)) file.name = label.trim()
      files.push(file)
    }
    return filesOf(files)
  }
}

function itemsOf(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return value.split(/[\s,;|，；]+(?=https?:|\/|$)/, MAX_FILES + 1)
  return Array.isArray(value) ? value : [value]
}

const filesOf = (files: Attachment[]): Reading => (files.length === 0 ? absent : read(files))
