import { expect, test } from 'vitest'
import { pairsOf } from '../reading/grams.ts'
import { shippedTerms } from './shipped-terms.ts'
import { TermCounts } from './term-counts.ts'

const codeOf = (pair: string) => pairsOf(pair).codes[0] as number

test('a word of every complaint tells less than a rare one', () => {
  const terms = shippedTerms()

  expect(terms.rarity(codeOf('小区'))).toBeLessThan(terms.rarity(codeOf('路灯')))
  expect(terms.rarity(codeOf('路灯'))).toBeLessThan(terms.rarity(codeOf('甪畈')))
})

test('counts of stored reports are usable while they are empty', () => {
  const counts = new TermCounts(shippedTerms())

  expect(counts.rarity(codeOf('翠溪'))).toBe(shippedTerms().rarity(codeOf('翠溪')))
})

test('a name that many stored reports have tells less than before, and others about as much', () => {
  const counts = new TermCounts(shippedTerms())

  for (let report = 0; report < 500; report++)
    counts.add({ said: pairsOf(report % 10 === 0 ? '翠溪' : '望湖') })

  expect(counts.rarity(codeOf('翠溪'))).toBeLessThan(5)
  expect(counts.rarity(codeOf('甪畈'))).toBeGreaterThan(10)
})

test('memory stays bounded: counts are halved after sixty thousand texts', () => {
  const counts = new TermCounts(shippedTerms())

  for (let report = 0; report <= 60_000; report++) counts.add({ said: pairsOf('翠溪') })

  expect(counts.texts).toBe(30_001)
})
