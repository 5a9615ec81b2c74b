import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileDatetimeReader, compileDatetimeWriter } from './datetime.ts'

function read(format: string, text: string, zone?: string): string | undefined {
  const compiled = compileDatetimeReader([format], zone)
  if (compiled.kind === 'fault') throw new Error(compiled.detail)
  const utcMs = compiled.read(text)
  return utcMs === undefined ? undefined : new Date(utcMs).toISOString()
}

describe('reading a time', () => {
  test.each<[string, string, string]>([
    ['iso', '2026-11-22T10:05:00+08:00', '2026-11-22T02:05:00.000Z'],
    ['iso', '2026-11-22T10:05:00.125Z', '2026-11-22T10:05:00.125Z'],
    ['iso', '2026-11-22 10:05', '2026-11-22T02:05:00.000Z'],
    ['iso', '2026-11-22', '2026-11-21T16:00:00.000Z'],
    ['iso', '２０２６-11-22 10:05', '2026-11-22T02:05:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss', '2026-11-22 10:05:07', '2026-11-22T02:05:07.000Z'],
    ['yyyy-MM-dd HH:mm:ss', '2026-11-22 24:00:00', '2026-11-22T16:00:00.000Z'],
    ['yyyy/M/d HH:mm', '2026/1/2 03:04', '2026-01-01T19:04:00.000Z'],
    ['yyyyMMddHHmmss', '20261122100507', '2026-11-22T02:05:07.000Z'],
    ['yyyy年M月d日 H时m分', '2026年11月22日 10时05分', '2026-11-22T02:05:00.000Z'],
    ['rfc822', 'Sun, 22 Nov 2026 10:05:00 +0800', '2026-11-22T02:05:00.000Z'],
    ['rfc822', '22 Nov 26 10:05 GMT', '2026-11-22T10:05:00.000Z'],
    ['epoch-s', '1795313100', '2026-11-22T02:05:00.000Z'],
    ['epoch-ms', '1795313100000', '2026-11-22T02:05:00.000Z'],
  ])('%s: %s', (format, text, expected) => {
    expect(read(format, text)).toBe(expected)
  })

  test.each<[string, string]>([
    ['iso', '2026-02-30'],
    ['iso', '2026-11-22T25:00:00'],
    ['iso', '22/11/2026'],
    ['iso', '0001-01-01T00:00:00Z'],
    ['yyyy-MM-dd HH:mm:ss', '2026-11-22'],
    ['yyyyMMddHHmmss', '20261322100507'],
    ['epoch-s', '0'],
    ['epoch-s', 'now'],
    ['rfc822', 'Sun, 22 Foo 2026 10:05:00 +0800'],
  ])('%s: %s is no time', (format, text) => {
    expect(read(format, text)).toBeUndefined()
  })

  test('another zone, also one with summer time', () => {
    expect(read('iso', '2026-07-01 12:00', 'Europe/Paris')).toBe('2026-07-01T10:00:00.000Z')
    expect(read('iso', '2026-12-01 12:00', 'Europe/Paris')).toBe('2026-12-01T11:00:00.000Z')
    expect(read('iso', '2026-12-01 12:00', '+05:30')).toBe('2026-12-01T06:30:00.000Z')
  })

  test('any text is read or refused, never an error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('iso', 'rfc822', 'epoch-s', 'yyyy年M月d日'),
        (text, format) => {
          expect(() => read(format, text)).not.toThrow()
        },
      ),
    )
  })
})

test.each(['yyyy-MM-dd HH:mm:ss', 'yyyyMMddHHmmss', 'yyyy年M月d日 H时m分s秒', 'iso', 'rfc822', 'epoch-s'])(
  'what is written as %s is read back',
  (format) => {
    const writer = compileDatetimeWriter(format)
    const utcMs = Date.parse('2026-03-04T18:09:05Z')

    const text = writer.kind === 'compiled' ? String(writer.read(utcMs)) : ''

    expect(read(format, text)).toBe('2026-03-04T18:09:05.000Z')
  },
)
