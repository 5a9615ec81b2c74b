import { expect, test } from 'vitest'
import { estimate } from './em.ts'
import type { ScoringTable, Weights } from './scoring-table.ts'
import { Tally } from './tally.ts'

/** Numbers from 0 to 1, always the same ones. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const m: Weights = {
  place: { same: 0.6, near: 0.3, other: 0.1 },
  text: { high: 0.5, some: 0.4, none: 0.1 },
  time: { day: 0.5, month: 0.4, later: 0.1 },
  person: { same: 0.2, different: 0.8 },
}
const u: Weights = {
  place: { same: 0.02, near: 0.08, other: 0.9 },
  text: { high: 0.03, some: 0.27, none: 0.7 },
  time: { day: 0.05, month: 0.25, later: 0.7 },
  person: { same: 0.01, different: 0.99 },
}
const flat: ScoringTable = {
  prior: -3,
  thresholds: { link: 0.9, review: 0.4 },
  weights: {
    place: { same: 1, near: 0, other: -1 },
    text: { high: 1, some: 0, none: -1 },
    time: { day: 1, month: 0, later: -1 },
    person: { same: 1, different: 0 },
  },
}

function drawn(shares: Weights, next: () => number): { [field: string]: string } {
  const draw = (levels: { readonly [level: string]: number }) => {
    let left = next()
    for (const [level, share] of Object.entries(levels)) if ((left -= share) < 0) return level
    return Object.keys(levels).at(-1) ?? 'unknown'
  }
  return Object.fromEntries(Object.entries(shares).map(([field, levels]) => [field, draw(levels)]))
}

/** Pairs of which `share` are one matter. */
function planted({ share, pairs, seed = 7 }: { share: number; pairs: number; seed?: number }): Tally {
  const next = numbers(seed)
  const tally = new Tally()
  for (let pair = 0; pair < pairs; pair++) tally.add(drawn(next() < share ? m : u, next), 'text')
  return tally
}

const expectedBits = (field: string, level: string) =>
  Math.log2((m[field]?.[level] ?? 0) / (u[field]?.[level] ?? 0))

test('planted shares and weights are found again without labels, whatever the base says', () => {
  const result = estimate({
    candidates: planted({ share: 0.15, pairs: 15_000 }).patterns(),
    random: planted({ share: 0, pairs: 30_000, seed: 11 }).patterns(),
    base: flat,
  })

  expect(result.converged).toBe(true)
  expect(result.lambda['text']).toBeCloseTo(0.15, 1)
  for (const [field, levels] of Object.entries(m))
    for (const [level, share] of Object.entries(levels)) {
      expect(Math.abs((result.m[field]?.[level] ?? 0) - share), `m ${field}.${level}`).toBeLessThan(0.04)
      expect(
        Math.abs((result.weights[field]?.[level] ?? 0) - expectedBits(field, level)),
        `${field}.${level}`,
      ).toBeLessThan(0.5)
    }
  expect(2 ** result.prior / (1 + 2 ** result.prior)).toBeCloseTo(0.15, 1)
})

test('the same pairs give the same weights, in whatever order they came', () => {
  const next = numbers(3)
  const pairs = Array.from({ length: 3000 }, () => drawn(next() < 0.2 ? m : u, next))
  const [there, back] = [new Tally(), new Tally()]
  for (const levels of pairs) there.add(levels, 'text')
  for (const levels of pairs.toReversed()) back.add(levels, 'text')
  const random = planted({ share: 0, pairs: 5000 }).patterns()

  const one = estimate({ candidates: there.patterns(), random, base: flat })
  const other = estimate({ candidates: back.patterns(), random, base: flat })

  expect(other).toEqual(one)
})

test('few pairs move little from the base', () => {
  const input = {
    candidates: planted({ share: 0.3, pairs: 10 }).patterns(),
    random: planted({ share: 0, pairs: 20 }).patterns(),
    base: flat,
  }

  const { weights } = estimate(input)

  for (const [field, levels] of Object.entries(flat.weights))
    for (const [level, bits] of Object.entries(levels))
      expect(Math.abs((weights[field]?.[level] ?? 0) - bits), `${field}.${level}`).toBeLessThan(1.5)
})

