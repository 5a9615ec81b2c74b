/** Marks what one text says and the other does not, whatever the order: people tell the same matter from either end. */

/** A number or a Latin word is one piece: 1813 and 1814 have nothing in common. */
const piecePattern = /[\p{Nd}]+(?:[.:：/-][\p{Nd}]+)*|[\p{Script=Latin}]+|[^\s\p{P}\p{S}]/gu
const mostCharacters = 4_000

interface Piece {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * Stretches of `text`, as UTF-16 offsets, that `other` does not say: pieces that stand in no neighbouring two that the other
 * text has as well. A number alone is enough to be in common. Stretches that only blanks or signs part are one. Of a long
 * text the beginning is marked.
 */
export function differenceOf(text: string, other: string): [number, number][] {
  const mine = piecesOf(text)
  const theirs = piecesOf(other)
  const known = new Set(theirs.map((piece) => piece.text).filter(isWord))
  for (let n = 1; n < theirs.length; n += 1) known.add(`${theirs[n - 1]?.text}${theirs[n]?.text}`)
  const shared = mine.map(({ text: piece }) => isWord(piece) && known.has(piece))
  for (let n = 1; n < mine.length; n += 1)
    if (known.has(`${mine[n - 1]?.text}${mine[n]?.text}`)) {
      shared[n - 1] ||= !isWord(mine[n - 1]?.text ?? '')
      shared[n] ||= !isWord(mine[n]?.text ?? '')
    }
  const stretches: [number, number][] = []
  let open = false
  for (const [n, { from, to }] of mine.entries()) {
    const last = stretches.at(-1)
    if (shared[n] === true) open = false
    else if (open && last !== undefined) last[1] = to
    else {
      stretches.push([from, to])
      open = true
    }
  }
  return stretches
}

const isWord = (piece: string): boolean => /^[\p{Nd}\p{Script=Latin}]/u.test(piece)

function piecesOf(text: string): Piece[] {
  return [...text.slice(0, mostCharacters).matchAll(piecePattern)].map(({ index, 0: piece }) => ({
    from: index,
    to: index + piece.length,
    text: piece.toLowerCase(),
  }))
}

/** How much of the shorter text the other one has, 0 to 1: to find the report that comes nearest. */
export function likeness(text: string, other: string): number {
  const [shorter, longer] = text.length <= other.length ? [text, other] : [other, text]
  const pieces = piecesOf(shorter)
  if (pieces.length === 0) return 0
  const marked = differenceOf(shorter, longer)
  const apart = pieces.filter(({ from }) => marked.some(([start, end]) => from >= start && from < end)).length
  return 1 - apart / pieces.length
}
