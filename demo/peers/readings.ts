/** Which rows of a partner's table were surely read: whoever reads does not say so. */
import type { Session } from './relay.ts'

export interface Readings {
  /** A row was committed, or changed, under this name. */
  put(row: string): void
  /** A reader's session ended. It read everything that was there when it began, where nothing disturbed it. */
  ended(session: Session): void
  /** While this runs, and of what overlaps it, nothing is known. */
  disturbed<Result>(work: () => Promise<Result>): Promise<Result>
  /** Not read twice yet: at the second time the reader has kept the first. */
  left(): number
}

export function createReadings(): Readings {
  const rows = new Map<string, { committedAtMs: number; read: number }>()
  let disturbances = 0
  let disturbedAtMs = 0
  return {
    put: (row) => void rows.set(row, { committedAtMs: Date.now(), read: 0 }),
    ended: ({ openedAtMs, saidGoodbye }) => {
      if (!saidGoodbye || disturbances > 0 || disturbedAtMs >= openedAtMs) return
      for (const row of rows.values()) if (row.committedAtMs < openedAtMs) row.read += 1
    },
    disturbed: async (work) => {
      disturbances += 1
      try {
        return await work()
      } finally {
        disturbances -= 1
        disturbedAtMs = Date.now()
      }
    },
    left: () => [...rows.values()].filter(({ read }) => read < 2).length,
  }
}
