import { expect, test } from 'vitest'
import { keysLocated, lookupKeysLocated } from './keys-located.ts'
import { located, smallModel } from './located-for-test.ts'

type Given = Parameters<typeof located>[0]

/** Whether a new report meets a stored one. */
function meets(report: Given, stored: Given): boolean {
  const keys = new Set(keysLocated(located(stored), smallModel).map(({ kind, key }) => `${kind}|${key}`))
  return lookupKeysLocated(located(report), smallModel).some(({ kind, key }) => keys.has(`${kind}|${key}`))
}

test('whatever of one group lies within 170 m is met, in every direction of the cells', () => {
  for (let metres = 0; metres < 2000; metres += 130)
    expect(meets({ metres, category: 'power' }, { metres: metres + 170, category: 'lamp' })).toBe(true)
})

test('another group is met at one address only', () => {
  expect(meets({ metres: 500, category: 'waste' }, { metres: 900, category: 'lamp' })).toBe(false)
  expect(meets({ address: '翠景路18号', category: 'waste' }, { address: '翠景路18号' })).toBe(true)
})

test('a street meets its crossings where a point is missing', () => {
  expect(meets({ address: '翠景路18号' }, { address: '翠景路与金牛西路路口', metres: 0 })).toBe(true)
})

test('one component is met wherever its point lies', () => {
  expect(meets({ metres: 0, component: '7' }, { metres: 5000, component: '7' })).toBe(true)
})

test('a report has at most seven keys to store and fourteen to look up', () => {
  const most = located({ address: '翠景路、金牛西路与中山路交叉口', metres: 0, component: '7' })

  expect(keysLocated(most, smallModel).length).toBeLessThanOrEqual(7)
  expect(lookupKeysLocated(most, smallModel).length).toBeLessThanOrEqual(14)
})
