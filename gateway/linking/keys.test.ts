import { expect, test } from 'vitest'
import { keysOf, lookupKeysOf } from './keys.ts'
import { east, reported } from './report-for-test.ts'
import type { LinkKey, LinkKeyKind } from './types.ts'

function meeting(stored: LinkKey[], searched: LinkKey[]): Set<LinkKeyKind> {
  const known = new Set(stored.map(({ kind, key }) => `${kind} ${key}`))
  return new Set(searched.filter(({ kind, key }) => known.has(`${kind} ${key}`)).map(({ kind }) => kind))
}

test('keys are the same each time', () => {
  const report = reported('锦绣花园小区电梯故障困人，物业不维修', {
    category: '0305',
    location: { point: east(0) },
  })

  expect(keysOf(report)).toEqual(keysOf(report))
})

test('keys are short', () => {
  const report = reported('锦绣花园小区电梯故障困人，物业不维修', {
    category: '0305',
    location: { point: east(0) },
  })

  expect(Math.max(...keysOf(report).map(({ key }) => key.length))).toBeLessThanOrEqual(40)
})

test('a reference key is issuer and number, and a number without issuer has none', () => {
  const report = reported('路灯不亮', {
    references: [
      { issuer: '市12345', number: 'SZ1' },
      { issuer: '', number: '7' },
    ],
  })

  expect(keysOf(report).filter(({ kind }) => kind === 'reference')).toEqual([
    { kind: 'reference', key: '市12345|SZ1' },
  ])
})

test('person keys are used as given', () => {
  const report = reported('路灯不亮', { personKeys: ['phone:ab12', 'openid:cd34'] })

  expect(
    keysOf(report)
      .filter(({ kind }) => kind === 'person')
      .map(({ key }) => key),
  ).toEqual(['phone:ab12', 'openid:cd34'])
})

test.each([0, 60, 120, 170])(
  'the same group of categories %i m away is found by its cell or a neighbour',
  (metres) => {
    const stored = keysOf(reported('沙井盖板翘起', { category: '0101', location: { point: east(0) } }))
    const searched = lookupKeysOf(
      reported('车轮陷入坑洞', { category: '0102', location: { point: east(metres) } }),
    )

    expect(meeting(stored, searched)).toContain('place')
  },
)

test('the same category two kilometres away is not found by place', () => {
  const stored = keysOf(reported('沙井盖板翘起', { category: '0101', location: { point: east(0) } }))
  const searched = lookupKeysOf(
    reported('车轮陷入坑洞', { category: '0101', location: { point: east(2000) } }),
  )

  expect(meeting(stored, searched).size).toBe(0)
})

test('a report without category finds one with category in its cell, and is found by it', () => {
  const without = reported('沙井盖板翘起', { location: { point: east(0) } })
  const withCategory = reported('车轮陷入坑洞', { category: '0101', location: { point: east(0) } })

  expect(meeting(keysOf(withCategory), lookupKeysOf(without))).toContain('place')
  expect(meeting(keysOf(without), lookupKeysOf(withCategory))).toContain('place')
})

test('a compound is found by its name, with more or less written before it', () => {
  const stored = keysOf(reported('锦绣花园小区停水'))

  expect(meeting(stored, lookupKeysOf(reported('坪山锦绣花园的垃圾无人清运')))).toContain('place')
})

test('a component is found by type and code', () => {
  const location = { component: { type: '0101', code: '044031' } }

  expect(keysOf(reported('井盖', { location })).find(({ kind }) => kind === 'component')).toEqual({
    kind: 'component',
    key: '0101|044031',
  })
})

test('similar words meet in a text key, others do not', () => {
  const stored = keysOf(reported('楼下烧烤摊每天营业到凌晨三点，油烟和噪音让人无法入睡，投诉多次仍旧如此'))

  expect(
    meeting(
      stored,
      lookupKeysOf(reported('楼下烧烤摊营业到凌晨三点，油烟噪音大得让人无法入睡，投诉多次还是如此')),
    ),
  ).toContain('text')
  expect(
    meeting(stored, lookupKeysOf(reported('咨询少儿医保参保缴费截止日期以及线上办理流程'))),
  ).not.toContain('text')
})

test('a text of two words has no text keys', () => {
  expect(keysOf(reported('停电')).filter(({ kind }) => kind === 'text')).toEqual([])
})
