/** A stored receipt is decoded again, and the entries are picked that a replay asks for. */
import { DecodeError, type SourceRecord } from '../../../adapters/adapter.ts'
import type { Incoming } from '../prepare.ts'

/** What stands at a place of a payload now. */
export type Found =
  | { readonly kind: 'entry'; readonly source: SourceRecord }
  /** From here on it could not be decoded. */
  | { readonly kind: 'undecoded'; readonly cause: DecodeError }
  | { readonly kind: 'absent'; readonly detail: string }

export interface Decoded {
  at(index: number): Found
  /** Positions of all entries from a place on; the last may stand for what could not be decoded. */
  from(index: number): readonly string[]
}

/** Decodes to the last wanted place, or to the end. What the payload holds never makes it throw. */
export async function decodeAgain(
  { feed, payload }: Incoming,
  wanted: ReadonlySet<number>,
  { toTheEnd }: { toTheEnd: boolean },
): Promise<Decoded> {
  const last = Math.max(...wanted)
  const found = new Map<number, SourceRecord>()
  const positions: string[] = []
  let failure: unknown
  try {
    for await (const source of feed.adapter.decode(payload, feed.channel)) {
      if (wanted.has(positions.length)) found.set(positions.length, source)
      positions.push(source.position)
      if (!toTheEnd && positions.length > last) break
    }
  } catch (cause) {
    failure = cause
  }
  // An adapter that breaks off by its own fault says nothing of what lies behind: no entry is taken for the last one.
  const isBroken = toTheEnd && failure !== undefined && !(failure instanceof DecodeError)
  return {
    at: (index) => {
      const source = isBroken ? undefined : found.get(index)
      if (source !== undefined) return { kind: 'entry', source }
      if (failure instanceof DecodeError && index === positions.length)
        return { kind: 'undecoded', cause: failure }
      return { kind: 'absent', detail: whyAbsent(failure, positions.length) }
    },
    from: (index) => [
      ...positions.slice(index),
      ...(failure instanceof DecodeError && index <= positions.length ? [failure.position] : []),
    ],
  }
}

function whyAbsent(failure: unknown, count: number): string {
  if (failure instanceof DecodeError)
    return `The payload can be decoded to entry ${count} only: ${failure.message}`
  if (failure !== undefined) {
    const name = failure instanceof Error ? failure.name : typeof failure
    return `The adapter failed on this payload (${name}). Tell the operators which receipt.`
  }
  return `The payload has ${count} entries by now, and this record is none of them. Look whether the settings of its feed were changed.`
}
