/** Times of sources: read with a stated format and zone into a UTC instant, and written back in a partner's own form. */
export type DatetimeReader = (text: string) => number | undefined
export type Zone = (utcMs: number) => number

const SHANGHAI = 'Asia/Shanghai'
/** Defaults of broken senders (0001-01-01, 1900-01-01, 1970-01-01) are no dates. */
const EARLIEST_MS = Date.UTC(1980, 0, 1)
const LATEST_MS = Date.UTC(2200, 0, 1)

/** Offset in minutes of a zone at an instant: `Asia/Shanghai`, `+08:00`, `UTC`, or an IANA name. Undefined: unknown zone. */
export function compileZone(name: string = SHANGHAI): Zone | undefined {
  if (name === SHANGHAI || name === 'Asia/Hong_Kong' || name === 'Asia/Chongqing' || name === 'PRC')
    return () => 480
  if (name === 'UTC' || name === 'Z') return () => 0
  const offset = parseOffset(name)
  if (offset !== undefined) return () => offset
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
    return (utcMs) => {
      const part = format.formatToParts(utcMs).find(({ type }) => type === 'timeZoneName')
      return parseOffset(part?.value.replace('GMT', '') ?? '') ?? 0
    }
  } catch {
    return undefined
  }
}

function parseOffset(text: string): number | undefined {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(text)
  if (match === null) return undefined
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return minutes > 14 * 60 ? undefined : match[1] === '-' ? -minutes : minutes
}

type Compiled<T> = { kind: 'compiled'; read: T } | { kind: 'fault'; detail: string }

const MAX_KNOWN = 500
/** By formats and zone: 148 channels write times in a few ways. */
const known = new Map<string, Compiled<DatetimeReader>>()

/** A reader that tries the formats in order. */
export function compileDatetimeReader(
  formats: readonly string[],
  zoneName?: string,
): Compiled<DatetimeReader> {
  const key = JSON.stringify([formats, zoneName])
  const reader = known.get(key) ?? makeDatetimeReader(formats, zoneName)
  if (known.size < MAX_KNOWN) known.set(key, reader)
  return reader
}

function makeDatetimeReader(formats: readonly string[], zoneName?: string): Compiled<DatetimeReader> {
  const zone = compileZone(zoneName)
  if (zone === undefined)
    return {
      kind: 'fault',
      detail: `The zone "${zoneName}" is not known. Write Asia/Shanghai, UTC or +08:00.`,
    }
  const readers: DatetimeReader[] = []
  for (const format of formats) {
    const reader = formatReader(format, zone)
    if (reader.kind === 'fault') return reader
    readers.push(reader.read)
  }
  return {
    kind: 'compiled',
    read: (text) => {
      const normal = normaliseDigits(text)
      for (const reader of readers) {
        const at = reader(normal)
        if (at !== undefined && at >= EARLIEST_MS && at <= LATEST_MS) return at
      }
      return undefined
    },
  }
}

function formatReader(format: string, zone: Zone): Compiled<DatetimeReader> {
  switch (format) {
    case 'iso':
      return { kind: 'compiled', read: (text) => readIso(text, zone) }
    case 'rfc822':
      return { kind: 'compiled', read: readRfc822 }
    case 'epoch-s':
      return { kind: 'compiled', read: (text) => readEpoch(text, 1000) }
    case 'epoch-ms':
      return { kind: 'compiled', read: (text) => readEpoch(text, 1) }
    default:
      return patternReader(format, zone)
  }
}

const normaliseDigits = (text: string): string => {
  const trimmed = text.trim()
  return /^[\x20-\x7e]*$/.test(trimmed) ? trimmed : trimmed.normalize('NFKC').replaceAll(/\s+/g, ' ')
}

interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly ms: number
}

/** Checks that the parts are a real time, then makes them UTC. 24:00 is the next day's start. */
function toUtc(parts: Parts, zone: Zone | number): number | undefined {
  const { year, month, day, hour, minute, second, ms } = parts
  const endOfDay = hour === 24 && minute === 0 && second === 0 && ms === 0
  if ((hour > 23 && !endOfDay) || minute > 59 || second > 59) return undefined
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms)
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return undefined
  if (typeof zone === 'number') return local - zone * 60_000
  const guess = local - zone(local) * 60_000
  return local - zone(guess) * 60_000
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|[+-]\d{2}:?\d{2})?$/i

function readIso(text: string, zone: Zone): number | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', offset] = match
  const stated = offset === undefined ? zone : offset.toUpperCase() === 'Z' ? 0 : parseOffset(offset)
  if (stated === undefined) return undefined
  return toUtc(
    {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      ms: Math.trunc(Number(`0.${fraction}`) * 1000),
    },
    stated,
  )
}

