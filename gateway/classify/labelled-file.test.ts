import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLabelled, readTexts } from './labelled-file.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guiyi-labelled-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(content: string): string {
  const path = join(folder, 'labelled.jsonl')
  writeFileSync(path, content)
  return path
}

test('lines become examples; a title may be null or absent, blank lines and a byte order mark are passed over', () => {
  const path = fileOf(
    '\uFEFF{"title":"路灯","text":"路灯不亮","category":"市政设施"}\r\n\n{"title":null,"text":"噪音","category":" 03 "}\n{"text":"垃圾","category":"01"}',
  )

  expect(readLabelled(path)).toEqual([
    { title: '路灯', text: '路灯不亮', category: '市政设施' },
    { title: null, text: '噪音', category: '03' },
    { title: null, text: '垃圾', category: '01' },
  ])
})

test.each([
  ['no JSON', '秘密', /labelled\.jsonl, line 2: this is no JSON/],
  ['a list', '[1]', /line 2: this is no object/],
  ['without a text', '{"title":"秘密","category":"01"}', /line 2: "text" is missing/],
  ['with a number as text', '{"text":7,"category":"01"}', /line 2: "text" is missing or no text/],
  ['with a number as title', '{"title":7,"text":"秘密","category":"01"}', /line 2: "title" is no text/],
  ['without a category', '{"text":"秘密"}', /line 2: "category" is missing/],
  ['with an empty category', '{"text":"秘密","category":" "}', /line 2: "category" is missing or empty/],
  ['with an endless category', `{"text":"秘密","category":"${'秘'.repeat(65)}"}`, /more than 64 characters/],
])('a line that is %s is named by its number and field, and not quoted', (_, line, message) => {
  const path = fileOf(`{"text":"噪音","category":"03"}\n${line}\n`)

  expect(() => readLabelled(path)).toThrow(message)
  expect(() => readLabelled(path)).not.toThrow(/秘/)
})

test('a file that is missing or empty is told with what to put there', () => {
  const empty = fileOf('\n')

  expect(() => readLabelled(join(folder, 'nowhere.jsonl'))).toThrow(
    /There is no file .*nowhere\.jsonl\. Name one/,
  )
  expect(() => readLabelled(empty)).toThrow(/is empty. It needs one JSON object in each line/)
})

test('texts to classify need no category', () => {
  expect(readTexts(fileOf('{"text":"噪音"}'))).toEqual([{ title: null, text: '噪音' }])
})
