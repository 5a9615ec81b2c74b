/** A form: one part with the JSON, others with files, and what else it may hold. */
import { DecodeError, type SourceFile } from '../adapter.ts'
import { decodeText, httpCharset } from '../reading/charset.ts'
import { boundaryOf, formParts, type FormPart } from './multipart.ts'

/** A file of a form, and the names under which a record may speak of it. */
export interface FormFile extends SourceFile {
  readonly part: string
}

export interface Form {
  readonly json: FormPart
  readonly files: readonly FormFile[]
  readonly fields: Readonly<Record<string, string>>
}

const maxFiles = 50
const mediaTypePattern = /^[a-z0-9!#$&^_.+-]{1,70}\/[a-z0-9!#$&^_.+-]{1,70}$/

/** Null where the payload is no form. Throws DecodeError. */
export function readForm(bytes: Uint8Array, contentType: string | undefined, jsonName: string): Form | null {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return null
  const parts = formParts(bytes, boundary)
  const json = parts.find(({ name }) => name === jsonName)
  if (json === undefined)
    throw new DecodeError(
      'payload.no-records',
      `The form has no part "${jsonName}", where this channel's JSON is expected. Send it, or correct the setting formPart.`,
    )
  const others = parts.filter((part) => part !== json)
  const files = others
    .filter(isFile)
    .filter(({ fileName, bytes: { length } }) => fileName !== '' || length > 0)
  if (files.length > maxFiles)
    throw new DecodeError(
      'payload.too-many-files',
      `The form has ${files.length} files; ${maxFiles} are allowed. Send the rest as a supplement.`,
    )
  return {
    json,
    files: named(files),
    fields: Object.fromEntries(
      others.filter((part) => !isFile(part)).map((part) => [part.name, textOf(part)]),
    ),
  }
}

function isFile({ fileName, contentType }: FormPart): boolean {
  return (
    fileName !== undefined ||
    (contentType !== undefined && !/^\s*(text\/|application\/json)/i.test(contentType))
  )
}

/** `part:photo`; where several have one name, `part:photo/0`, `part:photo/1`. */
function named(files: readonly FormPart[]): FormFile[] {
  const seen = new Map<string, number>()
  return files.map(({ name, fileName, contentType, bytes }) => {
    const index = seen.get(name) ?? 0
    seen.set(name, index + 1)
    const isOneOfMany = files.filter((one) => one.name === name).length > 1
    return {
      part: name,
      url: isOneOfMany ? `part:${name}/${index}` : `part:${name}`,
      ...(fileName !== undefined && fileName !== '' && { name: fileName }),
      mediaType: mediaTypeOf(contentType),
      bytes,
    }
  })
}

export function mediaTypeOf(contentType: string | undefined): string {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return mediaTypePattern.test(type) ? type : 'application/octet-stream'
}

function textOf({ bytes, contentType }: FormPart): string {
  return decodeText(bytes, { declared: [httpCharset(contentType)], read: ['utf-8', 'gb18030'] }).text
}
