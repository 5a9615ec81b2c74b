/** When a delivery is tried again. */
import type { ChannelRuntime } from '../catalog/catalog.ts'

const jitter = 0.2
const dayMs = 86_400_000

export interface Schedule {
  /** Milliseconds before each try; its length is the number of tries. */
  readonly delaysMs: readonly number[]
  /** From 0 to below 1. */
  readonly random: () => number
}

/** For a channel that left the catalog while a try was under way. */
const withoutChannelMs = [0, 60_000, 600_000, 3_600_000, dayMs, dayMs]

export const scheduleOf = (runtime: ChannelRuntime | undefined, random: () => number): Schedule => ({
  delaysMs: runtime?.deliveries.delaysMs ?? withoutChannelMs,
  random,
})

/**
 * Milliseconds until the try after `tries` tries; null: they are used up. Spread by ±20 %, so that what failed together does
 * not come back together. The partner's own wish is honoured where it is longer, up to a day.
 */
export function nextDelayMs(schedule: Schedule, tries: number, wishMs?: number): number | null {
  const delayMs = schedule.delaysMs[tries]
  if (delayMs === undefined) return null
  const spreadMs = Math.round(delayMs * (1 - jitter + 2 * jitter * schedule.random()))
  return Math.max(spreadMs, Math.min(wishMs ?? 0, dayMs))
}
