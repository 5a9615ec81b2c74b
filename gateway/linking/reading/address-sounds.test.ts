import { expect, test } from 'vitest'
import { soundsOf } from './address-sounds.ts'

test.each([
  ['one syllable written in two ways', '明珠花园', '铭竹花苑'],
  ['ng and n', '新湖', '星湖'],
  ['zh and z', '张家', '臧家'],
  ['l and n', '蓝天', '南天'],
])('what sounds nearly alike is the same: %s', (_name, one, other) => {
  expect(soundsOf(one)).toBe(soundsOf(other))
})

test('other sounds, letters and digits stay apart, one sign for each character', () => {
  expect(soundsOf('听涛')).not.toBe(soundsOf('望潮'))
  expect(soundsOf('B座18')).toMatch(/^B.18$/)
  expect(soundsOf('')).toBe('')
})
