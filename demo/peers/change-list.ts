import type { WireRecord } from './appeals.ts'

export interface ChangeList {
  add(record: WireRecord): string
  /** A page behind this cursor. Asking for it says that all before it was taken. */
  page(cursor: string | null, size: number): { list: WireRecord[]; next_cursor: string; has_more: boolean }
  /** Not taken yet. */
  left(): number
}

/** Changes in their order, each under a number of its own. */
export function createChangeList(prefix: string): ChangeList {
  const changes: WireRecord[] = []
  let taken = 0
  return {
    add: (record) => {
      const number = `${prefix}${String(changes.length + 1).padStart(6, '0')}`
      changes.push({ ...record, change_no: number })
      return number
    },
    page: (cursor, size) => {
      const from = Number(cursor ?? 0)
      taken = Math.max(taken, from)
      const list = changes.slice(from, from + size)
      const next = from + list.length
      return { list, next_cursor: String(next), has_more: next < changes.length }
    },
    left: () => changes.length - taken,
  }
}
