import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { evalAddresses } from './addresses.ts'
import { bestThreshold, componentsOf, macroF1 } from './address-pairs.ts'

let folder = ''
const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'addresses-'))
  await mkdir(join(folder, 'addresses'))
})
afterEach(async () => {
  printed.mockClear()
  complaints.mockClear()
  await rm(folder, { recursive: true })
})

const put = (text: string) => writeFile(join(folder, 'addresses/pairs.jsonl'), text)
const line = (a: string, b: string, match: string) => `${JSON.stringify({ a, b, match })}\n`

test('pairs are decided, written and scored; the last line is one JSON object', async () => {
  await put(
    line('听涛路18号竹影湾花园3栋', '平安区听涛路18号竹影湾花园3幢', 'exact') +
      line('听涛路18号竹影湾花园3栋', '听涛路18号竹影湾花园(南门)', 'partial') +
      line('听涛路18号竹影湾花园3栋', '杏花巷7号松鹤大厦', 'none'),
  )

  const code = await evalAddresses(folder, { out: join(folder, 'decisions.jsonl') })

  const decisions = (await readFile(join(folder, 'decisions.jsonl'), 'utf8')).trim().split('\n')
  expect(code).toBe(0)
  expect(JSON.parse(String(printed.mock.lastCall?.[0]))).toMatchObject({ pairs: 3, f1: 1, overlap_f1: 1 })
  expect(decisions.map((each) => (JSON.parse(each) as { match: string }).match)).toHaveLength(3)
  expect(JSON.parse(decisions[2] ?? '')).toMatchObject({ b: '杏花巷7号松鹤大厦', match: 'none' })
})

test.each([
  ['no JSON', '{"a":', /line 1: this is no JSON/],
  ['no second address', '\n{"a":"听涛路","match":"none"}', /line 2: "a" and "b"/],
  ['an unknown match', '{"a":"听涛路","b":"杏花巷","match":"maybe"}', /line 1: "match" must be/],
  ['null', 'null', /line 1: "a" and "b"/],
  ['nothing', '\n', /is empty/],
])('%s ends with exit code 2 and says where', async (_name, text, message) => {
  await put(text)

  expect(await evalAddresses(folder)).toBe(2)
  expect(String(complaints.mock.lastCall?.[0])).toMatch(message)
})

test('a folder without the file ends with exit code 2', async () => {
  expect(await evalAddresses(folder)).toBe(2)
  expect(String(complaints.mock.lastCall?.[0])).toMatch(/There is no file .*pairs\.jsonl/)
})

test('pairs that a chain of addresses connects are one component', () => {
  const pair = (a: string, b: string) => ({ a, b, match: 'none' as const })

  const [first, second, third, other] = componentsOf([
    pair('1', '2'),
    pair('3', '4'),
    pair('2', '3'),
    pair('5', '6'),
  ])

  expect(new Set([first, second, third]).size).toBe(1)
  expect(other).not.toBe(first)
})

test('the best threshold says yes to what makes the F1 greatest', () => {
  expect(bestThreshold([0.9, 0.8, 0.2, 0.1], [true, true, false, false])).toBe(0.8)
})

test('macro-F1 is the mean of three classes', () => {
  const pairs = (['exact', 'partial', 'none'] as const).map((match) => ({ a: '', b: '', match }))

  expect(macroF1(['exact', 'partial', 'none'], pairs)).toBe(1)
  expect(macroF1(['exact', 'none', 'none'], pairs)).toBeCloseTo((1 + 0 + 2 / 3) / 3)
})
