import { stringify } from 'yaml'

/** One line of YAML and what is said beside it. */
export interface YamlLine {
  readonly text: string
  readonly comment?: string
}

const commentColumn = 58
const maxComment = 160
const maxWidth = 110

/** A value on one line, as the rest of the mappings write it. */
export const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, singleQuote: true }).trimEnd()

/** A tree in block style, each line shifted. */
export const block = (value: unknown, shift: string): string =>
  stringify(value, { lineWidth: 0, singleQuote: true })
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : shift + line))
    .join('\n')

/** A comment may never end its line: what stands behind would be YAML. */
export const plainComment = (text: string): string =>
  text
    .replaceAll(/[\p{C}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, maxComment)

/** Lines with their comments in one column, as far as there is room. */
export function writeLines(lines: readonly YamlLine[]): string {
  return lines
    .map(({ text, comment }) => {
      if (comment === undefined || comment === '') return text
      const room = Math.max(2, commentColumn - widthOf(text))
      return `${text}${' '.repeat(room)}# ${plainComment(comment)}`
    })
    .join('\n')
}

/** Chinese characters are two columns wide. */
const widthOf = (text: string): number => text.length + (text.match(/[\u2e80-\uffef]/g)?.length ?? 0)

/** A list on as few lines as fit. */
export function flowList(name: string, items: readonly string[], shift: string): string {
  const lines: string[] = []
  let line = `${shift}${name}: [`
  for (const [index, item] of items.entries()) {
    const word = flow(item) + (index === items.length - 1 ? ']' : ',')
    if (widthOf(line) + widthOf(word) + 1 > maxWidth) {
      lines.push(line.trimEnd())
      line = `${shift}  `
    }
    line += line.endsWith('[') || line.trim() === '' ? word : ` ${word}`
  }
  return [...lines, line].join('\n')
}
