import { describe, expect, test } from 'vitest'
import { readAddress } from './address.ts'
import { compareAddresses } from './address-compare.ts'
import { addressLevels, type AddressField } from './address-levels.ts'
import { pairMeasures } from './address-measures.ts'
import { addressModelOf, shippedAddressModel } from './address-model.ts'
import { sideOf } from './address-sides.ts'

const compare = (a: string, b: string) => compareAddresses(readAddress(a), readAddress(b))
const levelOf = (field: AddressField, a: string, b: string) => {
  const { rarity } = shippedAddressModel()
  const [first, second] = [sideOf(readAddress(a), rarity), sideOf(readAddress(b), rarity)]
  return addressLevels(first, second, pairMeasures(first, second))[field]
}

describe('two written addresses', () => {
  test.each([
    ['the same words', '清澜街道听涛路18号竹影湾花园3栋', '清澜街道听涛路18号竹影湾花园3栋'],
    ['the same place, in other words', '听涛路18号竹影湾花园3栋2单元', '平安区听涛路18号竹影湾花苑3幢'],
    ['another building of a compound', '听涛路18号竹影湾花园3栋', '听涛路18号竹影湾花园9栋'],
    ['a compound and its gate', '听涛路18号竹影湾花园3栋', '听涛路竹影湾花园(东南门)'],
  ])('have something in common: %s', (_name, a, b) => {
    expect(compare(a, b).match).not.toBe('none')
  })

  test.each([
    ['nothing in common', '听涛路18号竹影湾花园3栋', '杏花巷7号松鹤大厦'],
    ['a building’s number alone', '听涛路18号竹影湾花园3栋', '杏花巷7号松鹤家园3栋'],
    ['an ending alone', '竹影湾花园', '松鹤岭花园'],
    ['a district alone', '平安区竹影湾花园', '平安区松鹤大厦'],
  ])('are two places with %s', (_name, a, b) => {
    expect(compare(a, b).match).toBe('none')
  })

  test('say the same in either order', () => {
    const a = '听涛路18号竹影湾花园3栋2单元'
    const b = '平安区听涛路竹影湾花园'

    expect(compare(a, b)).toEqual(compare(b, a))
  })

  test('the score is the prior and its parts, the weightiest first', () => {
    const { score, parts } = compare('听涛路18号竹影湾花园3栋', '听涛路竹影湾花园')
    const { prior } = shippedAddressModel().related

    const sum = parts.reduce((total, { weight }) => total + weight, prior)
    expect(score).toBeCloseTo(sum, 9)
    expect(parts).toEqual(parts.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)))
  })

  test('without a word they are no place', () => {
    expect(() => compare('', '')).not.toThrow()
    expect(compare('', '听涛路18号').match).toBe('none')
  })

  test('a text without end is compared in its beginning', () => {
    expect(() => compare('听涛路'.repeat(10_000), '听涛路'.repeat(10_000))).not.toThrow()
  })
})

test('what differs is said, and counts against the pair', () => {
  const near = compare('听涛路18号竹影湾花园3栋', '听涛路18号竹影湾花园')
  const far = compare('听涛路18号竹影湾花园3栋', '听涛路918号松鹤大厦')

  expect(far.score).toBeLessThan(near.score)
  expect(near.parts).toContainEqual(expect.objectContaining({ field: 'number', level: 'same road, same' }))
  expect(far.parts).toContainEqual(expect.objectContaining({ field: 'number', level: 'same road, far' }))
  expect(far.parts).toContainEqual(expect.objectContaining({ field: 'site', level: 'other site' }))
})

test('a name typed by its sound counts for more than another name', () => {
  const typed = compare('听涛路18号明珠花园3栋', '杏花巷名竹花园')
  const other = compare('听涛路18号明珠花园3栋', '杏花巷松鹤花园')

  expect(typed.score).toBeGreaterThan(other.score)
})

