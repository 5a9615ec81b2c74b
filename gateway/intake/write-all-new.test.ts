import { expect, test } from 'vitest'
import { createOdds } from './write-all-new.ts'

async function tries(outcomes: readonly (true | null)[]): Promise<number> {
  const odds = createOdds()
  let tried = 0
  for (const outcome of outcomes)
    await odds.trying(async () => {
      tried += 1
      return outcome
    })
  return tried
}
const times = (count: number, outcome: true | null) => Array.from({ length: count }, () => outcome)

test('where every batch is new the short way is always taken', async () => {
  expect(await tries(times(100, true))).toBe(100)
})

test('where nothing is new the short way is seldom tried any more', async () => {
  expect(await tries(times(160, null))).toBeLessThan(20)
})

test('where batches are new again it is taken again', async () => {
  const after = await tries([...times(50, null), ...times(400, true)])

  expect(after).toBeGreaterThan(200)
})
