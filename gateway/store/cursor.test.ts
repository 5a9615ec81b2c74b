import { expect, test } from 'vitest'
import { formatCursor, parseCursor } from './cursor.ts'

test('a cursor reads back as it was written', () => {
  expect(parseCursor(formatCursor({ xid: '1234', position: 77 }))).toEqual({ xid: '1234', position: '77' })
})

test.each([undefined, '', '0'])('%s is the beginning', (text) => {
  expect(parseCursor(text)).toEqual({ xid: '0', position: '0' })
})

test.each(['x', '1', '1.2.3', "1.1'; drop table cases", '-1.0', `${'9'.repeat(30)}.1`])(
  '%s is refused with what to do',
  (text) => {
    expect(() => parseCursor(text)).toThrow('Pass back the `cursor`')
  },
)
