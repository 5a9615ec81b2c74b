/**
 * One value of a row, plain and faithful. What JSON has no word for stands under a mark, so that the committed page keeps
 * what their database said: bytes, a date of zeros, and a JSON column (whose own members must not be taken for marks).
 */

export type Cell =
  | null
  | boolean
  | number
  | string
  | readonly Cell[]
  | { readonly $base64: string }
  | { readonly $zero: string }
  | { readonly $json: unknown }

/** This value cannot be read; its row is quarantined alone. The message names no value. */
export class CellFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CellFault'
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const gb18030 = new TextDecoder('gb18030', { fatal: true, ignoreBOM: true })

/** Throws CellFault where the bytes are no text of this charset. */
export function textOf(bytes: Uint8Array, charset: 'utf-8' | 'gb18030' = 'utf-8'): string {
  try {
    return (charset === 'utf-8' ? utf8 : gb18030).decode(bytes)
  } catch {
    throw new CellFault(
      `is no ${charset === 'utf-8' ? 'UTF-8' : 'GB18030'} text; name its real charset under poll.textEncodings`,
    )
  }
}

/** A number where nothing is lost by that, else the digits as they stand: `00042`, `NaN`, 20 digits. */
export function numberOrText(text: string): number | string {
  const value = Number(text)
  return Number.isFinite(value) && (String(value) === text || /^-?\d{1,15}\.\d{1,15}$/.test(text))
    ? value
    : text
}

export function base64Of(bytes: Uint8Array): Cell {
  return { $base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') }
}

const maxJsonDepth = 32

/** A JSON column as a tree; integers beyond 2^53 as digits. Deeper than 32 levels, or no JSON after all: its text. */
export function jsonOf(text: string): Cell {
  try {
    const tree: unknown = JSON.parse(text, keepDigits)
    return isWithin(tree, maxJsonDepth) ? { $json: tree } : text
  } catch {
    return text
  }
}

function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value
  const losesDigits =
    !Number.isFinite(value) || (!Number.isSafeInteger(value) && /^-?[0-9]+$/.test(context.source))
  return losesDigits ? context.source : value
}

function isWithin(tree: unknown, depth: number): boolean {
  if (typeof tree !== 'object' || tree === null) return true
  return depth > 0 && Object.values(tree).every((member) => isWithin(member, depth - 1))
}