describe('the level of a field', () => {
  test.each<[string, AddressField, string, string, string]>([
    ['the same district', 'district', '平安区听涛路', '平安区杏花巷', 'same'],
    ['another one', 'district', '平安区听涛路', '云杉区听涛路', 'different'],
    ['one that says none', 'district', '平安区听涛路', '听涛路', 'one'],
    ['the same road', 'road', '听涛路18号', '平安区听涛路', 'same'],
    ['one with a direction', 'road', '听涛东路', '听涛西路', 'direction'],
    ['one with another ordinal', 'road', '听涛一路', '听涛二路', 'ordinal'],
    ['one without its section', 'road', '听涛大道二段', '听涛大道', 'part'],
    ['one with a typing error', 'road', '听涛湾路', '听滔湾路', 'typing'],
    ['another', 'road', '听涛路', '杏花巷', 'different'],
    ['one that the other says as another name', 'road', '听涛路', '听涛小区', 'mentioned'],
    ['the same number', 'number', '听涛路18号', '听涛路18号', 'same road, same'],
    ['in a range', 'number', '听涛路15-21号', '听涛路18号', 'same road, range'],
    ['of an annexe', 'number', '听涛路18号', '听涛路附18号', 'same road, sub'],
    ['next door', 'number', '听涛路18号', '听涛路20号', 'same road, close'],
    ['far down the road', 'number', '听涛路18号', '听涛路918号', 'same road, far'],
    ['of another lane, at the same door', 'number', '听涛路210弄12号', '听涛路640弄12号', 'same road, far'],
    ['of a lane', 'lane', '听涛路210弄12号', '听涛路210弄13号', 'same'],
    ['a compound by another ending of its sort', 'site', '竹影湾花园', '竹影湾小区', 'same site'],
    ['a compound within another name', 'site', '竹影湾花园', '云杉竹影湾花园', 'site within'],
    ['another building', 'building', '竹影湾花园3栋', '竹影湾花园4栋', 'different'],
    ['another phase', 'phase', '竹影湾花园一期', '竹影湾花园三期', 'different'],
    [
      'a crossing of the same roads',
      'crossing',
      '听涛路与杏花巷交叉口',
      '杏花巷与听涛路交叉口',
      '2 of 2, both crossings',
    ],
    ['a crossing and one of its roads', 'crossing', '听涛路与杏花巷交叉口', '听涛路18号', '1 of 2'],
    ['what is named last, in both', 'final', '听涛路18号竹影湾花园', '竹影湾花园', 'whole, whole'],
    ['a gate of one of them', 'gate', '竹影湾花园', '竹影湾花园(东南门)', 'second'],
    [
      'a crossing with another road',
      'crossing',
      '听涛路与杏花巷交叉口',
      '松鹤大道与听涛路交叉口',
      '1 of 2, both crossings',
    ],
  ])('%s', (_name, field, a, b, level) => {
    expect(levelOf(field, a, b)).toBe(level)
  })
})

describe('parameters of another making', () => {
  const none = { prior: 0, trees: [] }
  const file = {
    version: 'test',
    trained: {},
    rarity: { unseen: 10, one: { 1: '路街' }, two: { 2: '大道街道' } },
    measures: ['both.road', 'both.numberOnRoad'],
    order: none,
    related: { prior: -1, trees: [[[0, 8.5, 0.5], [-2], [1, 5.5, 2], [1], [4]]] },
    exact: none,
    thresholds: { related: 0, exact: 1 },
  }

  test('can be used instead: what a tree says is shared out to the fields that it asks for', () => {
    const model = addressModelOf(file)

    expect(model.rarity.two.get('街道')).toBe(2)
    expect(compareAddresses(readAddress('听涛路1号'), readAddress('听涛路9号'), model)).toEqual({
      match: 'partial',
      score: 0,
      probability: 0.5,
      parts: [
        { field: 'road', level: 'same', weight: 1.5 },
        { field: 'number', level: 'same road, near', weight: -1 },
      ],
    })
  })

  test.each([
    ['asks for what is not measured', { ...file, measures: ['both.colour'] }, /both\.colour/],
    ['asks for a measure of nobody', { ...file, measures: ['third.depth'] }, /third\.depth/],
    ['ends within a tree', { ...file, related: { prior: 0, trees: [[[0, 1, 0], [1]]] } }, /ends before/],
  ])('are refused when the file %s', (_name, broken, message) => {
    expect(() => addressModelOf(broken)).toThrow(message)
  })
})
