/** One level in an order: its value, and how much that counts. */
export interface Placed {
  readonly value: number
  readonly mass: number
}

/** The nearest values that never rise, strongest level first: neighbours in the wrong order share their weighted mean (pool adjacent violators). */
export function neverRising(placed: readonly Placed[]): number[] {
  const pools: { value: number; mass: number; size: number }[] = []
  for (const { value, mass } of placed) {
    pools.push({ value, mass, size: 1 })
    for (;;) {
      const last = pools.at(-1)
      const before = pools.at(-2)
      if (last === undefined || before === undefined || before.value >= last.value) break
      const together = before.mass + last.mass
      const mean =
        together === 0
          ? (before.value + last.value) / 2
          : (before.value * before.mass + last.value * last.mass) / together
      pools.splice(-2, 2, { value: mean, mass: together, size: before.size + last.size })
    }
  }
  return pools.flatMap(({ value, size }) => Array.from({ length: size }, () => value))
}
