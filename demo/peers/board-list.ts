import type { WireRecord } from './appeals.ts'

export interface BoardRow {
  readonly record: WireRecord
  /** How often it was listed to somebody since it last changed. */
  shown: number
}

export interface BoardList {
  /** Adds a row, or changes the one of this id. */
  put(id: string, record: WireRecord): void
  rowOf(id: string): BoardRow | undefined
  /** Of those that fit; counted as shown. */
  page(fits: (record: WireRecord) => boolean, page: { from: number; size: number }): WireRecord[]
  count(fits: (record: WireRecord) => boolean): number
  /** Not shown twice yet: the second time the reader has committed the first, or lost it and reads it again. */
  left(): number
}

/** Rows in the order of `key`. */
export function createBoardList(key: (record: WireRecord) => number): BoardList {
  const rows = new Map<string, BoardRow>()
  const sorted = () => [...rows.values()].toSorted((a, b) => key(a.record) - key(b.record))
  return {
    put: (id, record) => void rows.set(id, { record, shown: 0 }),
    rowOf: (id) => rows.get(id),
    page: (fits, { from, size }) => {
      const found = sorted()
        .filter(({ record }) => fits(record))
        .slice(from, from + size)
      for (const row of found) row.shown += 1
      return found.map(({ record }) => record)
    },
    count: (fits) => sorted().filter(({ record }) => fits(record)).length,
    left: () => [...rows.values()].filter(({ shown }) => shown < 2).length,
  }
}
