import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compare } from './compare.ts'
import { farApart, farFromAll } from './far-apart.ts'
import { east, reported } from './report-for-test.ts'

const lamp = { category: 'lamp' }
const here = reported('路灯不亮', { ...lamp, location: { point: east(0), address: '锦湾路12号' } })

test.each([
  ['points four kilometres apart', { point: east(4000), address: '松岭街7号' }, true],
  ['points two kilometres apart', { point: east(2000), address: '松岭街7号' }, false],
  ['a point that is wrong, with the same road', { point: east(9000), address: '锦湾路北段' }, false],
  ['a point that is not known', { address: '松岭街7号' }, false],
])('located reports: %s', (_, location, expected) => {
  const { report } = reported('路灯不亮', { ...lamp, location })

  expect(farApart(here, report)).toBe(expected)
})

test('what one person says is compared wherever it is', () => {
  const { report } = reported('路灯不亮', {
    ...lamp,
    location: { point: east(9000) },
    personKeys: here.report.personKeys,
  })

  expect(farApart(here, report)).toBe(false)
})

test('reports that tell in words are far apart only where comparing them would close the gate', () => {
  const text =
    '翠溪苑三栋从昨天早上起一直停水，物业说是水泵坏了，可是两天过去仍没有人来修，老人打水很不方便，希望尽快处理'
  const location = fc.record(
    {
      point: fc.nat({ max: 4000 }).map(east),
      address: fc.constantFrom('锦湾路12号', '松岭街7号'),
      component: fc.record({ type: fc.constant('lamp'), code: fc.constantFrom('L1', 'L2') }),
    },
    { requiredKeys: ['point'] },
  )

  fc.assert(
    fc.property(location, location, (mine, theirs) => {
      const own = reported(text, { location: mine })
      const other = reported(text, { location: theirs })

      fc.pre(farApart(own, other.report))

      expect(compare(own, other).gate).toBe('closed')
    }),
  )
})

test('reports that tell in words are far apart beyond a kilometre, whatever their addresses', () => {
  const text = '翠溪苑三栋从昨天早上起一直停水，物业说是水泵坏了'
  const own = reported(text, { location: { point: east(0), address: '锦湾路12号' } })

  expect(
    farApart(own, reported(text, { location: { point: east(1100), address: '锦湾路12号' } }).report),
  ).toBe(true)
  expect(
    farApart(own, reported(text, { location: { point: east(900), address: '锦湾路12号' } }).report),
  ).toBe(false)
})

test('a case is far where all its reports are, and none names the same number', () => {
  const there = { ...lamp, location: { point: east(4000), address: '松岭街7号' } }
  const quoting = { ...there, references: here.report.references }

  expect(farFromAll(here, [reported('路灯不亮', there), reported('路灯不亮', there)])).toBe(true)
  expect(farFromAll(here, [reported('路灯不亮', there), here])).toBe(false)
  expect(farFromAll(here, [reported('路灯不亮', quoting)])).toBe(false)
})
