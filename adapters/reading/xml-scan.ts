/**
 * Looks over an XML text once before a lenient parser may. Refuses document type declarations (entity bombs, outside files),
 * bounds depth and number of elements, and notices that the end is missing, over which such a parser says nothing.
 */
import { checkBounds, cutOff, markupAt, usualBounds, type XmlWords } from './xml-markup.ts'

/** The root's name as written; undefined where the text has no element. Throws DecodeError. */
export function scanXml(text: string, words: XmlWords): string | undefined {
  let depth = 0
  let elements = 0
  let root: string | undefined
  let isRootEmpty = false
  for (let at = text.indexOf('<'); at !== -1;) {
    const { kind, end } = markupAt(text, at, words)
    if (kind === 'start' || kind === 'empty') {
      if (root === undefined) {
        root = /[^\s/>]+/y.exec(text.slice(at + 1, at + 100))?.[0] ?? ''
        isRootEmpty = kind === 'empty'
      }
      elements += 1
      if (kind === 'start') depth += 1
    } else if (kind === 'end') depth -= 1
    checkBounds({ depth, elements, at }, usualBounds, words)
    at = text.indexOf('<', end)
  }
  if (root !== undefined && !isRootEmpty && !text.includes(`</${root}`)) throw cutOff(text, words)
  return root
}
