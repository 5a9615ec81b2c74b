import { expect, test } from 'vitest'
import { addressLevel } from './address-levels.ts'
import { readAddress } from './written-address.ts'

const levelOf = (a: string, b: string) => addressLevel(readAddress(a), readAddress(b))

test('a house is read with its street, in English and in Chinese', () => {
  expect(readAddress('12-16 Alder St  Northfield  MA  01234')).toMatchObject({
    streets: ['alder st'],
    house: { from: 12, to: 16 },
  })
  expect(readAddress('坪山区龙田街道翠景路18号')).toMatchObject({
    streets: ['翠景路'],
    house: { from: 18, to: 18 },
  })
})

test('a crossing names its streets in one order', () => {
  const one = readAddress('INTERSECTION of River St & Alder Ave  Northfield')
  const other = readAddress('INTERSECTION of Alder Ave & River St Northfield MA')

  expect(one?.streets).toEqual(['alder ave', 'river st'])
  expect(other?.streets).toEqual(one?.streets)
  expect(readAddress('翠景路与金牛西路交叉口')?.streets.toSorted()).toEqual(['翠景路', '金牛西路'].toSorted())
})

test('a number in front of a house that is not known is no number', () => {
  expect(readAddress('0 Alder St Northfield')?.house).toBeUndefined()
})

test('a name before brackets is not the street', () => {
  expect(readAddress('Old Oak (25 Alder St)')).toMatchObject({
    streets: ['alder st'],
    house: { from: 25, to: 25 },
  })
})

test('a street office is no street', () => {
  expect(readAddress('龙田街道')?.streets).toEqual([])
})

test('nothing written is no address', () => {
  expect(readAddress('  ')).toBeUndefined()
  expect(readAddress(undefined)).toBeUndefined()
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
