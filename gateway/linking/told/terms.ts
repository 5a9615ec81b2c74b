/** What a model knows of grams before anything was stored: how rare each is in citizens' texts, and what it is about. */
export interface Terms {
  /** Bits: how much it says that a text has this gram. What the model does not list is rarer than all it lists. */
  rarity(code: number): number
  /** Adds a gram's direction, times `weight`, to the topic vector. */
  addTopic(code: number, weight: number, into: Float32Array): void
  readonly topicSize: number
}

/** As stored: see `docs` of each. */
export interface StoredTerms {
  /** How many texts were counted. */
  documents: number
  /** The upper 24 bits of each listed gram's code, ascending, as differences in base-128 varints; base64. */
  codes: string
  /** Four bits each, in the same order: rarity in steps of `step` bits; base64. */
  levels: string
  step: number
  /** Rarity of a gram that is not listed, in bits. */
  unlisted: number
  topics: {
    size: number
    /** Pairs that have a direction, stored as the other codes are. */
    codes: string
    /** `size` signed bytes for each, in order; base64. */
    directions: string
  }
}

const slots = 1 << 18

/** Unpacks stored terms into tables for look-ups of a few nanoseconds. */
export function termsFrom(stored: StoredTerms): Terms {
  const packedLevels = Buffer.from(stored.levels, 'base64')
  const directions = new Int8Array(Buffer.from(stored.topics.directions, 'base64'))
  const { size } = stored.topics
  const keys = new Uint32Array(slots)
  const levels = new Uint8Array(slots)
  const starts = new Int32Array(slots).fill(-1)
  unpackCodes(stored.codes).forEach((code, index) => {
    const slot = slotOf(keys, code + 1)
    keys[slot] = code + 1
    levels[slot] = ((packedLevels[index >> 1] ?? 0) >> ((index & 1) * 4)) & 15
  })
  unpackCodes(stored.topics.codes).forEach((code, index) => {
    starts[slotOf(keys, code + 1)] = size * index
  })
  // Whoever asks how rare a gram is asks what it is about next.
  let latestKey = 0
  let latestSlot = 0
  const find = (key: number) => {
    if (latestKey !== key) {
      latestSlot = slotOf(keys, key)
      latestKey = key
    }
    return latestSlot
  }
  return {
    topicSize: size,
    rarity(code) {
      const slot = find((code >>> 8) + 1)
      return keys[slot] === 0 ? stored.unlisted : ((levels[slot] as number) + 0.5) * stored.step
    },
    addTopic(code, weight, into) {
      const start = starts[find((code >>> 8) + 1)] as number
      if (start < 0) return
      for (let index = 0; index < size; index++)
        into[index] = (into[index] as number) + weight * (directions[start + index] as number)
    },
  }
}

/** Where a key lies, or the free slot where it would. */
function slotOf(keys: Uint32Array, key: number): number {
  let slot = Math.imul(key, 0x9e3779b1) >>> 14
  while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & (slots - 1)
  return slot
}

function unpackCodes(packed: string): number[] {
  const bytes = Buffer.from(packed, 'base64')
  const codes: number[] = []
  let previous = 0
  for (let index = 0; index < bytes.length;) {
    let difference = 0
    let factor = 1
    for (;;) {
      const byte = bytes[index++] ?? 0
      difference += (byte & 127) * factor
      factor *= 128
      if (byte < 128) break
    }
    previous += difference
    codes.push(previous)
  }
  return codes
}
