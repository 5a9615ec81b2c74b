/** Times as a database or a program wrote them, moved by seconds without leaving their own form. */

const written =
  /^(\d{4})([-/]?)(\d{2})\2(\d{2})(?:([ T]?)(\d{2})(:?)(\d{2})\7(\d{2}))?(\.\d+)?([+-]\d{2}(?::?\d{2})?|Z)?$/
const shanghaiMs = 8 * 3_600_000

/** Milliseconds since 1970 of a written time, of China where it says no zone. Undefined for what is no time. */
export function instantOf(text: string): number | undefined {
  if (/^\d{10}$/.test(text)) return Number(text) * 1000
  if (/^\d{13}$/.test(text)) return Number(text)
  const match = written.exec(text)
  if (match === null) return undefined
  const [, year, , month, day, , hour = '00', , minute = '00', second = '00', fraction = '', zone] = match
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(ms) ? undefined : ms + Math.floor(Number(`0${fraction}`) * 1000) - offsetMs(zone)
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined) return shanghaiMs
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** The instant in the form of another written time. Undefined where that is no time. */
export function inFormOf(text: string, ms: number): string | undefined {
  if (/^\d{10}$/.test(text)) return String(Math.floor(ms / 1000))
  if (/^\d{13}$/.test(text)) return String(Math.floor(ms))
  const match = written.exec(text)
  if (match === null) return undefined
  const [, , dash = '', , , between = '', hour, colon = '', , , , zone] = match
  const iso = new Date(Math.floor((ms + offsetMs(zone)) / 1000) * 1000).toISOString()
  const day = iso.slice(0, 10).replaceAll('-', dash)
  return hour === undefined ? day : `${day}${between}${iso.slice(11, 19).replaceAll(':', colon)}${zone ?? ''}`
}
