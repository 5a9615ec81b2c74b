import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { decodeText, httpCharset, xmlCharset, xmlCharsets } from './charset.ts'

const text = '<a>井盖</a>'

function read(bytes: Uint8Array, parts: { contentType?: string; setting?: string } = {}): string {
  return decodeText(bytes, {
    declared: [httpCharset(parts.contentType), xmlCharset(bytes), parts.setting],
    read: xmlCharsets,
  }).text
}

function inGbk(declaration = ''): Uint8Array {
  return iconv.encode(`${declaration}${text}`, 'gbk')
}

describe('the charset of an XML payload', () => {
  it.each([
    {
      from: 'a byte order mark, against all',
      bytes: Buffer.from(`\ufeff${text}`),
      contentType: 'text/xml; charset=gbk',
    },
    {
      from: 'HTTP, against the declaration',
      bytes: inGbk('<?xml version="1.0" encoding="UTF-8"?>'),
      contentType: 'text/xml; charset="GBK"',
    },
    {
      from: 'the declaration, against the setting',
      bytes: inGbk('<?xml version="1.0" encoding="GB2312"?>'),
      setting: 'utf-8',
    },
    { from: 'the setting, where nothing else says', bytes: inGbk(), setting: 'gb18030' },
    { from: 'nothing: UTF-8', bytes: Buffer.from(text) },
    { from: 'a mark of UTF-16', bytes: Buffer.from(`\ufeff${text}`, 'utf16le') },
    {
      from: 'a declaration of UTF-16 that cannot be true',
      bytes: Buffer.from(`<?xml version="1.0" encoding="utf-16"?>${text}`),
    },
  ])('is said by $from', ({ bytes, ...parts }) => {
    expect(read(bytes, parts)).toContain('井盖')
  })

  it.each([
    {
      what: 'of which nobody here knows',
      bytes: Buffer.from('<?xml version="1.0" encoding="klingon"?><a/>'),
    },
    { what: 'that is not read', bytes: Buffer.from('<?xml version="1.0" encoding="Shift_JIS"?><a/>') },
    {
      what: 'that the bytes are not in',
      bytes: Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xff, 0x3c, 0x2f, 0x61, 0x3e]),
      contentType: 'a/b; charset=gbk',
    },
  ])('$what is a fault', ({ bytes, ...parts }) => {
    expect(() => read(bytes, parts)).toThrow(expect.objectContaining({ code: 'payload.charset' }) as Error)
  })
})

it('every character that Unicode has named comes back from GB18030, four bytes or not', () => {
  const characters = Array.from({ length: 0x11_0000 - 0xa0 }, (_, index) => index + 0xa0)
    .filter((code) => !isPrivate(code) && !(code >= 0xd800 && code <= 0xdfff))
    .map((code) => String.fromCodePoint(code))
    .join('')

  const back = decodeText(iconv.encode(characters, 'gb18030'), { declared: ['gb18030'] }).text

  expect(back === characters).toBe(true)
})

function isPrivate(code: number): boolean {
  return (code >= 0xe000 && code <= 0xf8ff) || code >= 0xf_0000
}
