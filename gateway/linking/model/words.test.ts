import { expect, test } from 'vitest'
import { weights } from '../weights.ts'
import { compare } from '../compare.ts'
import { east, onDay, reported } from '../report-for-test.ts'
import { levelWords } from './level-words.ts'
import { bitsInWords, phraseOf, sentenceOf, wordsOf } from './words.ts'

test('bits are told with their sign and one decimal', () => {
  expect([4.13, -1.249, 0.01, -0.02, 40].map(bitsInWords)).toEqual(['+4.1', '−1.2', '0.0', '0.0', '+40.0'])
})

test('a part is told in both languages with its bits', () => {
  const part = { field: 'person', level: 'same', weight: 2.5, detail: 'same person' }

  expect(wordsOf(part, 'zh')).toBe('同一诉求人 +2.5')
  expect(wordsOf(part, 'en')).toBe('same person +2.5')
})

test('what was measured is told as measured', () => {
  const point = { field: 'distance', level: 'within30m', weight: 2.3, detail: '14 m apart' }
  const far = { field: 'distance', level: 'apart', weight: -8, detail: '1.5 km apart' }
  const days = { field: 'time', level: 'withinWeek', weight: 0.8, detail: '3 days apart' }
  const words = { field: 'text', level: 'high', weight: 4.5, detail: 'text 61 % alike' }

  expect([point, far, days, words].map((part) => phraseOf(part, 'zh'))).toEqual([
    '相距14米',
    '相距1.5公里',
    '相隔3天',
    '内容相似61 %',
  ])
  expect([point, far, days, words].map((part) => phraseOf(part, 'en'))).toEqual([
    '14 m apart',
    '1.5 km apart',
    '3 days apart',
    'text 61 % alike',
  ])
})

test('details of several phrases are told in Chinese, and in English as they stand', () => {
  const part = { field: 'relation', level: 'same/near', weight: 1.2, detail: 'same category, 14 m apart' }
  const many = {
    field: 'nearby',
    level: 'upTo3',
    weight: -0.4,
    detail: 'reports of this category nearby: up to 3',
  }
  const house = { field: 'address', level: 'row', weight: 0.2, detail: 'another house of the same street' }

  expect([part, many, house].map((each) => phraseOf(each, 'zh'))).toEqual([
    '类别相同，相距14米',
    '附近同类诉求：至多3件',
    '同一道路的不同门牌',
  ])
  expect(phraseOf(part, 'en')).toBe('same category, 14 m apart')
})

test('what was measured of words is told in Chinese', () => {
  const told = [
    'rare words in common: 34 bits',
    "45 % of one's own names said by the other",
    'matter 81 % alike',
    'rare words in common beside titles: 20 bits',
  ]

  expect(told.map((detail) => phraseOf({ field: 'names', level: 'low', weight: 1, detail }, 'zh'))).toEqual([
    '共有少见词：34比特',
    '一方专名有45 %见于对方',
    '事项相似81 %',
    '标题以外共有少见词：20比特',
  ])
})

test('a field or level that is not known speaks by its own detail, or by its name', () => {
  expect(wordsOf({ field: 'moon', level: 'full', weight: 1, detail: 'full moon' }, 'zh')).toBe(
    'full moon +1.0',
  )
  expect(wordsOf({ field: 'place', level: 'sameMoon', weight: 1, detail: '' }, 'zh')).toBe(
    '地点：sameMoon +1.0',
  )
})

test('a sentence names the strongest parts first and leaves out those that say nothing', () => {
  const a = reported('翠溪路的路灯整晚不亮，走路看不清', {
    submittedAt: onDay(0),
    location: { point: east(0) },
  })
  const b = reported('翠溪路路灯不亮，夜里走路看不清', {
    submittedAt: onDay(3),
    location: { point: east(14) },
  })

  const sentence = sentenceOf(compare(a, b).parts, 'en')

  expect(sentence).toContain('14 m apart +3.0')
  expect(sentence).toContain('3 days apart +1.0')
  expect(sentence).not.toContain('0.0')
})

test('every level that weighs something has words in both languages', () => {
  for (const [field, levels] of Object.entries(weights)) {
    // Steps of what was measured speak by their detail.
    if ('trace' in levels || field === 'title' || field === 'text') continue
    for (const level of Object.keys(levels))
      expect(levelWords[field]?.[level], `${field}.${level}`).toBeDefined()
  }
})
