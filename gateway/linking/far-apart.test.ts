import { expect, test } from 'vitest'
import { farApart, farFromAll } from './far-apart.ts'
import { east, reported } from './report-for-test.ts'

const here = reported('路灯不亮', { location: { point: east(0), address: '锦湾路12号' } })

test.each([
  ['points four kilometres apart', { point: east(4000), address: '松岭街7号' }, true],
  ['points four hundred metres apart', { point: east(400), address: '松岭街7号' }, false],
  ['a point that is wrong, with the same road', { point: east(9000), address: '锦湾路北段' }, false],
  ['a point that is not known', { address: '松岭街7号' }, false],
])('%s', (_, location, expected) => {
  const { report } = reported('路灯不亮', { location })

  expect(farApart(here, report)).toBe(expected)
})

test('what one person says is compared wherever it is', () => {
  const { report } = reported('路灯不亮', {
    location: { point: east(9000) },
    personKeys: here.report.personKeys,
  })

  expect(farApart(here, report)).toBe(false)
})

test('a case is far where all its reports are, and none names the same number', () => {
  const there = { location: { point: east(4000), address: '松岭街7号' } }
  const quoting = { ...there, references: here.report.references }

  expect(farFromAll(here, [reported('路灯不亮', there), reported('路灯不亮', there)])).toBe(true)
  expect(farFromAll(here, [reported('路灯不亮', there), here])).toBe(false)
  expect(farFromAll(here, [reported('路灯不亮', quoting)])).toBe(false)
})
