/**
 * Where the next poll goes on. A *scan* reads from the floor to the end of their table; the floor lies behind the last row
 * by a window of rows or an overlap of time, so that rows which commit late are met by the next scan. What was met is
 * remembered by its hash: only new and changed rows make a page.
 */
import { createHash } from 'node:crypto'
import type { Cursor } from '../adapter.ts'
import { inFormOf, instantOf } from './clock.ts'
import { CellFault } from './cell.ts'
import type { Position, RowRead } from './row.ts'
import type { From } from './select.ts'
import type { Mark } from './session.ts'
import type { PollSettings } from './poll-settings.ts'

/** By time so many rows are remembered: beyond that the overlap is read no further back. */
const rememberedByTime = 2_000

/** As it stands in the gateway's database. */
interface Stored {
  readonly source: string
  readonly floor: From | null
  readonly seen: readonly string[]
  /** Set while a scan goes on. */
  readonly scan?: { readonly last: Position; readonly before: readonly string[] }
}

interface Met {
  readonly hash: string
  /** Missing where the row was met before a restart. */
  readonly position?: Position
}

export class Scan {
  readonly #poll: PollSettings
  readonly #source: string
  readonly #remembered: number
  #floor: From | null
  #before: Set<string>
  #met: Met[]
  #last: Position | null
  /** The last value that is a time. A value like `infinity` stands behind it for ever and moves nothing. */
  #lastTime: Mark | null = null

  constructor(poll: PollSettings, cursor: Cursor | null) {
    this.#poll = poll
    this.#source = sourceOf(poll)
    this.#remembered = poll.cursor.by === 'id' ? (poll.cursor.window ?? 200) : rememberedByTime
    const stored = cursor !== null && cursor['source'] === this.#source ? (cursor as unknown as Stored) : null
    this.#floor = stored?.floor ?? startOf(poll)
    this.#before = new Set(stored?.scan?.before ?? stored?.seen)
    this.#met = stored?.scan === undefined ? [] : stored.seen.map((hash) => ({ hash }))
    this.#last = stored?.scan?.last ?? null
  }

  /** Where the next portion begins; null: at the beginning of the table. */
  get from(): From | null {
    return this.#last === null ? this.#floor : { after: this.#last }
  }

  get floor(): From | null {
    return this.#floor
  }

  /** Takes note of a row. True where it is new or changed. */
  meet({ hash, position }: RowRead): boolean {
    this.#last = position
    if (instantOf(position.value.text) !== undefined) this.#lastTime = position.value
    this.#met.push({ hash, position })
    if (this.#met.length > this.#remembered) this.#met.shift()
    return !this.#before.has(hash)
  }

  /** In the middle of a scan. */
  get cursor(): Cursor {
    const seen = this.#met.map(({ hash }) => hash)
    const stored: Stored = {
      source: this.#source,
      floor: this.#floor,
      seen,
      ...(this.#last !== null && { scan: { last: this.#last, before: [...this.#before] } }),
    }
    return { ...stored }
  }

  /** The table was read to its end. `nowMs` is their clock. Throws CellFault where their time is none. */
  end(nowMs: number): Cursor {
    const [oldest] = this.#met
    const window = this.#met.length === this.#remembered ? oldest?.position : undefined
    this.#floor = later(window === undefined ? this.#floor : { after: window }, this.#overlap(nowMs))
    const stored: Stored = {
      source: this.#source,
      floor: this.#floor,
      seen: this.#met.map(({ hash }) => hash),
    }
    return { ...stored }
  }

  /** Their table was emptied and counts anew. */
  restart(): void {
    this.#floor = startOf(this.#poll)
    this.#before = new Set()
    this.#met = []
    this.#last = null
    this.#lastTime = null
  }

  /** A row of the future moves the floor no further than their own clock: what is written meanwhile must be met. */
  #overlap(nowMs: number): From | null {
    const { cursor } = this.#poll
    if (cursor.by === 'id' || this.#last === null) return null
    const { text, isNumeric } = this.#lastTime ?? this.#last.value
    const lastMs = instantOf(text)
    const bound =
      lastMs === undefined
        ? undefined
        : inFormOf(text, Math.min(lastMs, nowMs) - (cursor.overlapS ?? 300) * 1000)
    if (bound === undefined)
      throw new CellFault(
        `Column ${cursor.column} holds a value that is no time. Use a column of a time type, or text like 2026-11-22 10:00:00`,
      )
    return { at: { text: bound, isNumeric } }
  }
}

function later(one: From | null, other: From | null): From | null {
  if (one === null || other === null) return one ?? other
  const [oneMs, otherMs] = [one, other].map(
    (from) => instantOf(valueOf(from).text) ?? Number.NEGATIVE_INFINITY,
  )
  return (oneMs ?? 0) >= (otherMs ?? 0) ? one : other
}

function valueOf(from: From): Mark {
  return 'at' in from ? from.at : from.after.value
}

function startOf({ cursor }: PollSettings): From | null {
  if (cursor.start === undefined) return null
  if (cursor.by === 'time') return { at: { text: cursor.start, isNumeric: false } }
  return { at: { text: String(BigInt(cursor.start) + 1n), isNumeric: true } }
}

/** Another table, order or condition starts afresh. Another window or start does not. */
function sourceOf({ table, key, where = {}, cursor }: PollSettings): string {
  return createHash('sha256')
    .update(JSON.stringify([table, key, where, cursor.by, cursor.column]))
    .digest('base64url')
    .slice(0, 16)
}
