import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createReadings } from './readings.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }))
afterEach(() => void vi.useRealTimers())

it('a row was surely read once two sessions that began after it ended in order', () => {
  const readings = createReadings()
  readings.put('A1')

  readings.ended({ openedAtMs: 2_000, saidGoodbye: true })
  expect(readings.left()).toBe(1)
  readings.ended({ openedAtMs: 3_000, saidGoodbye: true })

  expect(readings.left()).toBe(0)
})

it('a session that was lost, or began before the row was there, says nothing of it', () => {
  const readings = createReadings()
  readings.put('A1')

  for (const openedAtMs of [2_000, 3_000]) readings.ended({ openedAtMs, saidGoodbye: false })
  for (const openedAtMs of [500, 1_000]) readings.ended({ openedAtMs, saidGoodbye: true })

  expect(readings.left()).toBe(1)
})

it('a row that changed is to be read again', () => {
  const readings = createReadings()
  readings.put('A1')
  for (const openedAtMs of [2_000, 3_000]) readings.ended({ openedAtMs, saidGoodbye: true })

  readings.put('A1')

  expect(readings.left()).toBe(1)
})

it('a session that a disturbance met says nothing, also where that was over before it ended', async () => {
  const readings = createReadings()
  readings.put('A1')

  await readings.disturbed(async () => {
    readings.ended({ openedAtMs: 2_000, saidGoodbye: true })
    vi.setSystemTime(5_000)
  })
  for (const openedAtMs of [3_000, 4_000]) readings.ended({ openedAtMs, saidGoodbye: true })

  expect(readings.left()).toBe(1)
})
