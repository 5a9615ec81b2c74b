import gcoordModule from 'gcoord'
import { maxHtml, readableHtml } from '../../adapters/reading/html.ts'
import type { Attachment } from '../../schemas/primitives.ts'
import type { CoordinateSystem, Point } from '../../schemas/report.ts'
import { readPath, type Path } from './path.ts'
import { isAbsent, isObject, scalarText } from './value.ts'

/** The package is CommonJS: Node gives its exports as the default, while its types describe an ES module. */
const gcoord = gcoordModule as unknown as (typeof gcoordModule)['default']

/** What a reader made of a value. `absent`: it holds nothing, such as a phone "无". */
export type Reading =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly wanted: string }

const read = (value: unknown): Reading => ({ kind: 'read', value })
const unreadable = (wanted: string): Reading => ({ kind: 'unreadable', wanted })
const absent: Reading = { kind: 'absent' }

/** Full-width digits and signs as ASCII. */
const narrow = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : text.normalize('NFKC'))

export function readText(value: unknown): Reading {
  const text = scalarText(value)
  return text === undefined ? unreadable('text') : read(text)
}

export function readNumber(value: unknown): Reading {
  if (typeof value === 'number') return Number.isFinite(value) ? read(value) : unreadable('a number')
  const text = narrow(scalarText(value) ?? '').trim()
  const digits = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(digits) ? read(Number(digits)) : unreadable('a number')
}

const TRUE = ['1', 'true', 'yes', 'y', '是', '有']
const FALSE = ['0', 'false', 'no', 'n', '否', '无']

export function compileBooleanReader(whenTrue = TRUE, whenFalse = FALSE): (value: unknown) => Reading {
  const yes = new Set(whenTrue.map((text) => text.toLowerCase()))
  const no = new Set(whenFalse.map((text) => text.toLowerCase()))
  return (value) => {
    const text = narrow(scalarText(value) ?? '')
      .trim()
      .toLowerCase()
    if (yes.has(text)) return read(true)
    if (no.has(text)) return read(false)
    return unreadable(`one of ${[...whenTrue, ...whenFalse].join(', ')}`)
  }
}

/**
 * Digits of the first number written, without +86, spaces and hyphens; an extension follows a hyphen. What holds no whole
 * number ("未留", 138****5678) is absent: a masked number would match the wrong person.
 */
export function readPhone(value: unknown): Reading {
  const text = scalarText(value)
  if (text === undefined) return unreadable('a phone number')
  const first = narrow(text).split(/[/,;、]/, 1)[0] ?? ''
  if (first.includes('*')) return absent
  const [main = '', extension = ''] = first.split(/转|ext\.?|分机|#/i, 2)
  const digits = withoutCountry(main.replaceAll(/[^\d+]/g, ''))
  if (digits.length < 3) return absent
  const inner = extension.replaceAll(/\D/g, '')
  return read((inner === '' ? digits : `${digits}-${inner}`).slice(0, 40))
}

function withoutCountry(digits: string): string {
  const bare = digits.replace(/^(\+86|0086)/, '').replaceAll('+', '')
  if (/^861[3-9]\d{9}$/.test(bare)) return bare.slice(2)
  return bare.length < digits.length && /^[1-9]\d{9,10}$/.test(bare) && !/^1[3-9]\d{9}$/.test(bare)
    ? `0${bare}`
    : bare
}

export function readHtml(value: unknown): Reading {
  const html = scalarText(value)
  if (html === undefined) return unreadable('HTML text')
  if (html.length > maxHtml) return unreadable(`HTML of at most ${maxHtml} characters`)
  const text = readableHtml(html)
  return text === '' ? absent : read(text)
}

export function compileListReader(separator?: string): (value: unknown) => Reading {
  return (value) => {
    const items = Array.isArray(value) ? value : splitText(scalarText(value), separator)
    if (items === undefined) return unreadable('a list')
    const texts = items.map(scalarText)
    if (texts.includes(undefined)) return unreadable('a list of texts')
    const kept = texts.filter((text) => !isAbsent(text)).map((text) => (text ?? '').trim())
    return kept.length === 0 ? absent : read(kept)
  }
}

const splitText = (text: string | undefined, separator?: string): string[] | undefined =>
  text?.split(separator ?? /[,，、;；]/)

export interface AttachmentPaths {
  readonly url: Path
  readonly name: Path
}

/** A list of addresses or objects, one object, or addresses in one text parted by commas, semicolons or blanks. */
export function compileAttachmentsReader({ url, name }: AttachmentPaths): (value: unknown) => Reading {
  return (value) => {
    const items =
      typeof value === 'string'
        ? value.split(/[\s,;|，；]+(?=https?:|\/|$)/)
        : Array.isArray(value)
          ? value
          : [value]
    const files: Attachment[] = []
    for (const item of items) {
      if (isAbsent(item)) continue
      const given = isObject(item) ? readPath(item, url) : item
      if (isAbsent(given)) continue
      const address = scalarText(given)
      if (address === undefined) return unreadable('a list of addresses, or of objects with one')
      const label = isObject(item) ? scalarText(readPath(item, name)) : undefined
      files.push({
        url: address.trim(),
        ...(label === undefined || isAbsent(label) ? {} : { name: label.trim() }),
      })
    }
    return files.length === 0 ? absent : read(files)
  }
}

/** Systems that need no parameters of a channel. CGCS2000 and WGS-84 agree to some centimetres: taken as equal. */
export const READABLE_SYSTEMS = [
  'CGCS2000',
  'WGS-84',
  'GCJ-02',
  'BD-09',
] as const satisfies readonly CoordinateSystem[]
export type ReadableSystem = (typeof READABLE_SYSTEMS)[number]

export const isReadableSystem = (name: string): name is ReadableSystem =>
  (READABLE_SYSTEMS as readonly string[]).includes(name)

/** Two numbers in a stated system as a point in CGCS2000. (0, 0) is how many systems say "none". */
export function readPoint(x: unknown, y: unknown, system: ReadableSystem): Reading {
  if (isAbsent(x) && isAbsent(y)) return absent
  const [readX, readY] = [readNumber(x), readNumber(y)]
  if (readX.kind !== 'read' || readY.kind !== 'read') return unreadable('two numbers, longitude and latitude')
  const [longitude, latitude] = [Number(readX.value), Number(readY.value)]
  if (longitude === 0 && latitude === 0) return absent
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
    return unreadable(
      'longitude within ±180 and latitude within ±90: x is the longitude, perhaps the two are exchanged',
    )
  }
  const [east, north] = toCgcs2000([longitude, latitude], system)
  const point: Point = {
    longitude: rounded(east),
    latitude: rounded(north),
    source: { system, x: longitude, y: latitude },
  }
  return read(point)
}

/** 1e-7° is a centimetre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7

function toCgcs2000(position: [number, number], system: ReadableSystem): [number, number] {
  if (system === 'GCJ-02') return gcoord.transform(position, gcoord.GCJ02, gcoord.WGS84)
  return system === 'BD-09' ? gcoord.transform(position, gcoord.BD09, gcoord.WGS84) : position
}