const RFC822 =
  /^(?:[a-z]{3},\s*)?(\d{1,2}) ([a-z]{3}) (\d{4}|\d{2}) (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ([+-]\d{4}|[a-z]{1,4}))?$/i
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const ZONES: { readonly [name: string]: number } = {
  gmt: 0,
  ut: 0,
  utc: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
}

function readRfc822(text: string): number | undefined {
  const match = RFC822.exec(text)
  if (match === null) return undefined
  const [, day, monthName = '', year = '', hour, minute, second = '0', zoneName = 'GMT'] = match
  const month = MONTHS.indexOf(monthName.toLowerCase()) + 1
  const offset = parseOffset(zoneName) ?? ZONES[zoneName.toLowerCase()]
  if (month === 0 || offset === undefined) return undefined
  const fullYear = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900)
  const parts = {
    year: fullYear,
    month,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: 0,
  }
  return toUtc(parts, offset)
}

function readEpoch(text: string, factor: number): number | undefined {
  return /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Math.round(Number(text) * factor) : undefined
}

const TOKENS = /yyyy|yy|MM?|dd?|HH?|mm?|ss?|S+/g
const GROUPS: { readonly [token: string]: keyof Parts } = {
  y: 'year',
  M: 'month',
  d: 'day',
  H: 'hour',
  m: 'minute',
  s: 'second',
  S: 'ms',
}

/** `yyyy-MM-dd HH:mm:ss`, `yyyy年M月d日 H时m分`: one letter takes one or two digits, two take exactly two. */
function patternReader(format: string, zone: Zone): Compiled<DatetimeReader> {
  const fields: (keyof Parts)[] = []
  let source = ''
  let end = 0
  for (const token of format.matchAll(TOKENS)) {
    source += literal(format.slice(end, token.index))
    const letter = token[0].charAt(0)
    const field = GROUPS[letter]
    if (field === undefined || fields.includes(field)) return unreadableFormat(format)
    fields.push(field)
    source +=
      letter === 'S' ? '(\\d{1,9})' : token[0].length === 1 ? '(\\d{1,2})' : `(\\d{${token[0].length}})`
    end = token.index + token[0].length
  }
  source += literal(format.slice(end))
  if (!fields.includes('year') || !fields.includes('month') || !fields.includes('day'))
    return unreadableFormat(format)
  const regex = new RegExp(`^${source}$`)
  return {
    kind: 'compiled',
    read: (text) => {
      const match = regex.exec(text)
      if (match === null) return undefined
      const parts = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0 }
      for (const [index, field] of fields.entries()) {
        const digits = match[index + 1] ?? '0'
        parts[field] = field === 'ms' ? Math.trunc(Number(`0.${digits}`) * 1000) : Number(digits)
        if (field === 'year' && digits.length === 2) parts.year += 2000
      }
      return toUtc(parts, zone)
    },
  }
}

const literal = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\s+/g, String.raw`\s`)

const unreadableFormat = (format: string): { kind: 'fault'; detail: string } => ({
  kind: 'fault',
  detail: `The time format "${format}" cannot be used. Write iso, rfc822, epoch-s, epoch-ms, or a pattern with yyyy, M and d such as yyyy-MM-dd HH:mm:ss.`,
})

/** Writes an instant in a partner's form: `iso` (with offset), `epoch-s`, `epoch-ms`, or a pattern. */
export function compileDatetimeWriter(
  format: string,
  zoneName?: string,
): Compiled<(utcMs: number) => string | number> {
  const zone = compileZone(zoneName)
  if (zone === undefined)
    return {
      kind: 'fault',
      detail: `The zone "${zoneName}" is not known. Write Asia/Shanghai, UTC or +08:00.`,
    }
  if (format === 'epoch-s') return { kind: 'compiled', read: (utcMs) => Math.floor(utcMs / 1000) }
  if (format === 'epoch-ms') return { kind: 'compiled', read: (utcMs) => utcMs }
  if (format === 'iso')
    return {
      kind: 'compiled',
      read: (utcMs) => writePattern('yyyy-MM-ddTHH:mm:ss', utcMs, zone) + offsetText(zone(utcMs)),
    }
  if (format === 'rfc822') return { kind: 'compiled', read: (utcMs) => new Date(utcMs).toUTCString() }
  if (patternReader(format, zone).kind === 'fault') return unreadableFormat(format)
  return { kind: 'compiled', read: (utcMs) => writePattern(format, utcMs, zone) }
}

function writePattern(format: string, utcMs: number, zone: Zone): string {
  const local = new Date(utcMs + zone(utcMs) * 60_000)
  const parts: Parts = {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    ms: local.getUTCMilliseconds(),
  }
  return format.replaceAll(TOKENS, (token) => {
    const field = GROUPS[token.charAt(0)]
    if (field === undefined) return token
    if (field === 'ms') return String(parts.ms).padStart(3, '0').slice(0, token.length)
    return token === 'yy' ? String(parts.year).slice(-2) : String(parts[field]).padStart(token.length, '0')
  })
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${String(Math.trunc(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`
}
