import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadReferenceCodes } from '../mapping/reference.ts'
import { selectExamples } from './examples.ts'
import type { Example } from './train.ts'

const codes = await loadReferenceCodes(join(import.meta.dirname, '../../mappings/codes'))
const examplesOf = (category: string, count: number): Example[] =>
  Array.from({ length: count }, (_, index) => ({ category, text: `第${index}条` }))

test('a Chinese name that the codes list becomes its code, another label stays as it is', () => {
  const given = ['市政设施', '03', '城管'].flatMap((category) => examplesOf(category, 2))

  const { examples } = selectExamples(codes, given, { minimum: 2 })

  expect([...new Set(examples.map(({ category }) => category))]).toEqual(['02', '03', '城管'])
})

test('a category with too few examples is left out and named', () => {
  const given = [...examplesOf('01', 5), ...examplesOf('02', 5), ...examplesOf('03', 4)]

  const selection = selectExamples(codes, given, { minimum: 5 })

  expect(selection.examples).toHaveLength(10)
  expect(selection.tooFew).toEqual([{ category: '03', examples: 4 }])
})

test('fewer than two categories are refused, with what there is and what to do', () => {
  const given = [...examplesOf('01', 10), ...examplesOf('02', 9)]

  expect(() => selectExamples(codes, given, { minimum: 10 })).toThrow(
    /^There are 19 examples, and only one category has 10 examples;.*--minimum/,
  )
})

test('more examples than are learned from are refused before any work', () => {
  expect(() => selectExamples(codes, examplesOf('01', 20_001), { minimum: 10 })).toThrow(
    /20001 examples; at most 20000/,
  )
})
