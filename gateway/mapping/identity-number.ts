/** Resident identity numbers (GB 11643-1999): 18 characters with a check digit, or 15 digits as issued until 1999. */

/** First two digits: provinces, 香港 81, 澳门 82, 台湾 71 and 83. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(
    ' ',
  ),
)
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
/** By the weighted sum modulo 11 (ISO 7064, MOD 11-2). */
const CHECK_DIGITS = '10X98765432'

const checkDigitOf = (first17: string): string =>
  CHECK_DIGITS.charAt(WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(first17[at]), 0) % 11)

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** What a text of 18 or 15 characters is. `shaped`: all but the check digit holds. */
export type IdentityReading =
  | { readonly kind: 'identity'; readonly number: string }
  | { readonly kind: 'shaped' }
  | { readonly kind: 'none' }

/** Reads 18 or 15 ASCII characters without separators; 15 digits become 18. */
export function readIdentityNumber(text: string): IdentityReading {
  const old = /^\d{15}$/.test(text)
  const number = old ? `${text.slice(0, 6)}19${text.slice(6)}` : text.toUpperCase()
  if (!(old || /^\d{17}[\dX]$/.test(number)) || !PROVINCES.has(number.slice(0, 2))) return { kind: 'none' }
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].map(Number)
  if (!isDate(year ?? 0, month ?? 0, day ?? 0) || (year ?? 0) < 1850 || (year ?? 0) > 2099)
    return { kind: 'none' }
  const digit = checkDigitOf(number)
  if (old) return { kind: 'identity', number: number + digit }
  return digit === number.charAt(17) ? { kind: 'identity', number } : { kind: 'shaped' }
}

/** The year of birth that a number of 15 or 18 characters states. */
export const birthYearOf = (text: string): number =>
  text.length === 15 ? 1900 + Number(text.slice(6, 8)) : Number(text.slice(6, 10))
