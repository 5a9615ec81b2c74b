import { expect, test } from 'vitest'
import { createGatherer } from './gather.ts'

/** Work that ends when the test says so. */
function controlled() {
  const batches: number[][] = []
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const gatherer = createGatherer<number, string>({
    lanes: 1,
    maxWeight: 3,
    weigh: () => 1,
    work: async (items) => {
      batches.push([...items])
      await ends[batches.length - 1]?.promise
      return items.map((item) => `done ${item}`)
    },
  })
  return { gatherer, batches, ends }
}

test('a lone item is worked at once', () => {
  const { gatherer, batches } = controlled()

  void gatherer.add(1)

  expect(batches).toEqual([[1]])
})

test('items that arrive while the lane is busy go together, no more than fit', async () => {
  const { gatherer, batches, ends } = controlled()
  const first = gatherer.add(1)
  const later = [2, 3, 4, 5].map((item) => gatherer.add(item))

  ends[0]?.resolve()
  await first
  ends[1]?.resolve()
  await later[0]
  ends[2]?.resolve()

  expect(await Promise.all(later)).toEqual(['done 2', 'done 3', 'done 4', 'done 5'])
  expect(batches).toEqual([[1], [2, 3, 4], [5]])
})

test('a failure is told to every item of its batch and to no other', async () => {
  const { gatherer, ends } = controlled()
  const first = gatherer.add(1)
  const second = gatherer.add(2)

  ends[0]?.reject(new Error('no database'))
  await expect(first).rejects.toThrow('no database')
  ends[1]?.resolve()

  expect(await second).toBe('done 2')
})

test('drain waits for what was added', async () => {
  const { gatherer, ends } = controlled()
  const added = [gatherer.add(1), gatherer.add(2)]
  const drained = gatherer.drain()

  ends[0]?.resolve()
  await added[0]
  ends[1]?.resolve()
  await drained

  expect(await Promise.all(added)).toEqual(['done 1', 'done 2'])
})
