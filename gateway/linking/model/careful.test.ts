import { expect, test } from 'vitest'
import { carefully } from './careful.ts'
import { estimate } from './em.ts'
import { expectedPairs } from './prior.ts'
import type { ScoringTable } from './scoring-table.ts'
import { Tally } from './tally.ts'

const base: ScoringTable = {
  prior: -2,
  thresholds: { link: 0.9, review: 0.35 },
  weights: {
    place: { same: 3, other: -8 },
    text: { high: 3, none: -2 },
    time: { day: 1, later: -1 },
  },
}

/** Pairs that met under a key: a quarter are one matter; of the others many say the same of one place. */
function candidates(): Tally {
  const tally = new Tally()
  const add = (times: number, levels: { [field: string]: string }) => {
    for (let time = 0; time < times; time++) tally.add(levels, 'text')
  }
  add(180, { place: 'same', text: 'high', time: 'day' })
  add(60, { place: 'same', text: 'none', time: 'day' })
  add(10, { place: 'other', text: 'high', time: 'later' })
  add(300, { place: 'same', text: 'none', time: 'later' })
  add(450, { place: 'other', text: 'none', time: 'later' })
  return tally
}

function chance(): Tally {
  const tally = new Tally()
  for (let pair = 0; pair < 2000; pair++)
    tally.add(
      {
        place: pair % 50 === 0 ? 'same' : 'other',
        text: pair % 40 === 0 ? 'high' : 'none',
        time: pair % 20 === 0 ? 'day' : 'later',
      },
      'chance',
    )
  return tally
}

const input = { candidates: candidates().patterns(), random: chance().patterns(), base }
const estimated = estimate(input)

test('no step leaves the table as it is', () => {
  expect(carefully(input, estimated, 0)).toEqual(base)
})

test('a step goes that part of the way to what candidates show', () => {
  const whole = carefully(input, estimated, 1).weights
  const half = carefully(input, estimated, 0.5).weights

  expect(whole['time']?.['day']).toBeGreaterThan(1)
  expect(half['place']?.['same']).toBeCloseTo((3 + (whole['place']?.['same'] ?? 0)) / 2, 6)
  expect(half['time']?.['day']).toBeCloseTo((1 + (whole['time']?.['day'] ?? 0)) / 2, 6)
})

test('a gate stays, and as many pairs are expected to be one matter as before', () => {
  const table = carefully(input, estimated, 0.5)

  expect(table.weights['place']?.['other']).toBe(-8)
  expect(expectedPairs(table, input.candidates)).toBeCloseTo(expectedPairs(base, input.candidates), 3)
})
