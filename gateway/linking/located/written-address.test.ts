import { expect, test } from 'vitest'
import { addressLevel } from './address-levels.ts'
import { writtenAddress } from './written-address.ts'

const levelOf = (a: string, b: string) => addressLevel(writtenAddress(a), writtenAddress(b))

test('a house is read with its street, in English and in Chinese', () => {
  expect(writtenAddress('12-16 Alder St  Northfield  MA  01234')).toMatchObject({
    streets: ['alder st'],
    house: { from: 12, to: 16 },
  })
  expect(writtenAddress('坪山区龙田街道翠景路18号')).toMatchObject({
    streets: ['翠景路'],
    house: { from: 18, to: 18 },
  })
})

test('a crossing names its streets in one order', () => {
  const one = writtenAddress('INTERSECTION of River St & Alder Ave  Northfield')
  const other = writtenAddress('INTERSECTION of Alder Ave & River St Northfield MA')

  expect(one?.streets).toEqual(['alder ave', 'river st'])
  expect(other?.streets).toEqual(one?.streets)
  expect(writtenAddress('翠景路与金牛西路交叉口')?.streets.toSorted()).toEqual(
    ['翠景路', '金牛西路'].toSorted(),
  )
})

test.each([
  ['of a lane', '云杉区翠景路二一〇弄12号', 210],
  ['behind a section of the road', '翠景大道二段177号', 177],
  ['without its sign', '翠景路108附近', 108],
  ['with what is a part of it', '翠景路18-2号', 18],
])('a Chinese number %s is the house', (_name, text, from) => {
  expect(writtenAddress(text)?.house).toEqual({ from, to: from })
})

test.each([
  ['a building', '翠景路5号楼'],
  ['a door of a station', '翠景路地铁站1号口'],
  ['behind a crossing', '翠景路与金牛西路交汇处66号红星小区'],
])('a Chinese number of %s is no house of the street', (_name, text) => {
  expect(writtenAddress(text)).not.toHaveProperty('house')
})

test('a country road is a street', () => {
  expect(writtenAddress('118省道与497县道交叉口东南200米')?.streets).toEqual(['118省道', '497县道'])
})

test('a number in front of a house that is not known is no number', () => {
  expect(writtenAddress('0 Alder St Northfield')?.house).toBeUndefined()
})

test('a name before brackets is not the street', () => {
  expect(writtenAddress('Old Oak (25 Alder St)')).toMatchObject({
    streets: ['alder st'],
    house: { from: 25, to: 25 },
  })
})

test('a street office is no street', () => {
  expect(writtenAddress('龙田街道')?.streets).toEqual([])
})

test('nothing written is no address', () => {
  expect(writtenAddress('  ')).toBeUndefined()
  expect(writtenAddress(undefined)).toBeUndefined()
})

test('one house is met under a range that holds it, and not across the street', () => {
  expect(levelOf('182 Alder St Northfield', '182-184 Alder Street, Northfield')).toBe('sameHouse')
  expect(levelOf('19-21 Alder St', '20-22 Alder St')).toBe('across2')
})

test('houses of one street are as near as their numbers', () => {
  expect(levelOf('10 Alder St', '12 Alder St')).toBe('next2')
  expect(levelOf('10 Alder St', '13 Alder St')).toBe('across4')
  expect(levelOf('翠景路18号', '翠景路200号')).toBe('nextFar')
})

test('a house on a street of a crossing is at that crossing, whichever is named first', () => {
  expect(levelOf('10 Alder St', 'INTERSECTION of Alder St & River St')).toBe('onCrossing')
  expect(levelOf('翠景路与金牛西路路口', '金牛西路7号')).toBe('onCrossing')
  expect(levelOf('INTERSECTION of Alder St & River St', 'INTERSECTION of Alder St & Mill Rd')).toBe(
    'crossingsMeet',
  )
})

test('another street is another street', () => {
  expect(levelOf('10 Alder St', '10 Alder Ave')).toBe('otherStreet')
})
