import { expect, test } from 'vitest'
import { featureReader, type ClassifiedText } from './features.ts'

const read = featureReader()
const tally = (text: ClassifiedText) => {
  const { buckets, counts } = read(text)
  return new Map(Array.from(buckets, (bucket, index) => [bucket, counts[index]]))
}

test('a text is read as its characters and pairs of neighbours, none across punctuation', () => {
  const joined = tally({ text: '井盖' })
  const parted = tally({ text: '井，盖' })

  expect(joined.size).toBe(3)
  expect(parted.size).toBe(2)
})

test('every number reads the same, and so does every Latin word, so that a model cannot hold them', () => {
  const one = tally({ text: '电话13800138000，车牌粤B12345，邮箱zhang.san@example.com' })
  const other = tally({ text: '电话0755，车牌粤ZX9，邮箱a.b@c.d' })

  expect(one).toEqual(other)
})

test('full-width letters and digits read as their usual forms', () => {
  expect(tally({ text: '５号楼Ａ座' })).toEqual(tally({ text: '5号楼A座' }))
})

test('a title counts twice, and its absence in whatever form is no difference', () => {
  const titled = tally({ title: '井', text: '井' })

  expect([...titled.values()]).toEqual([3])
  expect(tally({ title: null, text: '井' })).toEqual(tally({ text: '井' }))
})

test('a text of blanks, punctuation and pictures has nothing to read', () => {
  expect(tally({ title: '——', text: ' …！😀\n' }).size).toBe(0)
})

test('a very long text is read by its beginning, also where composing makes it longer', () => {
  const long = tally({ text: `${'井'.repeat(5000)}盖` })
  const composed = tally({ text: '\uFDFA'.repeat(5000) })

  expect([...long.values()].toSorted((a = 0, b = 0) => a - b)).toEqual([1999, 2000])
  expect(Math.max(...composed.values().map((count) => count ?? 0))).toBeLessThanOrEqual(2000)
})
