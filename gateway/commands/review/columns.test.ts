import { expect, test } from 'vitest'
import { brackets, columnsOf, cut, line, sideBySide, underlined, wrapped } from './columns.ts'

test('Chinese characters take two columns', () => {
  expect(columnsOf('12号路灯 ok')).toBe(11)
})

test('a text is wrapped to the columns, brackets of marked stretches included', () => {
  const text = '柏溪路口的路灯整晚不亮'

  const lines = wrapped(text, { width: 10, marked: [[3, 7]], marks: brackets })

  expect(lines.map((one) => one.text)).toEqual(['柏溪路[口]', '[的路灯]整', '晚不亮'])
  for (const one of lines) {
    expect(one.width).toBe(columnsOf(one.text))
    expect(one.width).toBeLessThanOrEqual(10)
  }
})

test('marks of a terminal take no columns and end with their line', () => {
  const [first, second] = wrapped('路灯不亮', { width: 4, marked: [[1, 3]], marks: underlined })

  expect(first).toEqual({ text: `路${underlined.on}灯${underlined.off}`, width: 4 })
  expect(second).toEqual({ text: `${underlined.on}不${underlined.off}亮`, width: 4 })
})

test('nothing in a text moves the cursor', () => {
  const [only] = wrapped('路灯\u001B[2J不亮\r', { width: 40 })

  expect(only?.text).toBe('路灯 [2J不亮 ')
  expect(cut('路灯\u001B[2J', 20)).toBe('路灯 [2J')
})

test('a cut text says that something is missing', () => {
  expect(cut('路灯不亮', 8)).toBe('路灯不亮')
  expect(cut('路灯不亮了', 8)).toBe('路灯不…')
})

test('lines of two sides stand beside each other', () => {
  expect(sideBySide([line('路灯'), line('')], [line('a'), line('b')], 6)).toEqual([
    '路灯   │ a',
    '       │ b',
  ])
})
