import { setImmediate as nextTurn } from 'node:timers/promises'

const turnMs = 10

/** Does the work for one item after the other, and lets whatever else waits in this process have its turn in between. */
export async function inTurns<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = []
  let since = performance.now()
  for (const item of items) {
    results.push(work(item, results.length))
    if (performance.now() - since < turnMs) continue
    await nextTurn()
    since = performance.now()
  }
  return results
}
