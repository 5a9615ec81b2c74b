import { readIdentityNumber } from '../identity-number.ts'
import { findPersonal, type PersonalMark } from '../personal.ts'
import { scalarText } from '../value.ts'
import { absent, narrow, read, unreadable, type Reading, type ReadValue } from './reading.ts'

/** Free text is searched so far for a phone or identity number. */
const SEARCHED_CHARACTERS = 20_000

/**
 * Digits of the first number written, without +86, spaces and hyphens; an extension follows a hyphen. What holds no whole
 * number ("未留", 138****5678) is absent: a masked number would match the wrong person.
 */
export function readPhone(value: unknown): Reading {
  const text = scalarText(value)
  if (text === undefined) return unreadable('a phone number')
  if (/^1[3-9]\d{9}$/.test(text)) return read(text)
  const first = narrow(text.slice(0, 200)).split(/[/,;、]/, 1)[0] ?? ''
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

/** An identity number alone in its field. Masked, misspelt or none: absent, since it would match the wrong person. */
export function readIdentity(value: unknown): Reading {
  const text = scalarText(value)
  if (text === undefined) return unreadable('an identity number')
  const reading = readIdentityNumber(narrow(text.slice(0, 100)).replaceAll(/[\s-]/g, ''))
  return reading.kind === 'identity' ? read(reading.number) : absent
}

/** The first phone or identity number within free text. */
export const compileFinder =
  (kind: PersonalMark['kind'], wanted: string): ReadValue =>
  (value) => {
    const text = scalarText(value)
    if (text === undefined) return unreadable(wanted)
    const mark = findPersonal(text.slice(0, SEARCHED_CHARACTERS)).find((one) => one.kind === kind && one.sure)
    return mark === undefined ? absent : read(mark.value)
  }
