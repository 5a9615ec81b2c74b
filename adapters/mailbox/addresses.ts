import { addressParser } from 'postal-mime'
import { valueOf } from './kind.ts'
import { headerWords, type Header } from './mime.ts'

export interface Person {
  readonly name: string | null
  /** As written, but for blanks around it. */
  readonly address: string
}

const maxPeople = 50

/** People of an address header, groups flattened; what is no address is left out. */
export function peopleIn(headers: readonly Header[], name: string): Person[] {
  const written = headers.filter((header) => header.name === name).map(({ value }) => value.slice(0, 20_000))
  return written
    .flatMap((value) => addressParser(value, { flatten: true }))
    .flatMap(({ name: shown, address = '' }) => {
      const plain = headerWords(shown).trim().slice(0, 200)
      return isAddress(address.trim()) ? [{ name: plain === '' ? null : plain, address: address.trim() }] : []
    })
    .slice(0, maxPeople)
}

/** Date header as ISO 8601. One that is missing, unreadable or in the future gives way to the time of arrival. */
export function dateOf(headers: readonly Header[], receivedAt: Date): string | null {
  const arrived = instantOf((valueOf(headers, 'received') ?? '').split(';').at(-1) ?? '')
  const written = instantOf(valueOf(headers, 'date') ?? '')
  const latest = (arrived ?? receivedAt.getTime()) + 86_400_000
  const at = written === undefined || written > latest || written < 0 ? arrived : written
  return at === undefined ? null : new Date(at).toISOString()
}

/** RFC 5322 dates only: `Date.parse` would read a bare number too. Milliseconds. */
function instantOf(text: string): number | undefined {
  const plain = text
    .replaceAll(/\([^()]*\)/g, ' ')
    .trim()
    .slice(0, 100)
  if (!/\d{1,2}\s+[A-Za-z]{3,9}\.?\s+\d{2,4}\s+\d{1,2}:\d{2}/.test(plain)) return undefined
  const zoned = /([+-]\d{4}|[A-Z]{1,5})$/.test(plain) ? plain : `${plain} +0800`
  const at = Date.parse(zoned.replace(/\bCST$/, '+0800'))
  return Number.isNaN(at) ? undefined : at
}

/** Something that a server can be asked to write to. No list, no comment, no line break. */
export function isAddress(text: string): boolean {
  return text.length <= 320 && /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]{1,253}$/.test(text)
}
