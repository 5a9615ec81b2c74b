import { randomFillSync } from 'node:crypto'

const poolBytes = 8 * 1024
const pool = Buffer.alloc(poolBytes)
let used = poolBytes

/**
 * Random bytes of their own memory, at most 1,024 at a time. Drawn from the system's generator in portions, since asking it
 * for a few bytes costs as much as for thousands; what was given out is wiped from the portion.
 */
export function pooledRandom(bytes: number): Buffer {
  if (bytes > 1024) throw new RangeError(`${bytes} random bytes were asked for; 1,024 are given at a time.`)
  if (used + bytes > poolBytes) {
    randomFillSync(pool)
    used = 0
  }
  const drawn = Buffer.from(pool.subarray(used, used + bytes))
  pool.fill(0, used, used + bytes)
  used += bytes
  return drawn
}
