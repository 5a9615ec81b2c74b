import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { addToListInText, setInText } from './edit-text.ts'

const channel = `# 样例 a sample
channel:   sample      # two spaces kept
platform: hotline-12345
name: { zh: 样例,   en: Sample }
state: draft # 草稿
feeds:
  push:
    ignores: [a,  b]
codes:
  category:
    table:
      '1999':   '990101' # 旧分类

  board: { table: { x: '990101' } }
# the end
---
about: an example
`

test('a value that is there is replaced and nothing else', () => {
  expect(setInText(channel, ['state'], 'live')).toBe(channel.replace('state: draft', 'state: live'))
})

test('a row is added at the end of its table, with its indentation', () => {
  expect(setInText(channel, ['codes', 'category', 'table', '0419'], '020101')).toBe(
    channel.replace('# 旧分类\n', "# 旧分类\n      '0419': '020101'\n"),
  )
})

test('a row is added to a table in one line', () => {
  expect(setInText(channel, ['codes', 'board', 'table', '市政'], 'absent')).toBe(
    channel.replace("x: '990101' }", "x: '990101', 市政: absent }"),
  )
})

test('tables that are not there are made', () => {
  const text = setInText(channel, ['codes', 'kind', 'table', '3'], 'complaint')

  expect(text).toBe(
    channel.replace(
      "{ table: { x: '990101' } }\n",
      "{ table: { x: '990101' } }\n  kind:\n    table:\n      '3': complaint\n",
    ),
  )
})

test('a list in one line grows at its end, once', () => {
  const text = addToListInText(channel, ['feeds', 'push', 'ignores'], 'wx号')

  expect(text).toBe(channel.replace('[a,  b]', '[a,  b, wx号]'))
  expect(addToListInText(text, ['feeds', 'push', 'ignores'], 'wx号')).toBe(text)
})

test('a list that is not there is made', () => {
  const text = addToListInText(channel, ['feeds', 'batch', 'ignores'], 'memo')

  expect(text).toContain('    ignores: [a,  b]\n  batch:\n    ignores: [memo]\n')
})

test('line ends of Windows stay', () => {
  const windows = 'channel: a\r\ncodes:\r\n  kind:\r\n    table:\r\n      x: y\r\n'

  expect(setInText(windows, ['codes', 'kind', 'table', 'z'], 'w')).toBe(`${windows}      z: w\r\n`)
})

test('a text without a line end at its end gets its row', () => {
  expect(
    setInText(
      'codes:\n  kind: { table: { a: b } }\n  k2:\n    table:\n      x: y',
      ['codes', 'k2', 'table', 'z'],
      'w',
    ),
  ).toBe('codes:\n  kind: { table: { a: b } }\n  k2:\n    table:\n      x: y\n      z: w\n')
})

test('whatever the key and value, the text then says them', () => {
  fc.assert(
    fc.property(
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
        .filter((key) => key !== '__proto__' && key.isWellFormed()),
      fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => value.isWellFormed()),
      fc.constantFrom('category', 'board', 'fresh'),
      (key, value, table) => {
        const text = setInText(channel, ['codes', table, 'table', key], value)
        const [first, second] = parseAllDocuments(text, { stringKeys: true })

        expect(first?.toJS()).toMatchObject({
          channel: 'sample',
          codes: { [table]: { table: { [key]: value } } },
        })
        expect(second?.toJS()).toEqual({ about: 'an example' })
      },
    ),
    { numRuns: 300 },
  )
})
