import { createHash } from 'node:crypto'

/** Null, blank text and empty lists count as absent. */
export function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') {
    // Nearly every text begins with a printable ASCII or a Chinese character, and needs no trimming to see that it is there.
    const first = value.charCodeAt(0)
    if ((first > 0x20 && first < 0x7f) || (first >= 0x4e00 && first < 0xa000)) return false
    return value.trim() === ''
  }
  return Array.isArray(value) && value.length === 0
}

export const isObject = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Text that PostgreSQL's jsonb takes: no NUL, no lone surrogate. */
export function safeText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed()
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '') : wellFormed
}

/** The scalar as text; undefined for objects and lists. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  return undefined
}

const MAX_DEPTH = 200

/** JSON with sorted keys. What JSON cannot say (undefined, functions) is null; what is deeper than 200 levels is cut. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) return '"…"'
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`
  if (value instanceof Date) return JSON.stringify(Number.isNaN(value.getTime()) ? null : value.toISOString())
  if (isObject(value)) {
    const members = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .toSorted()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key], depth + 1)}`)
    return `{${members.join(',')}}`
  }
  if (typeof value === 'bigint') return value.toString()
  return JSON.stringify(value) ?? 'null'
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const CODE_LIKE = /^[\p{L}\p{N}_.:/\-()（）、 ]{1,40}$/u
const PERSONAL = /1[3-9]\d{9}|\d{15,}|0\d{9,11}|(?<!\d)[2-9]\d{6,7}(?!\d)/

/** Stands for a value that may be personal. */
export const notShown = '(not shown)'

/** A code as it may be shown in a reason: short, and never a phone or identity number. */
export function shownCode(value: string): string {
  const text = value.normalize('NFKC').trim()
  if (!CODE_LIKE.test(text)) return notShown
  return PERSONAL.test(text.replace(/[\s\-().（）]/g, '')) ? notShown : text
}

/** The shape of a value without its content: `2026-11` is `9999-99`. At most 30 characters. */
export function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = String(value).slice(0, 30)
  const shape = text
    .replace(/\p{Nd}/gu, '9')
    .replace(/\p{Script=Han}/gu, '文')
    .replace(/[^\p{P}\s9文]/gu, 'a')
  return `"${shape}${String(value).length > 30 ? '…' : ''}"`
}
