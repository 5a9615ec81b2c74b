/** Text in columns of a terminal: Chinese characters take two, and stretches of a text can be marked. */

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Columns that a character takes. */
const widthOf = (character: string): number => (wide.test(character) ? 2 : 1)

/** Columns that a text takes. */
export const columnsOf = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + widthOf(character), 0)

/** How marked stretches look: escape sequences on a terminal, brackets elsewhere. */
export interface Marks {
  readonly on: string
  readonly off: string
  /** Columns that the two take. */
  readonly width: number
}

export const brackets: Marks = { on: '[', off: ']', width: 2 }
export const underlined: Marks = { on: '\u001B[1;4m', off: '\u001B[0m', width: 0 }

/** A line ready to print, and the columns it takes. */
export interface Line {
  readonly text: string
  readonly width: number
}

export const line = (text: string): Line => ({ text, width: columnsOf(text) })

// What moves the cursor or colours the screen is the terminal's, not a stranger's.
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const printable = (text: string): string => text.replaceAll(unseen, ({ length }) => ' '.repeat(length))

/** Wraps a text to `width` columns. `marked`: stretches by UTF-16 offsets, in order. */
export function wrapped(
  text: string,
  {
    width,
    marked = [],
    marks = brackets,
  }: { width: number; marked?: readonly (readonly [number, number])[]; marks?: Marks },
): Line[] {
  const half = marks.width / 2
  const lines: Line[] = []
  let current = { text: '', width: 0, on: false }
  const turn = (on: boolean) => {
    if (on === current.on) return
    current = { text: current.text + (on ? marks.on : marks.off), width: current.width + half, on }
  }
  const close = () => {
    turn(false)
    lines.push({ text: current.text, width: current.width })
    current = { text: '', width: 0, on: false }
  }
  let offset = 0
  for (const character of printable(text)) {
    const inside = marked.some(([from, to]) => offset >= from && offset < to)
    offset += character.length
    const needed = widthOf(character) + (inside === current.on ? 0 : half) + (inside ? half : 0)
    if (character === '\n' || current.width + needed > width) close()
    if (character === '\n') continue
    turn(inside)
    current = { ...current, text: current.text + character, width: current.width + widthOf(character) }
  }
  if (current.text !== '' || lines.length === 0) close()
  return lines
}

/** A text cut to `width` columns, with … where something is missing. */
export function cut(text: string, width: number): string {
  const shown = printable(text).replaceAll('\n', ' ')
  if (columnsOf(shown) <= width) return shown
  let kept = ''
  let used = 0
  for (const character of shown) {
    used += widthOf(character)
    if (used > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** Two lists of lines side by side. */
export function sideBySide(left: readonly Line[], right: readonly Line[], width: number): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, n) => {
    const [a, b] = [left[n] ?? line(''), right[n] ?? line('')]
    return `${a.text}${' '.repeat(Math.max(0, width - a.width))} │ ${b.text}`.trimEnd()
  })
}
