/** The bad moods of an exchange database and of the wall before it. */
import { setTimeout as delay } from 'node:timers/promises'
import { randomFor } from '../random.ts'
import type { ExchangeStore } from './exchange-store.ts'
import type { Peer } from './peer.ts'
import type { Readings } from './readings.ts'
import type { Cut } from './relay.ts'

type Mood = 'locked' | 'slow' | 'killed'

/** Then it has calmed down: a run must end. */
const rounds: readonly Mood[] = ['locked', 'killed', 'slow', 'locked', 'killed', 'slow', 'killed']
const pauseMs = 1_500

/** Plays its moods, one after the other. */
export async function beMoody(
  peer: Peer<{ readonly seed: number }>,
  { store, readings }: { store: ExchangeStore; readings: Readings },
): Promise<void> {
  const random = randomFor(peer.settings.seed, `${peer.name}/moods`)
  for (const mood of rounds) {
    await delay(pauseMs + random.below(2 * pauseMs), undefined, { signal: peer.signal })
    peer.count(mood)
    await readings.disturbed(async () => play(mood, store, 1_000 + random.below(2_000)))
  }
}

async function play(mood: Mood, store: ExchangeStore, ms: number): Promise<void> {
  switch (mood) {
    case 'locked':
      await Promise.all([store.lock('t_case', ms), store.lock('t_case_status', ms)])
      return
    case 'slow':
      await store.slow(ms)
      await delay(ms)
      await store.slow(0)
      return
    case 'killed': {
      // Whoever waits for the lock is met.
      const locked = store.lock('t_case_status', ms)
      await delay(ms / 2)
      await store.killSessions()
      await locked
    }
  }
}

/** Of a hundred sessions that read. */
const refusedReads = 3
/** Of a hundred sessions that write. An answer that never comes costs its caller a whole time-out. */
const writes: readonly (readonly [Cut, number])[] = [
  ['refuses', 3],
  ['loses-answer', 4],
  ['keeps-answer', 1],
]

export function readCuts(seed: number, peer: string): () => Cut {
  const random = randomFor(seed, `${peer}/reads`)
  return () => (random.below(100) < refusedReads ? 'refuses' : 'none')
}

export function writeCuts(seed: number, peer: string): () => Cut {
  const random = randomFor(seed, `${peer}/writes`)
  return () => {
    let left = random.below(100)
    for (const [cut, share] of writes) {
      if (left < share) return cut
      left -= share
    }
    return 'none'
  }
}
