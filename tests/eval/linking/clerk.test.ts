import { expect, test } from 'vitest'
import { mattersOf } from './clerk.ts'

test('what hangs together by pairs is one matter, and what the gold does not name is none', () => {
  const matterOf = mattersOf({
    pairs: [
      { a: 1, b: 2, dup: 1 },
      { a: 4, b: 3, dup: 1 },
      { a: 2, b: 3, dup: 1 },
      { a: 5, b: 6, dup: 1 },
      { a: 1, b: 7, dup: 0 },
    ],
  })

  expect(new Set(['1', '2', '3', '4'].map(matterOf)).size).toBe(1)
  expect(matterOf('5')).toBe(matterOf('6'))
  expect(matterOf('5')).not.toBe(matterOf('1'))
  expect(matterOf('7')).toBeUndefined()
})

test('clusters decide where there are clusters', () => {
  const matterOf = mattersOf({
    pairs: [{ a: 1, b: 9, dup: 1 }],
    clusters: [
      { cluster: 'x', ids: [1, 2], users: 2 },
      { cluster: 'y', ids: [3], users: 1 },
    ],
  })

  expect(matterOf('1')).toBe(matterOf('2'))
  expect(matterOf('3')).not.toBe(matterOf('1'))
  expect(matterOf('9')).toBeUndefined()
})
