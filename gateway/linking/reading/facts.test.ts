import { expect, test } from 'vitest'
import { factsIn } from './facts.ts'

test.each([
  ['退还押金3500元', [3500]],
  ['合同金额1.2万元，已付8,000元', [12_000, 8000]],
  ['涉及资金3亿多元', [300_000_000]],
  ['每月补贴200块', [200]],
])('money is read in yuan: %s', (text, amounts) => {
  expect(factsIn(text).amounts).toEqual(amounts)
})

test.each([
  ['2026年3月5日晚上', ['2026-03-05']],
  ['从2026.03.05起', ['2026-03-05']],
  ['3月5号和12月31日两次停水', ['03-05', '12-31']],
  ['费用3.5万元，楼高12.8米', []],
])('dates are read as far as they are written: %s', (text, dates) => {
  expect(factsIn(text).dates).toEqual(dates)
})

test('a plate is read with or without its dot, in either case', () => {
  expect(factsIn('粤B·1234Z占道，旁边还有粤bd56789').plates).toEqual(['粤b1234z', '粤bd56789'])
})

test('years are read once each', () => {
  expect(factsIn('2025年度和2026年度补贴，2025年已申请').years).toEqual(['2025', '2026'])
})

test.each([
  '再次反映翠溪苑停水',
  '上次回复说月底通水',
  '已多次向物业反映无果',
  '漏水至今未处理',
  '第三次投诉',
])('a report that says it was made before follows up: %s', (text) => {
  expect(factsIn(text).followsUp).toBe(true)
})

test('a first report follows nothing up', () => {
  expect(factsIn('翠溪苑三栋今天早上停水，请尽快处理').followsUp).toBe(false)
})

test('at most eight of a kind are kept', () => {
  const text = Array.from({ length: 30 }, (_, index) => `${index + 100}元`).join('，')

  expect(factsIn(text).amounts).toHaveLength(8)
})
