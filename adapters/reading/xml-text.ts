/** Characters and escapes of XML 1.0. */

const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}
/** What no XML 1.0 document can hold, escaped or not. */
// oxlint-disable-next-line no-control-regex -- they are what it looks for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u
const everyForbidden = new RegExp(forbidden.source, 'gu')

const notPredefined = /&(?!(?:amp|lt|gt|quot|apos);)/
const reference = /&(?:#(\d{1,8});|#x([0-9a-fA-F]{1,8});|(amp|lt|gt|quot|apos);)?/g

/** Escapes undone, exactly once: the five predefined entities and numeric references. Or the first that is none. */
export function plainText(text: string): string | { readonly index: number; readonly what: string } {
  if (!text.includes('&')) return text
  if (!notPredefined.test(text)) return withoutPredefined(text)
  let wrong: { index: number; what: string } | undefined
  const plain = text.replace(reference, (...found: (string | number | undefined)[]) => {
    const [whole, decimal, hexadecimal, name, index] = found as [string, string?, string?, string?, number?]
    const character = predefined[name ?? ''] ?? characterOf(decimal, hexadecimal)
    wrong ??= character === undefined ? { index: index ?? 0, what: faultOf(whole) } : undefined
    return character ?? ''
  })
  return wrong ?? plain
}

/** `&amp;` comes last: what it makes is no escape. */
function withoutPredefined(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

function faultOf(whole: string): string {
  return whole === '&'
    ? 'a "&" that begins no escape that is read here; write it as &amp;'
    : 'an escape for a character that XML cannot hold'
}

function characterOf(decimal: string | undefined, hexadecimal: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
  if (!(code <= 0x10ffff)) return undefined
  const character = String.fromCodePoint(code)
  return forbidden.test(character) ? undefined : character
}

/** Index of the first character that XML 1.0 cannot hold; -1 where all is well. */
export function forbiddenAt(text: string): number {
  return text.search(forbidden)
}

/** Fit to stand between tags or within double quotes. Characters that XML 1.0 cannot hold are left out. */
export function escapeXml(text: string): string {
  return text.replace(everyForbidden, '').replaceAll(/[&<>"\r]/g, (one) => escapes[one] ?? one)
}
