import iconv from 'iconv-lite'
import { expect, it } from 'vitest'
import { encodeXml, writeXml, XmlNameError } from './xml-write.ts'

it('a tree becomes elements, attributes and text in its order', () => {
  const tree = { '@no': 7, b: ['x', 'y'], c: { d: true, e: null, f: undefined }, '#text': '<z>' }

  expect(writeXml('a', tree)).toBe('<a no="7"><b>x</b><b>y</b><c><d>true</d><e/></c>&lt;z&gt;</a>')
})

it('what would end an element or an attribute is escaped', () => {
  expect(writeXml('a', { '@b': '"\n<&>', c: ']]>\r&amp;' })).toBe(
    '<a b="&quot;&#10;&lt;&amp;&gt;"><c>]]&gt;&#13;&amp;amp;</c></a>',
  )
})

it('characters that no XML can hold are left out', () => {
  expect(writeXml('a', 'x\u0000\u0008\u001b\ud800\uffffy👍')).toBe('<a>xy👍</a>')
})

it.each(['a b', '1a', 'a><b', '', '@', '-a'])('the name %j is refused', (name) => {
  expect(() => writeXml('r', { '@x': 1, child: { [name]: '' } })).toThrow(XmlNameError)
})

it('the declaration names the charset of the bytes', () => {
  expect(iconv.decode(Buffer.from(encodeXml('<a>㐂𠮷</a>', 'gb18030')), 'gb18030')).toBe(
    '<?xml version="1.0" encoding="GB18030"?><a>㐂𠮷</a>',
  )
  expect(Buffer.from(encodeXml('<a>井</a>', 'utf-8')).toString()).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><a>井</a>',
  )
})