test('a field by which pairs were found teaches nothing about itself, and misleads no other', () => {
  const next = numbers(5)
  const candidates = new Tally()
  for (let pair = 0; pair < 15_000; pair++) {
    const levels = drawn(next() < 0.1 ? m : u, next)
    candidates.add({ ...levels, text: 'high' }, 'text')
    candidates.add(drawn(next() < 0.3 ? m : u, next), 'person')
  }

  const result = estimate({
    candidates: candidates.patterns(),
    random: planted({ share: 0, pairs: 30_000, seed: 11 }).patterns(),
    base: flat,
    decidedBy: { text: ['text'] },
  })

  expect(result.lambda['text']).toBeCloseTo(0.1, 1)
  expect(result.lambda['person']).toBeCloseTo(0.3, 1)
  expect(Math.abs((result.weights['text']?.['high'] ?? 0) - expectedBits('text', 'high'))).toBeLessThan(0.5)
})

test('a field and its copy together weigh hardly more than the field', () => {
  const next = numbers(9)
  const copied = (share: number, pairs: number) => {
    const tally = new Tally()
    for (let pair = 0; pair < pairs; pair++) {
      const levels = drawn(next() < share ? m : u, next)
      tally.add({ ...levels, title: levels['text'] ?? 'unknown' }, 'person')
    }
    return tally.patterns()
  }

  const { damping, weights } = estimate({
    candidates: copied(0.2, 15_000),
    random: copied(0, 30_000),
    base: { ...flat, weights: { ...flat.weights, title: { high: 1, some: 0, none: -1 } } },
    dependent: [['title', 'text']],
  })

  expect(damping['title']).toBeCloseTo(0.5, 1)
  const together = (weights['title']?.['high'] ?? 0) + (weights['text']?.['high'] ?? 0)
  expect(Math.abs(together - expectedBits('text', 'high'))).toBeLessThan(1)
})

test('fields of a group that are never known together are counted whole', () => {
  const { damping } = estimate({
    candidates: planted({ share: 0.2, pairs: 3000 }).patterns(),
    random: planted({ share: 0, pairs: 3000 }).patterns(),
    base: flat,
    dependent: [['place', 'distance']],
  })

  expect(damping).toEqual({ place: 1 })
})

test('a field that shows one level, and one that is a rule, keep their weights', () => {
  const base = { ...flat, weights: { ...flat.weights, season: { summer: 2 } } }
  const random = new Tally()
  for (const { levels, pairs } of planted({ share: 0, pairs: 3000 }).patterns())
    for (let pair = 0; pair < pairs; pair++) random.add({ ...levels, season: 'summer' }, 'random')

  const { weights } = estimate({
    candidates: planted({ share: 0.2, pairs: 3000 }).patterns(),
    random: random.patterns(),
    base,
    kept: ['person'],
  })

  expect(weights['season']).toEqual({ summer: 2 })
  expect(weights['person']).toEqual(flat.weights['person'])
})

test('in a field with an order a stronger level never weighs less', () => {
  const odd: Weights = { ...m, time: { day: 0.05, month: 0.5, later: 0.45 } }
  const next = numbers(13)
  const candidates = new Tally()
  for (let pair = 0; pair < 20_000; pair++) candidates.add(drawn(next() < 0.2 ? odd : u, next), 'text')

  const { weights } = estimate({
    candidates: candidates.patterns(),
    random: planted({ share: 0, pairs: 15_000 }).patterns(),
    base: flat,
    ordered: { time: ['day', 'month', 'later'] },
  })

  const { day = 0, month = 0, later = 0 } = weights['time'] ?? {}
  expect(day).toBeGreaterThanOrEqual(month)
  expect(month).toBeGreaterThanOrEqual(later)
})

test('nothing to learn from leaves the base as it is', () => {
  const { weights, prior } = estimate({ candidates: [], random: [], base: flat })

  expect(weights).toEqual(flat.weights)
  expect(prior).toBe(flat.prior)
})
