import { hashOf, randomFor } from '../random.ts'
import type { Reply } from './server.ts'

/** How a partner's system takes one call. Only `well` is a good answer. */
export type Mood =
  | 'well'
  | 'fails-before'
  | 'is-busy'
  | 'resets-before'
  | 'takes-and-resets'
  | 'takes-and-hangs'

/** Of a thousand first tries. Hanging is rare: each one costs its caller a whole time-out. */
const perThousand: readonly (readonly [Mood, number])[] = [
  ['fails-before', 20],
  ['is-busy', 20],
  ['resets-before', 10],
  ['takes-and-resets', 15],
  ['takes-and-hangs', 3],
]

const badTries = 3

/** Decides by the call's own key, so a run repeats itself; after a few bad tries every call goes well. */
export function createMoods(seed: number, peer: string): (key: string) => Mood {
  const tries = new Map<string, number>()
  return (key) => {
    const tried = tries.get(key) ?? 0
    tries.set(key, tried + 1)
    if (tried >= badTries) return 'well'
    let left = randomFor(seed, `${peer}/${hashOf(key)}/${tried}`).below(1000)
    for (const [mood, share] of perThousand) {
      if (left < share) return mood
      left -= share
    }
    return 'well'
  }
}

/** A call taken in this mood. `take` books it, at most once, and gives the good answer; `busy` is how this system says so. */
export function answerIn(mood: Mood, { busy, take }: { busy: Reply; take: () => Reply }): Reply {
  switch (mood) {
    case 'fails-before':
      return { status: 500, body: 'internal error' }
    case 'is-busy':
      return busy
    case 'resets-before':
      return 'reset'
    case 'takes-and-resets':
      take()
      return 'reset'
    case 'takes-and-hangs':
      take()
      return 'hang'
    case 'well':
      return take()
  }
}
