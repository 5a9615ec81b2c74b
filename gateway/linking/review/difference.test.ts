import { expect, test } from 'vitest'
import { differenceOf, likeness } from './difference.ts'

const marked = (text: string, other: string) =>
  differenceOf(text, other).map(([from, to]) => text.slice(from, to))

test('what both texts say is not marked, in whatever order they say it', () => {
  expect(marked('柏溪路路灯不亮，请尽快修理', '请尽快修理柏溪路的路灯，路灯不亮')).toEqual([])
})

test('what only one text says is one stretch, signs and blanks between included', () => {
  expect(marked('柏溪路路灯不亮，井盖也松了', '柏溪路路灯不亮')).toEqual(['井盖也松了'])
  expect(marked('柏溪路路灯 坏 了', '柏溪路')).toEqual(['路灯 坏 了'])
})

test('a number is the same or another one, never alike', () => {
  expect(marked('1813班学生', '1814班学生')).toEqual(['1813'])
  expect(marked('乘坐603路', '603路公交')).toEqual(['乘坐'])
})

test('offsets hold beside characters of two units', () => {
  expect(marked('😀松湾路停电', '松湾路')).toEqual(['停电'])
})

test('likeness is the share of the shorter text that the other has as well', () => {
  expect(likeness('柏溪路路灯不亮', '柏溪路路灯不亮，请修理')).toBe(1)
  expect(likeness('柏溪路路灯不亮', '松湾停车')).toBe(0)
  expect(likeness('', '松湾停车')).toBe(0)
})
