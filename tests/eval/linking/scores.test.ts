import { expect, test } from 'vitest'
import { scoreClusters, scorePairs, type LinkDecision } from './scores.ts'

const decisions: LinkDecision[] = [
  { id: '1', case: 'a', review: [] },
  { id: '2', case: 'a', review: [] },
  { id: '3', case: 'b', review: ['x', 'y', 'a', 'c'] },
  { id: '4', case: 'c', review: ['b'] },
  { id: '5', case: 'd', review: ['w', 'x', 'y', 'c'] },
]

test('recall is the mean over clusters, and a cluster of one person counts in one figure only', () => {
  const scores = scoreClusters(decisions, {
    pairs: [{ a: 1, b: 5, dup: 0, kind: 'random' }],
    clusters: [
      { cluster: 1, ids: [1, 2, 3], users: 3 },
      { cluster: 2, ids: [4, 5], users: 1 },
    ],
  })

  expect(scores).toMatchObject({ reports: 5, cases: 4, joined_share: 0.2 })
  expect(scores['macro_recall']).toBeCloseTo((1 / 3 + 0) / 2, 3)
  expect(scores['macro_recall_multi']).toBeCloseTo(1 / 3, 3)
})

test('only the first three of what was put before a clerk count', () => {
  const { recall_with_review } = scoreClusters(decisions, {
    pairs: [],
    clusters: [
      { cluster: 1, ids: [1, 3], users: 2 },
      { cluster: 2, ids: [4, 5], users: 2 },
    ],
  })

  expect(recall_with_review).toBe(0.5)
})

test('pairs of two matters in one case are false merges, told by kind; those without an answer are left out', () => {
  const scores = scoreClusters(decisions, {
    pairs: [
      { a: 1, b: 2, dup: 0, kind: 'entity_swap' },
      { a: 1, b: 4, dup: 0, kind: 'random' },
      { a: 2, b: 1, dup: null, kind: 'random' },
    ],
    clusters: [
      { cluster: 1, ids: [1, 9], users: 2 },
      { cluster: 2, ids: [2, 4], users: 2 },
    ].map((cluster) => ({ ...cluster, ids: cluster.ids.filter((id) => id !== 9) })),
  })

  expect(scores).toMatchObject({
    false_merge_rate: 0.5,
    entity_swap_merges: 1,
    cases_mixing_gold_clusters: 1,
  })
  expect(scores['false_merges']).toEqual({ entity_swap: { n: 1, merged: 1 }, random: { n: 1, merged: 0 } })
})

test('pairs of a city are scored over channels and types apart', () => {
  const scores = scorePairs(decisions, [
    { a: 1, b: 2, dup: 1, cross_channel: true, cross_type: false },
    { a: 3, b: 4, dup: 1, cross_channel: true, cross_type: true },
    { a: 4, b: 5, dup: 0 },
  ])

  expect(scores).toMatchObject({
    recall: 0.5,
    cross_channel_recall: 0.5,
    cross_type_recall: 0,
    parent_in_top3: 1,
    false_merge_rate: 0,
    review_per_100: 60,
  })
})

test('a report of the gold pairs that was not fed is an error', () => {
  expect(() => scorePairs(decisions, [{ a: 1, b: 77, dup: 1 }])).toThrow('77')
})
