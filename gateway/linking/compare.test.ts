import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compare } from './compare.ts'
import { decide } from './decide.ts'
import { featuresOf } from './features.ts'
import { keysOf, lookupKeysOf } from './keys.ts'
import { reported } from './report-for-test.ts'
import { weights } from './weights.ts'
import type { LinkableReport } from './types.ts'

const words = fc.constantFrom(
  '东纵路',
  '锦绣花园',
  '碧岭家园小区',
  'A3区',
  'A6区',
  '1813班',
  '1814班',
  '井盖',
  '破损',
  '的',
  ' ',
  '，',
  '坪山街道',
  '电梯',
  '\ud83d',
)
const text = fc.oneof(
  fc.array(words, { maxLength: 20 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
)
const code = fc.constantFrom('a', 'b', 'a.b', '0101', '0102')
const point = fc
  .record({
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  })
  .map((at) => ({ ...at, source: { system: 'CGCS2000' as const, x: at.longitude, y: at.latitude } }))
const location = fc.record(
  {
    address: text,
    district: code,
    street: code,
    community: code,
    point,
    component: fc.record({ type: code, code }, { requiredKeys: ['type'] }),
  },
  { requiredKeys: [] },
)
const anyReport = fc.record(
  {
    id: fc.uuid(),
    channelId: fc.constant('forum'),
    externalId: fc.uuid(),
    kind: fc.constant('complaint' as const),
    title: text,
    text,
    category: code,
    submittedAt: fc.date(),
    receivedAt: fc.date(),
    location,
    references: fc.array(fc.record({ issuer: code, number: fc.oneof(code, text) }), { maxLength: 30 }),
    personKeys: fc.array(fc.constantFrom('phone:1', 'phone:2', 'openid:1', 'x'), { maxLength: 6 }),
  },
  {
    requiredKeys: [
      'id',
      'channelId',
      'externalId',
      'kind',
      'text',
      'submittedAt',
      'receivedAt',
      'references',
      'personKeys',
    ],
  },
) satisfies fc.Arbitrary<LinkableReport>

test('comparing never throws and says the same from both sides', () => {
  fc.assert(
    fc.property(anyReport, anyReport, (one, other) => {
      const a = featuresOf(one)
      const b = featuresOf(other)

      const there = compare(a, b)
      const back = compare(b, a)

      expect(back).toEqual(there)
      expect(there.parts.every(({ weight }) => Number.isFinite(weight))).toBe(true)
    }),
  )
})

test('any report decides against itself and has at most thirty-six keys that a database takes, all of which it also looks up', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const features = featuresOf(report)

      const stored = keysOf(features)

      expect(decide(features, [{ caseId: 'c', open: true, reports: [features] }]).matches).toHaveLength(1)
      expect(stored.length).toBeLessThanOrEqual(36)
      expect(stored.every(({ key }) => key.isWellFormed() && !key.includes('\0'))).toBe(true)
      expect(lookupKeysOf(features)).toEqual(expect.arrayContaining(stored))
    }),
  )
})

test('a level never weighs more than the next stronger one of its field', () => {
  for (const field of [
    'title',
    'text',
    'distance',
    'time',
    'category',
    'reference',
    'person',
    'case',
  ] as const) {
    const inOrder = Object.entries<number>(weights[field])
      .filter(([level]) => level !== 'unknown')
      .map(([, weight]) => weight)

    expect(inOrder).toEqual(inOrder.toSorted((a, b) => b - a))
  }
})

test('a text of 100,000 characters is compared by its beginning', () => {
  const long = '东纵路井盖破损，'.repeat(12_500)

  const features = reported(long, { title: '井盖' })

  expect(features.text.grams.length).toBeLessThanOrEqual(4100)
  expect(features.words.length).toBeLessThanOrEqual(3000)
  expect(keysOf(features).length).toBeLessThanOrEqual(36)
})

test('a long text with no repetition stays bounded', () => {
  const long = Array.from({ length: 100_000 }, (_, index) =>
    String.fromCharCode(0x4e00 + ((index * 7919) % 20_000)),
  ).join('')

  expect(reported(long).text.grams.length).toBeLessThanOrEqual(4100)
})
