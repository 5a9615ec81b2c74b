import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileAttachmentsReader } from './attachments.ts'
import { readPoint } from './coordinates.ts'
import { compileFinder, readIdentity, readPhone } from './person.ts'
import type { Reading } from './reading.ts'
import { compileBooleanReader, compileListReader, readHtml, readNumber } from './text.ts'

const valueOf = (reading: Reading): unknown => (reading.kind === 'read' ? reading.value : reading.kind)

describe('phone', () => {
  test.each([
    ['13812345678', '13812345678'],
    ['+86 138-1234-5678', '13812345678'],
    ['86 13812345678', '13812345678'],
    ['0086-13812345678', '13812345678'],
    ['１３８１２３４５６７８', '13812345678'],
    ['0755-1234 5678', '075512345678'],
    ['+86 755 12345678', '075512345678'],
    ['(0755)12345678转801', '075512345678-801'],
    ['13812345678/0755-12345678', '13812345678'],
    ['138****5678', 'absent'],
    ['未留', 'absent'],
  ])('%s', (text, expected) => {
    expect(valueOf(readPhone(text))).toBe(expected)
  })
})

describe('number and boolean', () => {
  test.each<[unknown, unknown]>([
    ['１２.５', 12.5],
    ['1,234,567', 1_234_567],
    ['-3', -3],
    [Number.NaN, 'unreadable'],
    ['1e9', 'unreadable'],
    ['12a', 'unreadable'],
    [{}, 'unreadable'],
  ])('number %s', (value, expected) => {
    expect(valueOf(readNumber(value))).toBe(expected)
  })

  test.each<[unknown, unknown]>([
    ['是', true],
    [0, false],
    ['FALSE', false],
    [true, true],
    ['maybe', 'unreadable'],
  ])('boolean %s', (value, expected) => {
    expect(valueOf(compileBooleanReader()(value))).toBe(expected)
  })
})

describe('html', () => {
  test('that is nested without end is read by its words alone, without the parser', () => {
    expect(valueOf(readHtml(`${'<div>'.repeat(150_000)}井盖破损`))).toBe('井盖破损')
  })

  test('gives its text, without script, style and pictures', () => {
    const html =
      '<style>a{}</style><h1>标题</h1><p>第一段<br>换行 <a href="http://a">链接</a></p><img src=x><script>x</script>'

    expect(valueOf(readHtml(html))).toBe('标题\n\n第一段\n换行 链接')
  })

  test('deep nesting is survived', () => {
    expect(['read', 'absent', 'unreadable']).toContain(readHtml(`${'<div>'.repeat(50_000)}x`).kind)
  })
})

test('a list is parted at commas of both widths', () => {
  expect(valueOf(compileListReader()('a，b、c;d,, '))).toEqual(['a', 'b', 'c', 'd'])
})

describe('attachments', () => {
  const read = compileAttachmentsReader({ url: ['url'], name: ['name'] })

  test.each<[string, unknown, unknown]>([
    [
      'addresses in one text',
      'https://a/1.jpg,https://a/2.jpg',
      [{ url: 'https://a/1.jpg' }, { url: 'https://a/2.jpg' }],
    ],
    ['a list of addresses', ['https://a/1.jpg', ''], [{ url: 'https://a/1.jpg' }]],
    [
      'objects',
      [{ url: 'https://a/1.jpg', name: '现场' }, { url: null }],
      [{ url: 'https://a/1.jpg', name: '现场' }],
    ],
    ['one object', { url: 'https://a/1.jpg' }, [{ url: 'https://a/1.jpg' }]],
    ['nothing', [], 'absent'],
    ['a list of lists', [[1]], 'unreadable'],
  ])('%s', (_name, value, expected) => {
    expect(valueOf(read(value))).toEqual(expected)
  })
})

describe('point', () => {
  test('WGS-84 is taken as CGCS2000', () => {
    expect(valueOf(readPoint('113.9', '22.5', 'WGS-84'))).toEqual({
      longitude: 113.9,
      latitude: 22.5,
      source: { system: 'WGS-84', x: 113.9, y: 22.5 },
    })
  })

  test('GCJ-02 and BD-09 of one place meet within two metres', () => {
    const [gcj, bd] = [
      valueOf(readPoint(113.95, 22.5, 'GCJ-02')),
      valueOf(readPoint(113.956_57, 22.505_74, 'BD-09')),
    ] as { longitude: number; latitude: number }[]

    expect(Math.abs((gcj?.longitude ?? 0) - (bd?.longitude ?? 1))).toBeLessThan(2e-4)
    expect(Math.abs((gcj?.latitude ?? 0) - (bd?.latitude ?? 1))).toBeLessThan(2e-4)
  })

  test.each<[unknown, unknown, string]>([
    [0, 0, 'absent'],
    ['', null, 'absent'],
    [22.5, 113.9, 'unreadable'],
    ['x', 1, 'unreadable'],
    [113.9, undefined, 'unreadable'],
  ])('%s, %s is %s', (x, y, expected) => {
    expect(readPoint(x, y, 'GCJ-02').kind).toBe(expected)
  })
})

test('no reader throws, whatever it is given', () => {
  const readers = [
    readPhone,
    readIdentity,
    compileFinder('phone', 'a phone'),
    readNumber,
    readHtml,
    compileBooleanReader(),
    compileListReader(),
    compileAttachmentsReader({ url: ['url'], name: ['name'] }),
  ]

  fc.assert(
    fc.property(fc.anything({ withBigInt: true }), fc.constantFrom(...readers), (value, read) => {
      expect(['read', 'absent', 'unreadable']).toContain(read(value).kind)
    }),
  )
})
