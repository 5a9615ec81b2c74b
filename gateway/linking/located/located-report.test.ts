import { expect, test } from 'vitest'
import { east, reported } from '../report-for-test.ts'
import { isLocated, locatedReport } from './located-report.ts'
import { located, smallModel } from './located-for-test.ts'

test('category, point and a few words make a located report', () => {
  const report = reported('路灯不亮', { category: 'lamp', location: { point: east(0) } })

  expect(isLocated(report)).toBe(true)
})

test('a letter is none, though it names category and point', () => {
  const text = '您好，我们小区门口的路灯从上个月开始就不亮，晚上老人孩子出门很危险，多次打电话也没有人来修。'

  expect(isLocated(reported(text, { category: 'lamp', location: { point: east(0) } }))).toBe(false)
})

test('without a place or a category there is nothing to compare but words', () => {
  expect(isLocated(reported('路灯不亮', { category: 'lamp' }))).toBe(false)
  expect(isLocated(reported('路灯不亮', { location: { point: east(0) } }))).toBe(false)
})

test('what was read of a report is kept', () => {
  const report = located({ address: '翠景路18号', metres: 0 })

  expect(locatedReport(report, smallModel)).toBe(locatedReport(report, smallModel))
})
