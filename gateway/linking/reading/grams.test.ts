import { expect, test } from 'vitest'
import { gramsOf } from './grams.ts'

const shared = (a: string, b: string) => {
  const theirs = new Set(gramsOf(b).codes)
  return gramsOf(a).codes.filter((code) => theirs.has(code)).length
}

test('two characters of a name that somebody turned round are the same gram', () => {
  expect(shared('锦绣', '绣锦')).toBe(1)
})

test('a class and the next one share no gram', () => {
  expect(shared('1813班', '1814班')).toBe(0)
})

test('no gram reaches across a separator or a function word', () => {
  expect(shared('翠溪 苑', '溪苑')).toBe(0)
  expect(shared('翠的溪', '翠溪')).toBe(0)
})

test('grams are counted and ascend', () => {
  const { codes, counts } = gramsOf('停电 停电')

  expect([...codes]).toEqual([...codes].toSorted((a, b) => a - b))
  expect(Math.max(...counts)).toBe(2)
})
