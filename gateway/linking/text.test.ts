import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { placesIn, placesOf } from './places.ts'
import { cosine, normalise, vectorOf } from './text.ts'

test.each([
  ['位于人民路', 'roads', '人民路'],
  ['我家住在锦绣花园', 'sites', '锦绣花园'],
  ['反映坪山街道碧岭社区的问题', 'sites', '碧岭'],
  ['反映坪山街道碧岭社区的问题', 'streets', '坪山街道'],
  ['请问东门新村何时改造', 'sites', '东门新村'],
  ['投诉人民路小学门口摊贩', 'sites', '人民路小学'],
  ['丽景湾畔小区停水', 'sites', '丽景湾畔'],
  ['经过锦龙大道和深汕路', 'roads', '锦龙大道'],
  ['经过锦龙大道和深汕路', 'roads', '深汕路'],
  ['到坪山中心公园散步', 'sites', '坪山中心公园'],
  ['在坪山围地铁站附近', 'sites', '坪山围地铁站'],
  ['1813班的老师', 'numbers', '1813班'],
  ['公交 603路 甩站', 'numbers', '603路'],
  ['A3区月湖路', 'districts', 'a3区'],
  ['Ａ３区月湖路', 'districts', 'a3区'],
  ['B7县的村民', 'districts', 'b7县'],
  ['A市的地铁', 'cities', 'a市'],
  ['深圳市坪山区马峦街道', 'districts', '坪山区'],
] as const)('in "%s" it finds among the %s %s', (text, kind, name) => {
  expect(placesIn(text)[kind]).toContain(name)
})

test.each([
  '货车违停堵路',
  '挖断水管后修路',
  '商贩沿街叫卖',
  '小区的路灯不亮',
  '居民小区停水',
  '城市道路建设',
  '村民反映',
  '我们学校',
  '政府部门',
  '这条路太窄',
  '',
  '路',
  '中国城镇化',
])('"%s" names no place', (text) => {
  expect(Object.values(placesIn(text)).flat()).toEqual([])
})

test('normalising makes full-width and half-width, case and punctuation alike', () => {
  expect(normalise('　ＫＴＶ，噪音！！(晚上) ')).toBe('ktv 噪音 晚上')
})

test('any text is normalised as one pattern over all of it would do', () => {
  const byPattern = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\s\p{P}\p{S}\p{C}]+/gu, ' ')
      .trim()

  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(normalise(text)).toBe(byPattern(text))
    }),
  )
})

test('places of the opening are those that end within it', () => {
  const { all, opening } = placesOf('翠溪苑三栋停水 旁边的锦绣花园也停水', 10)

  expect(all.sites).toEqual(['翠溪苑', '锦绣花园'])
  expect(opening.sites).toEqual(['翠溪苑'])
})

test('the cosine is 1 for the same text, 0 for texts without common words, and 0 for an empty one', () => {
  const text = vectorOf('井盖破损无人维修')

  expect(cosine(text, text)).toBeCloseTo(1)
  expect(cosine(text, vectorOf('电梯故障'))).toBe(0)
  expect(cosine(text, vectorOf(''))).toBe(0)
})

test('stock words of complaints count less than what it is about', () => {
  const text = vectorOf('请问领导井盖破损')

  expect(cosine(text, vectorOf('井盖破损'))).toBeGreaterThan(cosine(text, vectorOf('请问领导')))
})
