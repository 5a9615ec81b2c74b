/** XML as old programs make it: by putting texts together. */

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
// Characters that XML cannot hold.
const impossible = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

export function escaped(text: string): string {
  return text.replaceAll(impossible, '').replaceAll(/[&<>]/g, (character) => escapes[character] ?? '')
}

/** An object's members become elements, a list's the same element again; nothing for what is missing. */
export function elementOf(name: string, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map((one) => elementOf(name, one)).join('')
  const content =
    typeof value === 'object'
      ? Object.entries(value)
          .map(([member, inner]) => elementOf(member, inner))
          .join('')
      : escaped(typeof value === 'string' ? value : JSON.stringify(value))
  return `<${name}>${content}</${name}>`
}
