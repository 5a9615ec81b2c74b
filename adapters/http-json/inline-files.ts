/** Files that stand as base64 within a record's JSON. */
import type { SourceFile } from '../adapter.ts'
import { mediaTypeOf } from './form.ts'

const maxFiles = 50
/** Shorter texts ("none", "无") are no files. */
const minBase64 = 16

/**
 * Lifts the files at these paths out of the record, which then holds their names (`inline:photos/0/content`) instead. An
 * address or an empty text stays. Gives what is wrong with the record, if anything is; that holds nothing of its text.
 */
export function liftFiles(record: object, paths: readonly string[], files: SourceFile[]): string | undefined {
  for (const path of paths) {
    const fault = lift({ value: record }, 'value', { names: path.split('.'), at: [], files })
    if (fault !== undefined) return fault
  }
  return undefined
}

interface Place {
  /** Names still to go. */
  readonly names: readonly string[]
  readonly at: readonly string[]
  readonly files: SourceFile[]
}

function lift(holder: object, key: string, place: Place): string | undefined {
  const value = (holder as Readonly<Record<string, unknown>>)[key]
  if (Array.isArray(value)) return within(value, Object.keys(value), place)
  const [name, ...names] = place.names
  if (name !== undefined)
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? within(value, [name], { ...place, names })
      : undefined
  if (typeof value !== 'string') return undefined
  const file = fileIn(value)
  if (file === 'other') return undefined
  const path = place.at.join('/')
  if (file === 'damaged') return `The file at ${path} is no base64. Send it whole, or as a part of a form.`
  if (place.files.length === maxFiles)
    return `The record holds more than ${maxFiles} files. Send the rest as a supplement.`
  const url = `inline:${path}`
  place.files.push({ url, ...file })
  ;(holder as Record<string, unknown>)[key] = url
  return undefined
}

function within(holder: object, keys: readonly string[], place: Place): string | undefined {
  for (const key of keys) {
    const fault = lift(holder, key, { ...place, at: [...place.at, key] })
    if (fault !== undefined) return fault
  }
  return undefined
}

function fileIn(text: string): Pick<SourceFile, 'mediaType' | 'bytes'> | 'other' | 'damaged' {
  const given = text.trim()
  if (/^https?:\/\//i.test(given)) return 'other'
  const data = /^data:([^,]{0,200}?);base64,/i.exec(given)
  if (data === null && (given.startsWith('data:') || given.length < minBase64))
    return given.startsWith('data:') ? 'damaged' : 'other'
  const base64 = given.slice(data?.[0].length ?? 0)
  if (!/^[A-Za-z0-9+/_\s-]*={0,2}$/.test(base64)) return 'damaged'
  const letters = lettersIn(base64)
  if (letters === 0 || letters % 4 === 1) return 'damaged'
  return { mediaType: mediaTypeOf(data?.[1]), bytes: Buffer.from(base64, 'base64') }
}

/** Neither blanks nor padding. */
function lettersIn(base64: string): number {
  let letters = 0
  for (const byte of Buffer.from(base64, 'latin1')) if (byte > 0x20 && byte !== 0x3d) letters += 1
  return letters
}
