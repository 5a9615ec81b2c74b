import { compileDatetimeReader } from '../mapping/datetime.ts'

/** So many patterns are tried one after the other in a mapping before it is a zoo. */
const maxFormats = 3
const enough = 0.9
const YEARS = { from: Date.UTC(2000, 0, 1), to: Date.UTC(2100, 0, 1) }

/** Patterns of the reader `datetime` that read at least nine of ten texts, the most frequent first; none where there are none such. */
export function findTimeFormats(texts: readonly string[]): string[] {
  const counted = new Map<string, { format: string; count: number }>()
  for (const text of texts) {
    const found = formatOf(text.trim())
    if (found === undefined) continue
    const known = counted.get(found.skeleton)
    counted.set(found.skeleton, {
      format: known === undefined ? found.format : looser(known.format, found.format),
      count: (known?.count ?? 0) + 1,
    })
  }
  const formats = [...counted.values()]
    .toSorted((a, b) => b.count - a.count)
    .slice(0, maxFormats)
    .map(({ format }) => format)
  const compiled = compileDatetimeReader(formats)
  if (formats.length === 0 || compiled.kind === 'fault') return []
  const good = texts.filter((text) => isPlausible(compiled.read(text.trim()))).length
  return good / texts.length >= enough ? formats : []
}

const isPlausible = (utcMs: number | undefined): boolean =>
  utcMs !== undefined && utcMs >= YEARS.from && utcMs < YEARS.to

interface Found {
  readonly format: string
  /** The pattern with one letter a part: 9:05 and 10:05 have the same. */
  readonly skeleton: string
}

const DATE_FIRST =
  /^(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})(日)?(?:([\sT]*)(\d{1,2})([:：时点])(\d{1,2})(?:([:：分])(?:(\d{1,2})([.,]\d{1,9})?(秒)?)?)?)?(\s?(?:Z|[+-]\d{2}:?\d{2}))?$/i
const PACKED: { readonly [digits: number]: string } = {
  8: 'yyyyMMdd',
  12: 'yyyyMMddHHmm',
  14: 'yyyyMMddHHmmss',
  17: 'yyyyMMddHHmmssSSS',
}

function formatOf(text: string): Found | undefined {
  if (text.length > 40) return undefined
  if (/^\d+$/.test(text)) return digitsFormat(text)
  if (/^[A-Z][a-z]{2},\s\d{1,2}\s[A-Z][a-z]{2}\s\d{2,4}\s/.test(text)) return same('rfc822')
  const match = DATE_FIRST.exec(text.normalize('NFKC'))
  if (match === null) return monthOrDayFirst(text)
  const [, , afterYear = '', month = '', afterMonth = '', day = '', sun = '', gap] = match
  const [, , , , , , , , hour, afterHour = '', minute, afterMinute, second, fraction, secondWord = '', zone] =
    match
  if (zone !== undefined || gap?.trim().toUpperCase() === 'T') return same('iso')
  // Who writes 9 and not 09 in one of these does so in all.
  const isPadded = [month, day, hour ?? '00'].every(({ length }) => length === 2)
  const parts = [
    ['yyyy', afterYear],
    [part('M', isPadded), afterMonth],
    [part('d', isPadded), sun],
  ]
  if (hour !== undefined && minute !== undefined) {
    parts.push(
      [gap === '' ? '' : ' ', ''],
      [part('H', isPadded), afterHour],
      [part('m', minute.length === 2), afterMinute ?? ''],
    )
    if (second !== undefined)
      parts.push(
        [part('s', second.length === 2), fraction === undefined ? '' : `${fraction[0]}S`],
        [secondWord, ''],
      )
  }
  return patternOf(parts)
}

const same = (format: string): Found => ({ format, skeleton: format })
const part = (letter: string, padded: boolean): string => (padded ? letter + letter : letter)

const patternOf = (parts: readonly (readonly string[])[]): Found => {
  const format = parts.flat().join('')
  return { format, skeleton: format.replaceAll(/([MdHms])\1/g, '$1') }
}

function digitsFormat(text: string): Found | undefined {
  if (text.length === 10 && text.startsWith('1')) return same('epoch-s')
  if (text.length === 13 && text.startsWith('1')) return same('epoch-ms')
  const packed = PACKED[text.length]
  return packed !== undefined && text.startsWith('20') ? same(packed) : undefined
}

/** 22/11/2026 says by its 22 which is the day; 05/11/2026 alone says nothing, and then no pattern is proposed. */
function monthOrDayFirst(text: string): Found | undefined {
  const match = /^(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text)
  if (match === null) return undefined
  const [, first = '', mark = '/', next = '', , hour, , second] = match
  if (Number(first) <= 12 && Number(next) <= 12) return undefined
  const day = Number(first) > 12
  const date = day ? `d${mark}M${mark}yyyy` : `M${mark}d${mark}yyyy`
  return same(hour === undefined ? date : `${date} H:mm${second === undefined ? '' : ':ss'}`)
}

/** The pattern that takes both: one letter reads one or two digits. */
function looser(format: string, other: string): string {
  const single = new Set(
    [...other.matchAll(/([MdHms])\1?/g)].filter(([all]) => all.length === 1).map(([all]) => all),
  )
  return format.replaceAll(/([MdHms])\1/g, (all: string, letter: string) =>
    single.has(letter) ? letter : all,
  )
}
