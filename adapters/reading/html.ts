/** HTML as text, whatever is in it. */
import { compile } from 'html-to-text'

export const maxHtml = 1_000_000
/** The parser's time grows with the square of the tags that stay open; so many take a quarter of a second. */
const maxTags = 20_000

const htmlToText = compile({
  wordwrap: false,
  limits: { maxInputLength: maxHtml, maxDepth: 100, maxChildNodes: 20_000 },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table'].map((selector) => ({
      selector,
      format: selector === 'table' ? 'dataTable' : 'block',
    })),
  ],
})

/** Of HTML that is too much for the parser, what stands between its tags. Quotations begin with `>`. */
export function readableHtml(html: string): string {
  const shown = html.slice(0, maxHtml)
  if (hasMoreTags(shown)) return withoutTags(shown)
  try {
    return htmlToText(shown).trim()
  } catch {
    return withoutTags(shown)
  }
}

function hasMoreTags(html: string): boolean {
  let tags = 0
  for (let at = html.indexOf('<'); at !== -1 && tags <= maxTags; at = html.indexOf('<', at + 1)) tags += 1
  return tags > maxTags
}

function withoutTags(html: string): string {
  return html
    .replaceAll(/<(?:br|\/p|\/div|\/tr|\/li)\b[^<>]*>/gi, '\n')
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/[ \t]+/g, ' ')
    .trim()
}
